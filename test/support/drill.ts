import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guardianOf } from '../../src/guard/guardian.ts';
import { journalLines, openInjections } from '../../src/guard/journal.ts';
import { alive, type ProcessIdentity } from '../../src/guard/proc.ts';
import type { KubernetesApi } from '../../src/model/contracts/world.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type Started, start, type Where } from './cli.ts';
import { lockHolder, marksOf, readyPods, stateOf } from './cluster.ts';
import { eventually, type TestLab } from './lab.ts';

/** How each fault of the catalogue is used in drills on the lab (for those on processes see process-drill.ts); PORT is the lab's. */
export const uses: Record<string, string> = {
  'kubernetes.pod.delete': 'target: { deployment: poll-backend, pick: 1 }, with: { grace: 1s }',
  'kubernetes.deployment.env':
    "target: { deployment: poll-backend }, with: { set: { ARTIFICIAL_DELAY_MS: '20' } }",
  'kubernetes.deployment.scale': 'target: { deployment: poll-backend }, with: { replicas: 1 }',
  'http.load': "target: { url: 'http://127.0.0.1:PORT/api/polls/default' }, with: { rate: 20/s }",
};

/** The shortest experiment with one fault. */
export const experimentWith = (fault: string, { baseline = '1s', hold = '1s' } = {}): string => `
title: Drill of ${fault}
question: Is the target as it was?
system: system.yaml
steady: [ backends.ready.last == 2 ]
faults: [ { id: f, fault: ${fault}, ${uses[fault]} } ]
predict: [ { id: p, expect: backends.ready.min >= 0, confidence: 0.5 } ]
timing: { baseline: ${baseline}, watch: 1s, hold: ${hold}, sliding: 1s, steady_for: 500ms }
`;

/** A run of the real command line in a drill. */
export interface Drill {
  running: Started;
  directory: string;
  guardian: ProcessIdentity;
}

/** Starts a run that stops itself (SIGSTOP) right after `step` is journalled, and waits until it is stopped there. */
export async function frozenAt(
  lab: TestLab,
  drill: { fault: string; step: string; runs?: string; hold?: string },
): Promise<Drill> {
  const written = experimentWith(drill.fault, { hold: drill.hold ?? '1s' });
  const files = lab.files(written.replaceAll('PORT', String(lab.port)));
  const runs = drill.runs ?? join(files.folder, 'runs');
  return frozenRun({ experiment: files.experiment, runs, step: drill.step }, { home: lab.home });
}

export interface Frozen {
  experiment: string;
  runs: string;
  step: string;
  within_ms?: number;
}

/** The same of any experiment. */
export async function frozenRun(
  { experiment, runs, step, within_ms = 60_000 }: Frozen,
  where: Where,
): Promise<Drill> {
  const running = start(['run', experiment, '--runs', runs, '--yes'], {
    ...where,
    env: { ...where.env, AFTERSHOCK_FREEZE_AT: step },
  });
  await eventually(`the run freezes at ${step}`, within_ms, () => {
    if (running.child.exitCode !== null) throw new Error(`the run has ended: ${running.output()}`);
    return processState(running.pid) === 'T' ? true : undefined;
  });
  const directory = join(runs, readdirSync(runs).at(-1) ?? '');
  const last = journalLines(directory).at(-1)?.step;
  if (last !== step) throw new Error(`the journal ends with ${last}, not with ${step}`);
  const guardian = guardianOf(directory);
  if (guardian === undefined) throw new Error('there is no guardian');
  return { running, directory, guardian };
}

/** The state letter of a process: T is stopped by a signal. */
export function processState(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

export const ended = (guardian: ProcessIdentity, within_ms: number): Promise<true> =>
  eventually('the guardian has ended', within_ms, () => (alive(guardian) ? undefined : true));

/** Nothing is left of a run: the deployment, marks and their copies, lock, journal, guardian. */
export async function expectAsBefore(
  api: KubernetesApi,
  before: JsonObject,
  { directory, guardian }: Drill,
): Promise<void> {
  await eventually('two backends are ready again', 30_000, async () =>
    (await readyPods(api)) === 2 ? true : undefined,
  );
  expect(await stateOf(api)).toEqual(before);
  expect(await marksOf(api)).toEqual([]);
  expect(openInjections(directory)).toEqual([]);
  expect(await lockHolder(api)).toBe('');
  expect(alive(guardian)).toBe(false);
}
