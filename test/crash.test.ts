import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from '../src/faults/registry.ts';
import { journalLines } from '../src/guard/journal.ts';
import { LEASE_S } from '../src/guard/lease.ts';
import type { KubernetesApi } from '../src/model/contracts/world.ts';
import { injectionSteps } from '../src/model/injection.ts';
import type { JsonObject } from '../src/model/json.ts';
import { sleep } from '../src/reach/clock.ts';
import { hostFaults } from './matrix/cells.ts';
import { run } from './support/cli.ts';
import { clusterOf, stateOf } from './support/cluster.ts';
import { type Drill, ended, expectAsBefore, frozenAt, uses } from './support/drill.ts';
import { labUp, type TestLab } from './support/lab.ts';
import { processUses } from './support/process-drill.ts';

/** A guardian looks four times a second and then undoes; the rest is for a slow machine. */
const GUARDIAN_WITHIN_MS = (LEASE_S + 5) * 1_000;

let lab: TestLab;
let api: KubernetesApi;
let before: JsonObject;

beforeAll(async () => {
  lab = await labUp(31_080);
  api = await clusterOf(lab);
  before = await stateOf(api);
});
afterAll(() => lab.down());

async function kill({ running }: Drill): Promise<void> {
  process.kill(running.pid, 'SIGKILL');
  await running.finished;
}

async function heals(): Promise<void> {
  const healed = await run(['heal'], { home: lab.home });
  expect(healed.code, healed.stdout + healed.stderr).toBe(0);
}

test('every fault of the catalogue is in a crash test', () => {
  // The matrix has the faults on hosts: matrix.test.ts.
  const used = new Set([...Object.keys(uses), ...Object.keys(processUses), ...hostFaults()]);
  expect([...used].sort()).toEqual(faults.map((fault) => fault.name).sort());
});

const steps = injectionSteps.filter((step) => step !== 'closed');
const cells = Object.keys(uses).flatMap((fault) => steps.map((step) => [fault, step] as const));

describe('a killed run is undone by its guardian', () => {
  test.each(cells)('%s, killed at %s', async (fault, step) => {
    const drill = await frozenAt(lab, { fault, step });
    await kill(drill);
    await ended(drill.guardian, GUARDIAN_WITHIN_MS);
    await expectAsBefore(api, before, drill);
  });
});

describe('a run killed with its guardian is undone by heal', () => {
  test.each(cells)('%s, killed at %s', async (fault, step) => {
    const drill = await frozenAt(lab, { fault, step });
    process.kill(drill.guardian.pid, 'SIGKILL');
    await kill(drill);
    await heals();
    await expectAsBefore(api, before, drill);
    const again = await run(['heal'], { home: lab.home });
    expect(again.stdout).toContain('nothing was left behind');
  });
});

describe('a run killed somewhere between the journal and the answer of the act', () => {
  const moments = [2, 10, 30, 80].flatMap((ms) =>
    ['kubernetes.deployment.env', 'kubernetes.deployment.scale'].map((fault) => [fault, ms] as const),
  );
  test.each(moments)('%s, %i ms after it may act', async (fault, ms) => {
    const drill = await frozenAt(lab, { fault, step: 'acting' });
    process.kill(drill.running.pid, 'SIGCONT');
    await sleep(ms);
    await kill(drill);
    await ended(drill.guardian, GUARDIAN_WITHIN_MS);
    await expectAsBefore(api, before, drill);
    expect(journalLines(drill.directory).at(-1)).toMatchObject({ by: 'guardian', step: 'closed' });
  });
});

test('heal works while the guardian works too', async () => {
  const drill = await frozenAt(lab, { fault: 'kubernetes.deployment.env', step: 'effective' });
  await kill(drill);
  await heals();
  await ended(drill.guardian, GUARDIAN_WITHIN_MS);
  await expectAsBefore(api, before, drill);
});

test('a run that loses its guardian undoes, and ends as cut short', async () => {
  const fault = 'kubernetes.deployment.scale';
  const drill = await frozenAt(lab, { fault, step: 'effective', hold: '120s' });
  process.kill(drill.guardian.pid, 'SIGKILL');
  process.kill(drill.running.pid, 'SIGCONT');
  const { code, stdout, stderr } = await drill.running.finished;
  expect(code, stdout + stderr).toBe(4);
  expect(stdout + stderr).toContain('the guardian process is gone');
  await expectAsBefore(api, before, drill);
});
