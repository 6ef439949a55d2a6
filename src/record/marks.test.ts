import { expect, test } from 'vitest';
import type { InjectionRecord, Mark } from '../model/timeline.ts';
import { foldMarks } from './marks.ts';

const record = (id: string, change: Partial<InjectionRecord> = {}): InjectionRecord => ({
  injection: {
    id,
    run: 'r',
    entry: 'kill',
    fault: 'kubernetes.pod.delete',
    target: { kind: 'pod', name: 'pod/a', id: 'uid', detail: {} },
    params: {},
    deadline_s: 60,
    lease_s: 30,
  },
  does: ['DELETE pod/a'],
  undoes: [],
  evidence: {},
  ...change,
});

test('a timeline is folded from marks: the last word on an injection, the first abort, notes by time', () => {
  const marks: Mark[] = [
    { is: 'anchor', t: 0, wall_ms: 5 },
    { is: 'start', t: 1, run: 'r', seed: 's', version: '1' },
    { is: 'baseline', t: 2 },
    { is: 'injection', t: 3, record: record('a', { acting: 3 }) },
    { is: 'injection', t: 4, record: record('b', { acting: 4 }) },
    { is: 'injection', t: 5, record: record('a', { acting: 3, acted: 5 }) },
    { is: 'abort', t: 6, abort: { t: 6, by: 'stop', text: 'first' } },
    { is: 'abort', t: 7, abort: { t: 7, by: 'interrupt', text: 'second' } },
    { is: 'jump', from: 8, to: 9 },
    { is: 'ended', t: 10 },
    { is: 'note', t: 11, text: 'later' },
    { is: 'note', t: 4, text: 'earlier' },
  ];
  expect(foldMarks(marks)).toEqual({
    run: 'r',
    seed: 's',
    version: '1',
    anchors: [{ t: 0, wall_ms: 5 }],
    jumps: [{ from: 8, to: 9 }],
    baseline: 2,
    injections: [record('a', { acting: 3, acted: 5 }), record('b', { acting: 4 })],
    abort: { t: 6, by: 'stop', text: 'first' },
    ended: 10,
    notes: [
      { t: 4, text: 'earlier' },
      { t: 11, text: 'later' },
    ],
  });
});

test('nothing is made up for a run that was killed at once', () => {
  expect(foldMarks([])).toEqual({
    run: '',
    seed: '',
    version: '',
    anchors: [],
    jumps: [],
    injections: [],
    notes: [],
  });
});
