import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Result } from '../model/result.ts';
import type { ReportInput } from '../report/input.ts';
import { gatesOf, judgeGates, type Opened, openRuns } from './comparing.ts';
import { fakeFolder } from './fake-folder.ts';

const must = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
};

/** Two runs of which the second watched no pods. */
function runs(): Opened[] {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-compare-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const withoutPods = (input: ReportInput): ReportInput => {
    const signals = input.plan.signals.filter(({ name }) => name !== 'backends');
    return { ...input, plan: { ...input.plan, signals } };
  };
  fakeFolder({ runs: folder, id: 'a', kind: 'kill' });
  fakeFolder({ runs: folder, id: 'b', kind: 'kill', change: withoutPods });
  const opened = must(openRuns(['a', 'b'], folder));
  onTestFinished(() => {
    for (const { recording } of opened) recording.close();
  });
  return opened;
}

test('a gate over what one run did not record is unknown, whichever of the two it is', () => {
  const opened = runs();
  const gates = must(gatesOf(['backends.ready.min < 1', 'backends.ready.min < 1x'], opened));
  expect(judgeGates(gates, opened, 0).map(({ run, truth }) => [run, truth])).toEqual([
    ['B', 'unknown'],
    ['B', 'unknown'],
  ]);
  expect(judgeGates(gates, opened, 1).map(({ run, truth }) => [run, truth])).toEqual([
    ['A', 'false'],
    ['A', 'unknown'],
  ]);
});
