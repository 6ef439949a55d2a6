import type { FaultEntry } from '../../model/experiment.ts';

/** An entry that breaks one thing at once, with what a test changes. */
export const fakeEntry = (id: string, change: Partial<FaultEntry> = {}): FaultEntry => ({
  id,
  fault: 'fake',
  target: {},
  pick: { count: 1 },
  params: {},
  start: { on: 'begin' },
  at: { file: 'e.yaml', line: 1, column: 1 },
  ...change,
});
