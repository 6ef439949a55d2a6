import { expect, test } from 'vitest';
import type { InjectionStep } from '../../model/injection.ts';
import type { RunEvent } from '../../run/events.ts';
import { progressOf } from './progress.ts';

const step = (t_s: number, name: InjectionStep, entry = 'slow'): RunEvent => ({
  is: 'step',
  t: t_s * 1e9,
  step: name,
  record: {
    injection: {
      id: `run.${entry}.0`,
      run: 'run',
      entry,
      fault: 'x',
      target: { kind: 'pod', name: 'pod/a', id: 'u', detail: {} },
      params: {},
      deadline_s: 30,
      lease_s: 30,
    },
    does: [],
    undoes: [],
    evidence: {},
  },
});

test('a phase counts down to its end, and a fault to its undo', () => {
  const progress = progressOf(new Map([['slow', 20]]));
  expect(progress.now(0)).toEqual({ phase: 'start', left: '', steady: 'unknown', why: 'not known yet' });
  progress.event({ is: 'phase', t: 0, phase: 'baseline', ends: 15e9 });
  progress.event({ is: 'steady', t: 1e9, truth: 'true' });
  expect(progress.now(4.5e9)).toMatchObject({ phase: 'baseline', left: '11 s left', steady: 'true' });
  expect(progress.now(16e9).left).toBe('');
  progress.event({ is: 'phase', t: 15e9, phase: 'fault' });
  expect(progress.now(15e9)).toMatchObject({ phase: 'fault', left: '' });
  progress.event(step(17, 'effective'));
  expect(progress.now(18e9).left).toBe('19 s left');
});

test('an undo says so until it is over, and so does an abort', () => {
  const progress = progressOf(new Map([['slow', 5]]));
  progress.event({ is: 'phase', t: 0, phase: 'fault' });
  progress.event(step(1, 'effective'));
  progress.event(step(6, 'undoing'));
  expect(progress.now(6e9)).toMatchObject({ phase: 'undoing', left: '' });
  progress.event(step(7, 'recovered'));
  expect(progress.now(7e9).phase).toBe('fault');
  progress.event({ is: 'abort', t: 8e9, abort: { t: 8e9, by: 'interrupt', text: 'ctrl-C' }, open: 1 });
  expect(progress.now(8e9).phase).toBe('undoing');
  progress.event({ is: 'phase', t: 9e9, phase: 'recovery' });
  expect(progress.now(9e9).phase).toBe('recovery');
});
