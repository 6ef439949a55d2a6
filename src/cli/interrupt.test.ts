import { afterEach, expect, test } from 'vitest';
import { interruptSignal } from './interrupt.ts';

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Map(NAMES.map((name) => [name, process.listeners(name)]));

afterEach(() => {
  for (const name of NAMES) {
    for (const listener of process.listeners(name)) {
      if (before.get(name)?.includes(listener) !== true) process.off(name, listener);
    }
  }
});

test('the first signal aborts and names itself, the next ones only say so', () => {
  let repeated = 0;
  const signal = interruptSignal(() => {
    repeated += 1;
  });
  expect(signal.aborted).toBe(false);
  process.emit('SIGTERM', 'SIGTERM');
  expect(signal.aborted).toBe(true);
  expect(String(signal.reason)).toContain('aftershock stop');
  expect(repeated).toBe(0);
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGHUP', 'SIGHUP');
  expect(repeated).toBe(2);
  expect(String(signal.reason)).toContain('aftershock stop');
});
