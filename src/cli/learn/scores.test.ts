import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addScore, type Score, scores, trendOf } from './scores.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'aftershock-scores-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const score = (right: number, brier?: number): Score => ({
  at: '2026-11-20T16:08:00.000Z',
  is: 'game-day',
  run: 'r',
  title: 't',
  right,
  of: 4,
  ...(brier === undefined ? {} : { brier }),
});

test('scores are kept in order; a broken line loses only itself', () => {
  expect(scores(home)).toEqual([]);
  addScore(home, score(1, 0.5));
  appendFileSync(join(home, 'learn.jsonl'), 'half a li\n{"is":"quiz"}\n');
  addScore(home, score(3));
  expect(scores(home)).toEqual([score(1, 0.5), score(3)]);
});

test('a folder that cannot be written is a problem with what to do', () => {
  appendFileSync(join(home, 'file'), '');
  expect(addScore(join(home, 'file'), score(1))).toMatchObject({ ok: false, problem: { code: 'disk-full' } });
});

test('the trend sums up, means what was scored, and tells the latest apart', () => {
  expect(trendOf([score(1, 0.5), score(3), score(4, 0.1)])).toEqual({
    times: 3,
    right: 8,
    of: 12,
    brier: 0.3,
  });
  const six = [score(0, 1), score(4, 0), score(4, 0), score(4, 0), score(4, 0), score(4, 0)];
  expect(trendOf(six)).toMatchObject({
    times: 6,
    right: 20,
    of: 24,
    latest: { right: 20, of: 20, brier: 0 },
  });
});
