import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { home, homeProblem } from './home.ts';

test('home is AFTERSHOCK_HOME, else a folder of XDG, else of the user; empty counts as not set', () => {
  expect(home({ AFTERSHOCK_HOME: '/a', XDG_STATE_HOME: '/x' })).toBe('/a');
  expect(home({ AFTERSHOCK_HOME: '', XDG_STATE_HOME: '/x' })).toBe('/x/aftershock');
  expect(home({ XDG_STATE_HOME: '' })).toMatch(/\/\.local\/state\/aftershock$/);
});

test('a home that cannot be written is no bug; the same trouble elsewhere may be one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'labs'), 'a file where a folder should be');
  const thrown = (() => {
    try {
      return mkdirSync(join(folder, 'labs', 'poll-app'), { recursive: true });
    } catch (error) {
      return error;
    }
  })();
  expect(homeProblem(thrown, folder)).toMatchObject({
    code: 'disk-full',
    fix: expect.stringContaining('AFTERSHOCK_HOME'),
  });
  expect(homeProblem(thrown, `${folder}-other`)).toBeUndefined();
  expect(homeProblem(new Error('no'), folder)).toBeUndefined();
});
