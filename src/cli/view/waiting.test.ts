import { expect, test } from 'vitest';
import { injectionOf } from '../../guard/fixtures/injection.ts';
import { waiting } from './waiting.ts';

test('what is waited for is said once, then only when it has changed, at most every 10 s', () => {
  const told: string[] = [];
  let now_ms = 0;
  const look = waiting(
    (text) => told.push(text),
    60,
    () => now_ms,
  );
  const at = (ms: number, number: number, evidence: string): void => {
    now_ms = ms;
    look(injectionOf(number), { is: 'no', evidence });
  };
  at(0, 1, 'no pod is ready');
  at(250, 1, 'one pod is ready');
  at(500, 2, 'it is gone');
  at(10_500, 2, 'it is gone');
  at(10_750, 1, 'one pod is ready');
  at(11_000, 1, 'two pods are ready');
  expect(told.map((line) => line.replace(/^waiting until .* is as before/, ''))).toEqual([
    ' (at most 60 s): no pod is ready',
    ' (at most 60 s): it is gone',
    ': one pod is ready',
  ]);
});
