import { expect, test } from 'vitest';
import type { InjectionRecord } from '../../model/timeline.ts';
import { line, stamp, TEXT_COLUMN } from './lines.ts';

const record: InjectionRecord = {
  injection: {
    id: 'run.kill.0',
    run: 'run',
    entry: 'kill',
    fault: 'kubernetes.pod.delete',
    target: { kind: 'pod', name: 'pod/web-1', id: 'u', detail: {} },
    params: {},
    deadline_s: 30,
    lease_s: 30,
  },
  does: ['DELETE'],
  undoes: [],
  evidence: { effect: 'pod/web-1 is terminating' },
};

test.each([
  [0, '00:00.0'],
  [5.25, '00:05.3'],
  [59.96, '01:00.0'],
  [61.2, '01:01.2'],
  [6_000, '100:00.0'],
])('%d s is stamped %s', (seconds, text) => {
  expect(stamp(seconds * 1e9)).toBe(text);
});

test('what happens is told in one line, whose text begins where wrapped lines go on', () => {
  const acting = line({ is: 'step', t: 6.3e9, step: 'acting', record }) ?? '';
  expect(acting).toBe('00:06.3  inject     kill: kubernetes.pod.delete on pod/web-1');
  expect(acting.indexOf('kill:')).toBe(TEXT_COLUMN);
  expect(line({ is: 'step', t: 7e9, step: 'effective', record })).toContain(
    'effect     kill: pod/web-1 is term',
  );
  expect(line({ is: 'phase', t: 0, phase: 'baseline', ends: 15e9 })).toContain('for 15 s');
  expect(line({ is: 'not-started', t: 0, why: 'not steady' })).toContain('not steady; nothing was injected');
});

test.each([
  [0, 'ctrl-C; nothing is injected'],
  [1, 'ctrl-C; undoing 1 injection'],
  [2, 'ctrl-C; undoing 2 injections'],
])('an abort with %d open injections says what is undone', (open, text) => {
  const abort = { t: 0, by: 'interrupt', text: 'ctrl-C' } as const;
  expect(line({ is: 'abort', t: 0, abort, open })).toBe(`00:00.0  ABORT      ${text}`);
});

test('what says nothing new has no line', () => {
  expect(line({ is: 'steady', t: 0, truth: 'true' })).toBeUndefined();
  expect(line({ is: 'step', t: 0, step: 'intent', record })).toBeUndefined();
  // Nothing is undone by us.
  expect(line({ is: 'step', t: 0, step: 'undoing', record })).toBeUndefined();
  expect(line({ is: 'step', t: 0, step: 'undoing', record: { ...record, undoes: ['PATCH'] } })).toContain(
    'undo',
  );
});
