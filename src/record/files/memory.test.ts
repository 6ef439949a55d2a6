import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { schemaSql } from '../schema.ts';
import { tooLarge } from './memory.ts';

test('a recording that does not fit into memory is told before it is read, with what to do', () => {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  db.exec(schemaSql);
  expect(tooLarge('runs/a', db)).toBeUndefined();
  db.exec(
    "insert into signals values (1, 'votes', '{}'); insert into series values (1, 1, 'requests', 'operations')",
  );
  const insert = db.prepare("insert into operations values (1, ?, null, null, 'ok', null, null)");
  for (let t = 0; t < 1_000; t += 1) insert.run(t);
  expect(tooLarge('runs/a', db)).toBeUndefined();
  expect(tooLarge('runs/a', db, 2 ** 20)).toBeUndefined();
  expect(tooLarge('runs/a', db, 2 ** 19)).toMatchObject({
    code: 'recording-too-large',
    message: expect.stringContaining('1000 operations'),
    fix: expect.stringContaining('aftershock judge runs/a'),
  });
});
