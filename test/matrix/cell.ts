import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faults } from '../../src/faults/registry.ts';
import { openInjections } from '../../src/guard/journal.ts';
import { alive } from '../../src/guard/proc.ts';
import type { InjectionStep } from '../../src/model/injection.ts';
import { sleep } from '../../src/reach/clock.ts';
import { run, type Where } from '../support/cli.ts';
import { type Drill, frozenRun } from '../support/drill.ts';
import { type Accident, type Scene, smallDisk } from './accidents.ts';
import { endObserver, type Observed, observed, startObserver } from './observer.ts';
import { type Place, told } from './place.ts';
import type { Row } from './rows.ts';
import { changed, type State, stateOf } from './state.ts';

export interface Cell {
  row: Row;
  step: InjectionStep;
  accident: Accident;
  kind: Place['kind'];
}

/**
 * `clean`: as before by itself, within lease + 5 s. `untouched`: the accident came before anything was there. All
 * others are failures: `late`, `dirty` (not as before at all), `error` (the drill itself did not work, or heal, or a
 * run that does not end).
 */
export type Ending = 'clean' | 'untouched' | 'late' | 'dirty' | 'error';

export interface Outcome {
  ending: Ending;
  /** From the last renewal of the lease, or from the boot, to clean; on the host's own clock. 0: the boot itself undid it. */
  seconds?: number;
  /** What `aftershock heal --host` found afterwards. */
  heal?: 'nothing' | 'the rest';
  lease_s: number;
  /** What was left, or what went wrong. */
  why: string[];
}

/** How late clean may be after the lease's end, in seconds. */
const MARGIN_S = 5;
const FREEZE_WITHIN_MS = 240_000;
const ENDS_WITHIN_MS = 240_000;
const BOOTS_WITHIN_MS = 240_000;
const LOOK_MS = 1_000;
const TRIES = 3;
/** What is not as before at the first look may only be slower than the record that goes, in milliseconds. */
const SETTLES_WITHIN_MS = 20_000;

/**
 * Makes one accident to one fault at one step, and looks what becomes of the host. A run that does not come to its
 * step (a host that is starved of our machine) has proven nothing: it is tried again.
 */
export async function runCell(place: Place, cell: Cell, lease_s: number): Promise<Outcome> {
  let why: string[] = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const outcome = await attempt(place, cell, lease_s);
    if (Array.isArray(outcome)) why = outcome;
    else return outcome;
  }
  return { ending: 'error', lease_s, why };
}

/** The outcome, or why it did not come to the accident. */
async function attempt(place: Place, cell: Cell, lease_s: number): Promise<Outcome | string[]> {
  const controller = controllerOf(place, cell, lease_s);
  let act: Act | undefined;
  let happens = false;
  try {
    await place.reset();
    if (cell.row.prepare !== undefined) await told(place, cell.row.prepare);
    const before = await stateOf(place, cell.row.also);
    await startObserver(place);
    const frozen = { ...controller, step: cell.step, within_ms: FREEZE_WITHIN_MS };
    const drill = await frozenRun(frozen, controller.where);
    act = { cell, controller, drill, place, before, lease_s };
    // No drill may pass because nothing was broken.
    if (cell.step === 'effective') await told(place, cell.row.broken);
    happens = true;
    return await afterAccident(act);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const why = text.trim().split('\n').slice(-12);
    return happens ? { ending: 'error', lease_s, why } : why;
  } finally {
    if (act !== undefined) await tidied(act);
    await endObserver(place);
    controller.close();
  }
}

async function tidied({ cell, controller, drill, place, lease_s }: Act): Promise<void> {
  endAll(drill);
  await cell.accident
    .over?.({ place, runs: controller.runs, drill, lease_s, row: cell.row })
    .catch(() => undefined);
}

interface Act {
  cell: Cell;
  controller: Controller;
  drill: Drill;
  place: Place;
  before: State;
  lease_s: number;
}

async function afterAccident(act: Act): Promise<Outcome> {
  const { cell, controller, drill, place, lease_s } = act;
  const { accident } = cell;
  const lease = openInjections(drill.directory)[0]?.injection.lease_s ?? lease_s;
  const scene: Scene = { place, drill, runs: controller.runs, lease_s: lease, row: cell.row };
  await accident.make(scene);
  const seen = accident.boots === true ? await booted(place) : await watched(scene, accident);
  await accident.over?.(scene);
  const hangs = accident.lives === true ? await outlived(drill, accident) : [];
  // A host that was away has gone on writing.
  const log = accident.boots === true ? seen : ((await observed(place)) ?? seen);
  const { left, at } = await settled(act, log, lease);
  const untouched = log.seen === undefined && accident.boots !== true;
  const unseen = untouched && cell.step !== 'intent' ? ['no record was seen on the host'] : [];
  const why = [...left, ...hangs, ...unseen];
  const healed = await healedAfter(act);
  why.push(...healed.why);
  const seconds = at === undefined || untouched ? {} : { seconds: Math.max(0, at) };
  const ending = endingOf({ left, at, lease, untouched, hangs: why.length > left.length });
  return {
    ending,
    ...seconds,
    ...(healed.heal === undefined ? {} : { heal: healed.heal }),
    lease_s: lease,
    why,
  };
}

function endingOf(of: {
  left: string[];
  at: number | undefined;
  lease: number;
  untouched: boolean;
  hangs: boolean;
}): Ending {
  if (of.left.length > 0) return 'dirty';
  if (of.hangs) return 'error';
  if (of.untouched) return 'untouched';
  return of.at !== undefined && of.at <= of.lease + MARGIN_S ? 'clean' : 'late';
}

async function booted(place: Place): Promise<Observed> {
  await place.power?.answers(BOOTS_WITHIN_MS);
  return { renewed: 0 };
}

/** Until the records are gone, or must be; then what was written down there. */
async function watched({ place, lease_s }: Scene, { away = false }: Accident): Promise<Observed> {
  const until = performance.now() + (lease_s + MARGIN_S + 3) * 1_000;
  let last: Observed = {};
  while (performance.now() < until) {
    if (!away) last = (await observed(place)) ?? last;
    if (last.gone !== undefined) return last;
    if (!away && last.seen === undefined && performance.now() > until - lease_s * 1_000) return last;
    await sleep(LOOK_MS);
  }
  return last;
}

/** A run that an accident does not end has to end by itself, and its guardian with it. */
async function outlived({ running, guardian }: Drill, { endsWell = false }: Accident): Promise<string[]> {
  const over = new AbortController();
  const late = sleep(ENDS_WITHIN_MS, over.signal).then(() => undefined);
  const finished = await Promise.race([running.finished, late]);
  over.abort();
  if (finished === undefined)
    return ['the run did not end by itself', ...running.output().split('\n').slice(-5)];
  if (endsWell && finished.code !== 0)
    return [`the run ended with ${finished.code}`, ...running.output().split('\n').slice(-12)];
  if (!endsWell && finished.code === 0) return ['the run ended as if nothing had happened'];
  for (let tries = 0; alive(guardian); tries += 1) {
    if (tries > 120) return ['the guardian did not end by itself'];
    await sleep(500);
  }
  return [];
}

/** What is not as before, and when it was so first: in seconds after the last renewal, or after the boot. */
async function settled(
  { place, cell, before }: Act,
  log: Observed,
  lease: number,
): Promise<{ left: string[]; at: number | undefined }> {
  const from = cell.accident.boots === true ? 0 : (log.renewed ?? 0);
  const giveUp = performance.now() + SETTLES_WITHIN_MS + (cell.accident.boots === true ? lease * 1_000 : 0);
  for (let first = true; ; first = false) {
    const now = await stateOf(place, cell.row.also);
    const left = changed(before, now);
    const at = (first ? await knownTime(place, cell.accident, log) : undefined) ?? now.uptime_s - from;
    if (left.length === 0 || performance.now() > giveUp)
      return { left, at: left.length === 0 ? at : undefined };
    await sleep(LOOK_MS);
  }
}

/** When it was clean, where somebody on the host has noted it: the observer, or systemd of the unit that undoes at boot. */
async function knownTime(
  place: Place,
  { boots }: Accident,
  { renewed = 0, gone }: Observed,
): Promise<number | undefined> {
  if (boots !== true) return gone === undefined ? undefined : gone - renewed;
  const said = await place.sh(
    'journalctl --boot --quiet --output=short-monotonic --unit=aftershock-boot.service',
  );
  // Without that unit's work there was nothing that a reboot would have left.
  const lines = said.stdout.split('\n').filter((line) => line.startsWith('['));
  return Number(/^\[ *([\d.]+)\]/.exec(lines.at(-1) ?? '[0]')?.[1] ?? 0);
}

/** `heal` from this machine finds nothing, or finishes it, and nothing of ours is on the host then. */
async function healedAfter({
  controller,
  place,
}: Act): Promise<{ heal?: NonNullable<Outcome['heal']>; why: string[] }> {
  const healed = await run(['heal', '--host', place.host, '--system', controller.system], controller.where);
  if (healed.code !== 0)
    return {
      why: [
        `heal ended with ${healed.code}`,
        ...(healed.stdout + healed.stderr).trim().split('\n').slice(-6),
      ],
    };
  const left = await told(place, 'ls -A "$1" 2>/dev/null; exit 0', [place.records]);
  const why = left.trim() === '' ? [] : [`after heal there is still ${left.trim().replaceAll('\n', ', ')}`];
  return { heal: healed.stdout.includes('nothing was left behind') ? 'nothing' : 'the rest', why };
}

function endAll({ running, guardian }: Drill): void {
  for (const pid of [
    running.child.exitCode === null && running.child.signalCode === null ? running.pid : 0,
    alive(guardian) ? guardian.pid : 0,
  ])
    if (pid > 0) process.kill(pid, 'SIGKILL');
}

interface Controller {
  experiment: string;
  system: string;
  runs: string;
  where: Where;
  close(): void;
}

/** A folder for a run of its own: files, home, runs. */
function controllerOf(place: Place, { row, step, accident }: Cell, lease_s: number): Controller {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-cell-'));
  const paths = { home: join(folder, 'home'), runs: join(folder, 'runs') };
  mkdirSync(paths.home);
  mkdirSync(paths.runs);
  const unmount = accident.smallDisk === true ? smallDisk(paths.runs) : undefined;
  const fill = (text: string): string =>
    text.replaceAll('HOST', place.host).replaceAll('FOLDER', place.folder).replaceAll('PEER', place.peer);
  const files = { experiment: join(folder, 'experiment.yaml'), system: join(folder, 'system.yaml') };
  const limits = { targets: 1, percent: 100, duration: '5m', allow: row.allow ?? [] };
  const hosts = { [place.host]: place.use };
  writeFileSync(files.system, JSON.stringify({ name: 'drill', hosts, limits }));
  const isShort = LATE.includes(step) || accident.endsWell === true;
  writeFileSync(files.experiment, fill(experimentOf(row, isShort ? '2s' : '60s')));
  const env = { ...place.env, AFTERSHOCK_LEASE: String(lease_s) };
  return {
    ...files,
    runs: paths.runs,
    where: { home: paths.home, cwd: folder, env },
    close: () => {
      unmount?.();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const LATE: readonly InjectionStep[] = ['undoing', 'undone', 'recovered'];

/** Held longer than any accident takes to come, or only for a moment where the run is stopped after it. */
function experimentOf({ fault, target, with: params }: Row, hold: string): string {
  const held = faults.find((one) => one.name === fault)?.duration === 'held';
  const entry = { id: 'f', fault, target: target ?? { host: 'HOST' }, with: params };
  return `
title: Drill of ${fault}
question: Is the host as it was?
system: system.yaml
faults: [ ${JSON.stringify({ ...entry, ...(held ? { for: hold } : {}) })} ]
timing: { baseline: 1s, watch: 1s, hold: ${held ? '1s' : hold}, sliding: 1s }
`;
}
