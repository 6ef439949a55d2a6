import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openInjections } from '../../src/guard/journal.ts';
import { alive, identify, type ProcessIdentity } from '../../src/guard/proc.ts';
import type { Where } from './cli.ts';
import { type Drill, frozenRun, processState } from './drill.ts';
import { eventually } from './lab.ts';

/** How each fault on processes is used in drills; RESTART starts the victim again. */
export const processUses: Record<string, string> = {
  'process.pause': 'target: TARGET',
  'process.kill': 'target: TARGET, with: { restart: RESTART }',
};

/** A process of a test's own, and a folder for everything that a run keeps: home, records on the host, files. */
export interface Victim {
  where: Where & { env: Record<string, string> };
  folder: string;
  records: string;
  /** In its command line, and in no other. */
  word: string;
  first: ProcessIdentity;
  /** Everything that bears the word now. */
  running(): ProcessIdentity[];
  /** Starts one more. */
  another(): number | undefined;
}

const LOOP = 'while sleep 1; do :; done';

/** @param onTestFinished the test's own: tests run side by side. */
export async function victim(onTestFinished: (end: () => void) => void): Promise<Victim> {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-process-'));
  const records = join(folder, 'records');
  const word = `victim-${randomUUID()}`;
  const another = (): number | undefined =>
    spawn('sh', ['-c', LOOP, word], { stdio: 'ignore', detached: true }).pid;
  const pid = another();
  const running = (): ProcessIdentity[] => withWord(word);
  onTestFinished(() => {
    for (const { pid } of running()) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const first = await eventually('the victim runs', 5_000, () => {
    const [one] = running();
    return one?.pid === pid ? one : undefined;
  });
  mkdirSync(join(folder, 'home'));
  const where = { home: join(folder, 'home'), cwd: folder, env: { AFTERSHOCK_RUN_DIR: records } };
  return { where, folder, records, word, first, running, another };
}

/** Processes whose command line ends with the word: those who only speak of it have it elsewhere. */
function withWord(word: string): ProcessIdentity[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const text = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      const one = text.endsWith(`\0${word}\0`) ? identify(Number(name)) : undefined;
      return one === undefined ? [] : [one];
    } catch {
      return [];
    }
  });
}

interface Written {
  /** Instead of the fault's use in drills. */
  entry?: string;
  hold?: string;
  /** How the host `here` is reached, as in a system file. */
  host?: string;
  /** Another line of the system file. */
  more?: string;
}

/** The shortest experiment with one fault on the victim; gives its path. */
export function processExperiment(
  { folder, word }: Victim,
  fault: string,
  { entry, hold = '1s', host = 'local', more = '' }: Written = {},
): string {
  const restart = `"exec sh -c '${LOOP}' ${word}"`;
  const use = (processUses[fault] ?? '')
    .replace('TARGET', `{ host: here, command: ${word} }`)
    .replace('RESTART', restart);
  const system = `
name: victim
hosts: { here: ${host} }
signals: { victim: { process: { host: here, command: ${word} } } }
${more}
`;
  const experiment = `
title: Drill of ${fault}
question: Is the process as it was?
system: system.yaml
steady: [ victim.running.last ]
faults: [ ${entry ?? `{ id: f, fault: ${fault}, ${use} }`} ]
predict: [ { id: p, expect: victim.count.min >= 0, confidence: 0.5 } ]
timing: { baseline: 1s, watch: 1s, hold: ${hold}, sliding: 1s, steady_for: 500ms }
`;
  writeFileSync(join(folder, 'system.yaml'), system);
  writeFileSync(join(folder, 'experiment.yaml'), experiment);
  return join(folder, 'experiment.yaml');
}

/** A run on the victim that is stopped right after `step` is journalled. */
export function frozenOn(one: Victim, { fault, step }: { fault: string; step: string }): Promise<Drill> {
  const experiment = processExperiment(one, fault);
  return frozenRun({ experiment, runs: join(one.folder, 'runs'), step }, one.where);
}

/** One such process, running: the same one unless it was killed. Nothing of ours is left. */
export async function expectVictimAsBefore(
  { first, records, running }: Victim,
  { directory, guardian }: Drill,
  fault: string,
): Promise<void> {
  const [one, ...others] = running();
  expect(others).toEqual([]);
  expect(one).toBeDefined();
  expect(processState(one?.pid ?? 0)).not.toBe('T');
  if (fault === 'process.pause') expect(one).toEqual(first);
  expect(openInjections(directory)).toEqual([]);
  expect(alive(guardian)).toBe(false);
  expect(recordsIn(records)).toEqual([]);
}

/** What stands in a folder of records; it goes with the last of them. */
export const recordsIn = (records: string): string[] => (existsSync(records) ? readdirSync(records) : []);
