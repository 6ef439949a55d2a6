import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from '../src/faults/registry.ts';
import { guardianOf } from '../src/guard/guardian.ts';
import { journalLines, openInjections } from '../src/guard/journal.ts';
import { LEASE_S } from '../src/guard/lease.ts';
import { alive } from '../src/guard/proc.ts';
import type { KubernetesApi } from '../src/model/contracts/world.ts';
import { injectionSteps } from '../src/model/injection.ts';
import type { JsonObject } from '../src/model/json.ts';
import { run, start } from './support/cli.ts';
import { clusterOf, lockHolder, readyPods, stateOf } from './support/cluster.ts';
import { eventually, labUp, type TestLab } from './support/lab.ts';

/** How each fault of the catalogue is used here; a fault without a row fails the first test. */
const uses: Record<string, string> = {
  'kubernetes.pod.delete': 'target: { deployment: poll-backend, pick: 1 }, with: { grace: 1s }',
  'kubernetes.deployment.env':
    "target: { deployment: poll-backend }, with: { set: { ARTIFICIAL_DELAY_MS: '20' } }",
  'kubernetes.deployment.scale': 'target: { deployment: poll-backend }, with: { replicas: 1 }',
};

const experiment = (fault: string): string => `
title: Crash of ${fault}
question: Is the target as it was?
system: system.yaml
steady: [ backends.ready.last == 2 ]
faults: [ { id: f, fault: ${fault}, ${uses[fault]} } ]
predict: []
timing: { baseline: 1s, watch: 1s, hold: 1s, sliding: 1s, steady_for: 500ms }
`;

let lab: TestLab;
let api: KubernetesApi;
let before: JsonObject;

beforeAll(async () => {
  lab = await labUp(31_080);
  api = await clusterOf(lab);
  before = await stateOf(api);
});
afterAll(() => lab.down());

/** Starts a run that freezes right after `step` is journalled, and waits until it is frozen there. */
async function frozenAt(
  fault: string,
  step: string,
): Promise<{ pid: number; directory: string; ended: Promise<unknown> }> {
  const files = lab.files(experiment(fault));
  const runs = join(files.folder, 'runs');
  const running = start(['run', files.experiment, '--runs', runs], {
    home: lab.home,
    env: { AFTERSHOCK_FREEZE_AT: step },
  });
  await eventually(`the run freezes at ${step}: ${running.output()}`, 60_000, () => {
    const stat = readFileSync(`/proc/${running.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'T' ? true : undefined;
  });
  const directory = join(runs, readdirSync(runs)[0] ?? '');
  expect(journalLines(directory).at(-1)?.step).toBe(step);
  return { pid: running.pid, directory, ended: running.finished };
}

async function isAsBefore(directory: string): Promise<void> {
  await eventually('two backends are ready again', 30_000, async () =>
    (await readyPods(api)) === 2 ? true : undefined,
  );
  expect(await stateOf(api)).toEqual(before);
  expect(openInjections(directory)).toEqual([]);
  expect(await lockHolder(api)).toBe('');
}

test('every fault of the catalogue is in the crash test', () => {
  expect(Object.keys(uses).sort()).toEqual(faults.map((fault) => fault.name).sort());
});

const steps = injectionSteps.filter((step) => step !== 'closed');
const cells = Object.keys(uses).flatMap((fault) => steps.map((step) => [fault, step] as const));

describe('a killed run is undone by its guardian', () => {
  test.each(cells)('%s, killed at %s', async (fault, step) => {
    const { pid, directory, ended } = await frozenAt(fault, step);
    const guardian = guardianOf(directory);
    process.kill(pid, 'SIGKILL');
    await ended;
    await eventually('the guardian has ended', (LEASE_S + 5) * 1_000, () =>
      guardian !== undefined && alive(guardian) ? undefined : true,
    );
    await isAsBefore(directory);
  });
});

describe('a run killed with its guardian is undone by heal', () => {
  test.each(cells)('%s, killed at %s', async (fault, step) => {
    const { pid, directory, ended } = await frozenAt(fault, step);
    const guardian = guardianOf(directory);
    if (guardian !== undefined) process.kill(guardian.pid, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await ended;
    const healed = await run(['heal'], { home: lab.home });
    expect(healed.code, healed.stdout + healed.stderr).toBe(0);
    await isAsBefore(directory);
    const again = await run(['heal'], { home: lab.home });
    expect(again.stdout).toContain('nothing was left behind');
  });
});
