import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { folder } from '../record/fixtures/folder.ts';
import { fakeFolder } from './fake-folder.ts';
import { historyOf, judgedRun, shortId, whenOf } from './history.ts';

let runs: string;

beforeAll(() => {
  runs = folder();
  fakeFolder({ runs, id: '2026-11-20T160800-kill-7f3a', kind: 'kill' });
  fakeFolder({ runs, id: '2026-11-21T160800-latency-91c2', kind: 'latency' });
  fakeFolder({ runs, id: '2026-11-22T160800-killed-aaaa', kind: 'kill', ended: false, judged: false });
  const half = join(runs, '2026-11-23T160800-half-bbbb');
  mkdirSync(half);
  writeFileSync(join(half, 'plan.json'), '{"ver');
  const broken = join(runs, '2026-11-24T160800-broken-cccc');
  mkdirSync(broken);
  writeFileSync(join(broken, 'recording.db'), 'garbage'.repeat(1_000));
  mkdirSync(join(runs, 'notes'));
  const suite = join(runs, 'suite-2026-11-25T160800-dddd');
  mkdirSync(suite);
  writeFileSync(join(suite, 'suite.json'), '{}');
  writeFileSync(join(runs, 'a-file.html'), '');
});

test('the newest comes first, and every folder is told as what it is', () => {
  expect(historyOf(runs).map(({ id, is }) => [shortId(id), is])).toEqual([
    ['dddd', 'suite'],
    ['cccc', 'broken'],
    ['bbbb', 'half-written'],
    ['aaaa', 'run'],
    ['91c2', 'run'],
    ['7f3a', 'run'],
    ['notes', 'no-run'],
  ]);
});

test('a run without a result is judged from its recording, and nothing is written', () => {
  const directory = join(runs, '2026-11-22T160800-killed-aaaa');
  const before = readdirSync(directory);
  const kept = historyOf(runs).find(({ id }) => id.endsWith('aaaa'));
  expect(kept).toMatchObject({ is: 'run', judgedNow: true, killed: true, file: 'experiments/kill.yaml' });
  expect(readdirSync(directory)).toEqual(before);
});

test('a result that is broken is judged again', () => {
  const directory = fakeFolder({ runs: folder(), id: '2026-11-20T160800-kill-7f3a', kind: 'kill' });
  writeFileSync(join(directory, 'result.json'), '{"version": 1');
  const judged = judgedRun(directory);
  expect(judged.ok && judged.value.judgedNow).toBe(true);
});

test('a stored result needs no recording', () => {
  const directory = fakeFolder({ runs: folder(), id: '2026-11-20T160800-kill-7f3a', kind: 'kill' });
  rmSync(join(directory, 'recording.db'));
  const judged = judgedRun(directory);
  expect(judged.ok && judged.value.result.title).toBe('Kill one backend pod');
});

test('a folder that is not there has no history', () => expect(historyOf(join(runs, 'nowhere'))).toEqual([]));

test.each([
  ['2026-11-20T160805-kill-7f3a', '2026-11-20 16:08:05'],
  ['suite-2026-11-20T160805-7f3a', '2026-11-20 16:08:05'],
  ['notes', undefined],
])('%s', (run, when) => expect(whenOf(run)).toBe(when));
