import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { fail, ok, type Problem } from '../../model/result.ts';
import { once } from './folder.ts';

let folder: string;
const never = new AbortController().signal;
const trouble: Problem = { code: 'lab-failed', message: 'no', fix: 'yes' };

beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'once-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  folder = join(home, 'images', 'one');
});

test('a folder that several want is made once, and has what was made', async () => {
  const told: string[] = [];
  let made = 0;
  const want = () =>
    once(folder, { progress: (text) => told.push(text), signal: never }, async (work) => {
      made += 1;
      expect(existsSync(folder)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 100));
      writeFileSync(join(work, 'disk'), '');
      return ok(undefined);
    });
  expect(await Promise.all([want(), want(), want()])).toEqual(Array(3).fill({ ok: true, value: folder }));
  expect(made).toBe(1);
  expect(readdirSync(folder)).toEqual(['disk']);
  expect(readdirSync(join(folder, '..'))).toEqual(['one']);
  expect(told).toHaveLength(2);
});

test('what failed is not there, and is made by the next one', async () => {
  const making = { progress: () => undefined, signal: never };
  expect(await once(folder, making, async () => fail(trouble))).toEqual({ ok: false, problem: trouble });
  expect(existsSync(folder)).toBe(false);
  expect(await once(folder, making, async () => ok(undefined))).toEqual({ ok: true, value: folder });
});

test('who waits for another one stops when told', async () => {
  const aborting = new AbortController();
  let finish = (): void => undefined;
  const first = once(folder, { progress: () => undefined, signal: never }, async () => {
    await new Promise<void>((resolve) => (finish = resolve));
    return ok(undefined);
  });
  const second = await once(folder, { progress: () => aborting.abort(), signal: aborting.signal }, async () =>
    ok(undefined),
  );
  expect(second.ok).toBe(false);
  finish();
  expect((await first).ok).toBe(true);
});
