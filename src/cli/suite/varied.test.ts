import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { variedIn } from './varied.ts';

test('a run of a suite is told by what was varied in it, whatever else lies there', () => {
  const runs = mkdtempSync(join(tmpdir(), 'varied-'));
  onTestFinished(() => rmSync(runs, { recursive: true, force: true }));
  const suite = (name: string, text: string): void => {
    mkdirSync(join(runs, name));
    writeFileSync(join(runs, name, 'suite.json'), text);
  };
  const cells = [
    { values: { 'signals.votes.rate': '5/s', repeat: 'a' }, runs: [{ run: 'one' }, { run: 'two' }] },
    { values: {}, runs: [{ run: 'three' }, { exit: 2 }] },
  ];
  suite('suite-1', JSON.stringify({ version: 1, cells }));
  suite('suite-2', '{');
  suite('suite-3', '{}');
  expect([...variedIn(runs)]).toEqual([
    ['one', 'signals.votes.rate=5/s, repeat=a'],
    ['two', 'signals.votes.rate=5/s, repeat=a'],
  ]);
  expect(variedIn(join(runs, 'none')).size).toBe(0);
});
