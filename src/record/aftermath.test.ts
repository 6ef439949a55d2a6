import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InjectionRecord, Timeline } from '../model/timeline.ts';
import { withAftermath } from './aftermath.ts';
import { folder } from './fixtures/folder.ts';

const record = (id: string): InjectionRecord => ({
  injection: {
    id,
    run: 'r',
    entry: id,
    fault: 'f',
    target: { kind: 'deployment', name: 'deployment/x', id: 'u', detail: {} },
    params: {},
    deadline_s: 60,
    lease_s: 30,
  },
  does: ['PATCH'],
  undoes: ['PATCH back'],
  acting: 10e9,
  evidence: {},
});

const timeline = (injections: InjectionRecord[]): Timeline => ({
  run: 'r',
  seed: 's',
  version: '0',
  anchors: [{ t: 5e9, wall_ms: Date.parse('2026-11-20T16:00:05Z') }],
  jumps: [],
  injections,
  notes: [],
});

const line = (by: string, step: string, second: string): string =>
  JSON.stringify({
    at: `2026-11-20T16:00:${second}Z`,
    uptime_s: 1,
    by,
    step,
    injection: 'a',
    evidence: 'as before',
  });

test('what the guardian undid after the run was gone is told, on the run’s clock', () => {
  const directory = folder();
  const lines = [
    line('run', 'acting', '10.000'),
    line('guardian', 'undoing', '21.000'),
    line('guardian', 'undone', '21.500'),
    line('guardian', 'recovered', '23.000'),
    '{"torn',
  ];
  writeFileSync(join(directory, 'undo.jsonl'), lines.join('\n'));
  const [a, b] = withAftermath(timeline([record('a'), record('b')]), directory).injections;
  expect(a).toMatchObject({
    undoing: 21e9,
    undone: 21.5e9,
    recovered: 23e9,
    evidence: { recovery: 'as before' },
  });
  expect(a?.cutShort).toContain('guardian');
  expect(b?.recovered).toBeUndefined();
});

test('a run that undid by itself, and one without a journal, stay as they are', () => {
  const directory = folder();
  const done = { ...record('a'), recovered: 20e9 };
  expect(withAftermath(timeline([done]), directory).injections).toEqual([done]);
  writeFileSync(join(directory, 'undo.jsonl'), line('heal', 'recovered', '23.000'));
  expect(withAftermath(timeline([done]), directory).injections).toEqual([done]);
});
