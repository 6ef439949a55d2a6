import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findRunFolder } from './run-folder.ts';

function runsWith(...names: string[]): string {
  const runs = mkdtempSync(join(tmpdir(), 'aftershock-runs-'));
  onTestFinished(() => rmSync(runs, { recursive: true, force: true }));
  for (const name of names) mkdirSync(join(runs, name));
  writeFileSync(join(runs, 'a-file'), '');
  return runs;
}

test('a path, a whole name, or a part that only one run has', () => {
  const runs = runsWith('2026-01-01-a', '2026-01-02-a', '2026-01-02-a-b');
  expect(findRunFolder(runs, 'none')).toEqual({ ok: true, value: runs });
  expect(findRunFolder('gone/away', runs)).toEqual({ ok: true, value: 'gone/away' });
  for (const [named, name] of [
    ['2026-01-02-a', '2026-01-02-a'],
    ['a-b', '2026-01-02-a-b'],
    ['01-01', '2026-01-01-a'],
  ] as const) {
    expect(findRunFolder(named, runs)).toEqual({ ok: true, value: join(runs, name) });
  }
});

test('a wrong name is answered with the newest runs, an ambiguous one with those it may mean', () => {
  const runs = runsWith('1-x', '2-x', '3-y', '4-y', '5-y', '6-y');
  expect(findRunFolder('zzz', runs)).toMatchObject({
    problem: { code: 'name-unknown', expected: '6-y, 5-y, 4-y, 3-y, 2-x' },
  });
  expect(findRunFolder('x', runs)).toMatchObject({ problem: { code: 'usage', expected: '2-x, 1-x' } });
  const none = findRunFolder('x', join(runs, 'none'));
  expect(none).toMatchObject({ problem: { code: 'name-unknown' } });
  expect(none.ok ? '' : none.problem.fix).toContain('--runs');
});
