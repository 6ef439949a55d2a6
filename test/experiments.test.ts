import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { registries } from '../src/cli/registries.ts';
import { loadExperiment } from '../src/files/load.ts';
import type { KubernetesApi } from '../src/model/contracts/world.ts';
import type { JsonObject } from '../src/model/json.ts';
import type { MeasureResult, RunResult } from '../src/model/verdict.ts';
import { openRecording } from '../src/record/reader.ts';
import type { MachineReport } from '../src/report/machines/json.ts';
import { root, run } from './support/cli.ts';
import { clusterOf, lockHolder, stateOf } from './support/cluster.ts';
import { labUp, type TestLab } from './support/lab.ts';

const POLL_PORT = 31_950;
/** For a lab with settings of its own, which the run starts and ends. */
const SET_PORT = 31_954;
const TIMESERVER_PORT = 31_970;

const shipped = readdirSync(join(root, 'experiments'))
  .filter((name) => name.endsWith('.yaml'))
  .sort();

/** What a shipped system file says of its lab. */
function labOf(system: string): { name: string; isSet: boolean } | undefined {
  const { lab: use } = parse(readFileSync(join(root, 'systems', system), 'utf8')) as {
    lab?: string | { name: string; settings?: unknown };
  };
  if (use === undefined) return undefined;
  return typeof use === 'string'
    ? { name: use, isSet: false }
    : { name: use.name, isSet: use.settings !== undefined };
}

/** Experiments and systems as they are shipped, on ports of this test's own. */
function copyFiles(folder: string): void {
  mkdirSync(folder);
  for (const kind of ['experiments', 'systems']) {
    cpSync(join(root, kind), join(folder, kind), { recursive: true });
    for (const name of readdirSync(join(folder, kind))) {
      const path = join(folder, kind, name);
      const written = readFileSync(path, 'utf8');
      const port = labOf(kind === 'systems' ? name : systemOf(written))?.isSet ? SET_PORT : POLL_PORT;
      const text = written
        .replace(/^lab: poll-app\b/m, `lab: { name: poll-app, port: ${port} }`)
        .replace(/^ {2}name: poll-app$/m, `  name: poll-app\n  port: ${port}`)
        .replace(/^lab: timeserver\b/m, `lab: { name: timeserver, port: ${TIMESERVER_PORT} }`)
        .replaceAll('30080', String(port))
        .replaceAll('30081', String(port + 1))
        .replaceAll('30090', String(TIMESERVER_PORT));
      writeFileSync(path, text);
    }
  }
}

const source = (name: string): string => readFileSync(join(root, 'experiments', name), 'utf8');
const systemOf = (experiment: string): string => /^system: \.\.\/systems\/(\S+)/m.exec(experiment)?.[1] ?? '';
/** Whether an experiment can be planned on the lab that this test keeps, which has no settings. */
function isForKeptLab(name: string): boolean {
  const of = labOf(systemOf(source(name)));
  return of?.name === 'poll-app' && !of.isSet;
}

describe('every experiment', () => {
  test.each(shipped)('%s loads, and says what it is for', (name) => {
    const file = join(root, 'experiments', name);
    const loaded = loadExperiment({ file, registries, env: {} });
    expect(loaded.ok, JSON.stringify(loaded.ok ? '' : loaded.problem)).toBe(true);
    if (!loaded.ok) return;
    expect(loaded.value.experiment.question).toMatch(/\?$/);
    for (const { id, confidence } of loaded.value.experiment.predict)
      expect(confidence, `${name}: ${id} has no confidence`).toBeTypeOf('number');
  });

  test.each(shipped)('%s is told of', (name) => {
    const pages = ['README.md', 'docs/learn.md'].map((page) => readFileSync(join(root, page), 'utf8'));
    expect(pages.some((page) => page.includes(`experiments/${name}`))).toBe(true);
  });
});

let lab: TestLab;
let api: KubernetesApi;
let before: JsonObject;
let folder: string;

interface Shorter {
  /** How long an entry of `faults:` is held, and what its environment is besides. */
  faults?: Record<string, { for?: string; set?: Record<string, string> }>;
  watch?: string;
}

interface FileOfExperiment {
  faults: { id: string; for?: string; with?: { set?: Record<string, string> } }[];
  predict: { id: string; expect: string }[];
  timing: Record<string, string>;
}

/** Writes a shipped experiment beside itself, told in less time; what it expects of the recovery is left out. */
function shorten(name: string, { faults = {}, watch = '3s' }: Shorter): string {
  const experiments = join(folder, 'files/experiments');
  const file = parse(readFileSync(join(experiments, `${name}.yaml`), 'utf8')) as FileOfExperiment;
  for (const entry of file.faults) {
    const change = faults[entry.id];
    if (change?.for !== undefined) entry.for = change.for;
    if (change?.set !== undefined) entry.with = { ...entry.with, set: { ...entry.with?.set, ...change.set } };
  }
  // The watch lasts at least as long as the longest time that is expected.
  file.predict = file.predict.filter(({ expect: text }) => !text.includes('recovered_after_s'));
  file.timing = { baseline: '6s', watch, sliding: '3s', steady_for: '1s' };
  const path = join(experiments, `short-${name}.yaml`);
  writeFileSync(path, stringify(file));
  return path;
}

interface Ran {
  directory: string;
  result: RunResult;
  report: MachineReport;
  /** The verdict of a prediction, and all its measures in words for a failed assertion. */
  prediction: (id: string) => string | undefined;
  number: (text: string) => number;
}

async function runShort(name: string, shorter: Shorter = {}): Promise<Ran> {
  const runs = join(folder, 'runs', name);
  const { code, stdout, stderr } = await run(['run', shorten(name, shorter), '--runs', runs], {
    home: lab.home,
  });
  expect([0, 1], stdout + stderr).toContain(code);
  const directory = join(runs, readdirSync(runs)[0] ?? 'none');
  const read = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const result = read('result.json') as RunResult;
  const predictions = new Map(result.predictions.map((one) => [one.id, one]));
  return {
    directory,
    result,
    report: read('report.json') as MachineReport,
    prediction: (id) => predictions.get(id)?.verdict,
    number: (text) => numberOf(result.measures, text),
  };
}

/** A measure's value; of one that is bounded, the lowest that it can be. */
function numberOf(measures: readonly MeasureResult[], text: string): number {
  const measured = measures.find((one) => one.text === text)?.measured;
  if (measured?.is === 'value' && typeof measured.value === 'number') return measured.value;
  if (measured?.is === 'bounded') return measured.min;
  throw new Error(`${text} is ${JSON.stringify(measured)}`);
}

/** What the recording knows of containers that ended, as `OOMKilled 137`. */
function endsOf({ directory }: Ran): string[] {
  const recording = openRecording(directory);
  if (!recording.ok) throw new Error(recording.problem.message);
  const { samples, close } = recording.value;
  const events = samples.events('backends.transitions', { from: 0, to: Number.MAX_SAFE_INTEGER });
  close();
  return events
    .filter(({ detail }) => detail['state'] === 'terminated')
    .map(({ detail }) => `${detail['reason']} ${detail['exitCode']}`);
}

const nothingLost = (ran: Ran): void => {
  expect(ran.number('votes.acked')).toBeGreaterThan(100);
  expect(ran.number('votes.lost')).toBe(0);
};

async function asBefore(): Promise<void> {
  expect(await stateOf(api)).toEqual(before);
  expect(await lockHolder(api)).toBe('');
}

describe('on a lab', () => {
  beforeAll(async () => {
    lab = await labUp(POLL_PORT);
    api = await clusterOf(lab);
    before = await stateOf(api);
    folder = mkdtempSync(join(tmpdir(), 'aftershock-experiments-'));
    copyFiles(join(folder, 'files'));
  });
  afterAll(async () => {
    await lab.down();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(shipped.filter(isForKeptLab))('%s can be planned', async (name) => {
    const planned = await run(['plan', join(folder, 'files/experiments', name)], { home: lab.home });
    expect(planned.code, planned.stdout + planned.stderr).toBe(0);
    expect(planned.stdout).toContain('Timing');
  });

  test('out of memory: the limit is reached, 137, and the container is started again', async () => {
    const ran = await runShort('out-of-memory', {
      faults: { leak: { for: '9s', set: { MEMORY_LEAK_MB_PER_S: '80' } } },
    });
    expect(ran.number('backends.run.transitions.restarted.count')).toBeGreaterThanOrEqual(2);
    expect(endsOf(ran)).toContain('OOMKilled 137');
    expect(ran.prediction('restarted')).toBe('held');
    nothingLost(ran);
    await asBefore();
  });

  test('failing liveness: the containers are started again, in the same pods', async () => {
    const ran = await runShort('failing-liveness', {
      faults: { sick: { for: '20s', set: { LIVENESS_FAILS_AFTER_S: '1' } } },
    });
    expect(ran.number('backends.run.transitions.restarted.count')).toBeGreaterThanOrEqual(1);
    expect(ran.number('backends.fault.transitions.added.count')).toBe(2);
    expect(endsOf(ran)).not.toContain('OOMKilled 137');
    nothingLost(ran);
    await asBefore();
  });

  test('bad rollout: it never comes to its end, and the old pods go on', async () => {
    const ran = await runShort('bad-rollout', { faults: { 'bad-version': { for: '6s' } } });
    for (const id of ['old-pods-stay', 'one-new-pod', 'never-finished', 'nobody-notices'])
      expect([id, ran.prediction(id)]).toEqual([id, 'held']);
    nothingLost(ran);
    await asBefore();
  });

  test('errors: with retries voters succeed, and more attempts than requests are sent', async () => {
    const faults = { errors: { for: '8s' } };
    const without = await runShort('errors-without-retries', { faults });
    const retried = await runShort('errors-with-retries', { faults });
    const success = ({ number }: Ran): number => number('votes.fault.requests.availability');
    expect(success(without)).toBeLessThan(0.97);
    expect(success(retried)).toBeGreaterThan(success(without));
    expect(success(retried)).toBeGreaterThan(0.98);
    const attempts = ({ number }: Ran): number => number('frontend.run.attempts_total.last');
    const requests = ({ number }: Ran): number => number('frontend.run.requests_total.last');
    expect(attempts(without)).toBe(requests(without));
    expect(attempts(retried)).toBeGreaterThan(1.03 * requests(retried));
    for (const ran of [without, retried]) {
      nothingLost(ran);
      expect(ran.number('votes.duplicated')).toBe(0);
    }
    await asBefore();
  });

  test('votes are counted twice where they are retried and not known again', async () => {
    const ran = await runShort('duplicated-votes', {
      faults: { 'slow-and-forgetful': { for: '3s' } },
    });
    expect(ran.prediction('counted-once')).toBe('failed');
    expect(ran.number('votes.duplicated')).toBeGreaterThan(0);
    nothingLost(ran);
    await asBefore();
  });

  test('timeserver: every alert is an event of the report, ContainerCreating too', async () => {
    const ran = await runShort('timeserver-kill');
    const types = ran.report.events.map(({ type }) => type);
    expect(types.toSorted()).toEqual(['being-created', 'chosen', 'deleted', 'gone', 'recovered']);
    const killed = ran.report.events[0]?.subject;
    expect(killed).toMatch(/^pod\/timeserver-/);
    expect(ran.report.events.find(({ type }) => type === 'gone')?.subject).toBe(killed);
    const created = ran.report.events.find(({ type }) => type === 'being-created');
    expect(created?.subject).not.toBe(killed);
    expect(created?.message).toContain('ContainerCreating');
    expect(ran.report.events.at(-1)?.message).toContain('3 of 3');
    expect(ran.report.summary).toMatchObject({
      system: 'timeserver',
      namespace: 'default',
      target_selector: 'pod=timeserver-pod',
      total_events: types.length,
      completed: true,
    });
    expect(ran.prediction('replaced')).toBe('held');
  });
});
