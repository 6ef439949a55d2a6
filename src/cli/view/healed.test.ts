import { expect, test } from 'vitest';
import { injectionOf } from '../../guard/fixtures/injection.ts';
import { type Healed, nothingHealed } from '../../guard/heal.ts';
import { tellHealed } from './healed.ts';

function told(...parts: Partial<Healed>[]): { code: number; text: string } {
  const lines: string[] = [];
  const push = (text: string): void => void lines.push(text);
  const healed = parts.map((part) => ({ ...nothingHealed(), ...part }));
  const code = tellHealed({ out: push, err: push, errColor: false }, healed);
  return { code, text: lines.join('\n') };
}

test('nothing, or what is clean now, is 0', () => {
  expect(told({})).toEqual({ code: 0, text: 'nothing was left behind' });
  expect(told({ clean: [injectionOf(1)] })).toMatchObject({ code: 0 });
});

test('a run alive on this machine is named once, with all it holds, and is no error', () => {
  const living = [{ run: 'r', injections: 1 }];
  const { code, text } = told({ living: [{ run: 'r', injections: 2 }] }, { living });
  expect(code).toBe(0);
  expect(text).toBe('alive   r holds 2 injection(s); end it with `aftershock stop r`, or `heal --all`');
});

test('what a fresh lock protects from us is told with how long, and is 5', () => {
  const lock = { renewedAgo_s: 4.2, freeIn_s: 27.1 };
  const { code, text } = told({ unsure: [{ injection: injectionOf(1), fresh: true, lock }] });
  expect(code).toBe(5);
  expect(text).toContain('its lock is fresh (renewed 4 s ago)');
  expect(text).toContain('run heal again in 28 s, or `heal --all`');
  const doubt = told({ unsure: [{ injection: injectionOf(1), fresh: true }] });
  expect(doubt).toMatchObject({ code: 5, text: expect.stringContaining('cannot be read') as string });
});

test('what could not be undone is 5, whatever else is wrong', () => {
  const undone = { code: 'undo-failed', message: 'not undone', fix: 'again' } as const;
  const file = { code: 'file-missing', message: 'no file', fix: 'make it' } as const;
  expect(told({ failed: [{ problem: file }, { problem: undone }] }).code).toBe(5);
  expect(told({ failed: [{ problem: file }] }).code).toBe(2);
});
