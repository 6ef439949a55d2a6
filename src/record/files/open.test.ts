import {
  chmodSync,
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { folder, runFolder } from '../fixtures/folder.ts';
import { handClock, must, plan, signals } from '../fixtures/run.ts';
import { linesOf, startChild } from '../fixtures/spawn.ts';
import { openRecording } from '../reader.ts';
import { createRedactor } from '../redact.ts';
import { createRecording } from '../writer.ts';

const all = { from: 0, to: 1e15 };
const db = (directory: string): string => join(directory, 'recording.db');

/** A finished recording of some size. */
function finished(): string {
  const directory = runFolder();
  const clock = handClock();
  const writer = must(
    createRecording(directory, { signals, clock, redact: createRedactor([]), uptime_s: () => undefined }),
  );
  for (const name of ['votes', 'backends', 'observer']) writer.sink(name).observing();
  const rows = Array.from({ length: 2_000 }, (_, index) => ({
    intended: index * 1e6,
    sent: index * 1e6,
    done: index * 1e6 + 5,
    kind: 'timeout',
    detail: `no answer ${index}`,
  }));
  writer.sink('votes').operations('requests', rows);
  for (let index = 0; index < 300; index += 1) {
    writer
      .sink('backends')
      .event('changes', { t: index, type: 'created', subject: `pod/${index}`, detail: { index } });
    writer.sink('backends').point('leader', { t: index, value: `p${index}` });
  }
  clock.t = 2e9;
  writer.mark({ is: 'ended', t: 2e9 });
  must(writer.close());
  return directory;
}

/** The folder of a run that was killed: its write-ahead log is still there. */
async function killed(): Promise<string> {
  const directory = runFolder();
  const child = startChild('write', directory);
  const ended = linesOf(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  await delay(800);
  child.kill('SIGKILL');
  await ended;
  return directory;
}

/** Opens and reads everything; what is found broken must be a Problem, now or later. */
function readAll(directory: string): 'whole' | 'damaged' | 'refused' {
  const recording = openRecording(directory);
  if (!recording.ok) {
    expect(recording.problem.code).toBe('recording-broken');
    expect(recording.problem.fix).not.toBe('');
    return 'refused';
  }
  const { samples, problems } = recording.value;
  for (const signal of signals) {
    for (const { name } of signal.series) {
      const key = `${signal.name}.${name}`;
      samples.operations(key, all);
      samples.points(key, all);
      samples.events(key, all);
      expect(samples.gaps(key, all).length).toBeGreaterThan(0);
    }
  }
  recording.value.snapshot('baseline');
  recording.value.close();
  return problems.length > 0 ? 'damaged' : 'whole';
}

describe('a recording that was copied elsewhere', () => {
  test('is read from there, with the log that a killed run left', async () => {
    const copy = join(folder(), 'copy');
    cpSync(await killed(), copy, { recursive: true });
    expect(readdirSync(copy)).toContain('recording.db-wal');
    const recording = must(openRecording(copy));
    expect(recording.samples.operations('votes.requests', all).length).toBeGreaterThan(100);
    expect(recording.timeline.seed).toBe('s');
    recording.close();
  });

  test('is read where nothing can be written, and leaves nothing behind', async () => {
    // With the log's index beside it SQLite reads it in place; without, it needs a copy.
    const log = await killed();
    const bare = join(folder(), 'bare');
    cpSync(log, bare, { recursive: true });
    rmSync(`${db(bare)}-shm`);
    for (const directory of [log, bare, finished()]) {
      const copy = join(folder(), 'run');
      cpSync(directory, copy, { recursive: true });
      const temporary = folder();
      // For root nothing is read-only, so somebody else reads.
      chmodSync(temporary, 0o777);
      for (const path of [join(copy, '..'), copy]) chmodSync(path, 0o555);
      for (const name of readdirSync(copy)) chmodSync(join(copy, name), 0o444);
      const before = readdirSync(copy);
      const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
      const env = { PATH: process.env['PATH'], TMPDIR: temporary };
      const [told] = await linesOf(startChild('read', copy, { ...nobody, env }));
      expect(told).toMatchObject({ title: 'Kill one', problems: [] });
      expect(Number(told?.['operations'])).toBeGreaterThan(100);
      expect(readdirSync(copy)).toEqual(before);
      expect(readdirSync(temporary)).toEqual([]);
      for (const path of [join(copy, '..'), copy]) chmodSync(path, 0o755);
    }
  });
});

describe('a damaged recording', () => {
  let whole = '';
  beforeAll(() => {
    whole = finished();
  });

  const damagedCopy = (damage: (path: string, size: number) => void): string => {
    const directory = folder();
    copyFileSync(join(whole, 'plan.json'), join(directory, 'plan.json'));
    copyFileSync(db(whole), db(directory));
    damage(db(directory), readFileSync(db(whole)).length);
    return directory;
  };

  test('is no exception, however much of it is missing', () => {
    expect(readAll(whole)).toBe('whole');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (part) => {
        const directory = damagedCopy((path, size) => truncateSync(path, Math.floor(size * part)));
        expect(readAll(directory)).toBe('refused');
      }),
      { numRuns: 60 },
    );
  });

  test('is no exception, whatever bytes are wrong', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: 0, max: 0.9999, noNaN: true }),
            fc.uint8Array({ minLength: 1, maxLength: 64 }),
          ),
          { minLength: 1, maxLength: 20 },
        ),
        (damages) => {
          const directory = damagedCopy((path, size) => {
            const bytes = readFileSync(path);
            for (const [at, wrong] of damages)
              bytes.set(wrong.slice(0, size - Math.floor(at * size)), Math.floor(at * size));
            writeFileSync(path, bytes);
          });
          outcomes.add(readAll(directory));
        },
      ),
      { numRuns: 150 },
    );
    expect(outcomes).toContain('refused');
  });

  test('says what can still be read of it', () => {
    const directory = damagedCopy((path, size) => truncateSync(path, Math.floor(size * 0.6)));
    const opened = openRecording(directory);
    expect(opened.ok ? '' : opened.problem.message).toMatch(
      /is damaged\. Still readable: all 2 marks, \d+ operations/,
    );
  });

  test('counts a series that cannot be read as not observed, and says so', () => {
    const directory = damagedCopy((path) => {
      const tables = new DatabaseSync(path);
      tables.exec(`update points set since = 9223372036854775807 where rowid = 5`);
      tables.close();
    });
    const recording = must(openRecording(directory));
    expect(recording.samples.points('backends.leader', all)).toHaveLength(4);
    expect(recording.samples.gaps('backends.leader', { from: 0, to: 5 })).toEqual([{ from: 0, to: 5 }]);
    expect(recording.problems).toMatchObject([
      { code: 'recording-broken', message: 'backends.leader cannot be read' },
    ]);
    expect(recording.samples.operations('votes.requests', all)).toHaveLength(2_000);
    recording.close();
  });

  test.each([
    ['no folder', (path: string) => join(path, 'nowhere'), /there is no folder/],
    ['no recording', () => folder(), /has no recording\.db/],
    ['an empty file', () => damagedCopy((path) => writeFileSync(path, '')), /has|is damaged/],
    ['another file', () => damagedCopy((path) => writeFileSync(path, 'x'.repeat(9_000))), /is damaged/],
  ])('is told from %s', (_, make, message) => {
    const opened = openRecording(make(folder()));
    expect(opened).toMatchObject({
      ok: false,
      problem: { code: 'recording-broken', message: expect.stringMatching(message) },
    });
  });

  test('is told from one of a later version', () => {
    const directory = damagedCopy((path) => {
      const tables = new DatabaseSync(path);
      tables.exec('pragma user_version = 7');
      tables.close();
    });
    const problem = { code: 'recording-broken', found: 'version 7', expected: 'version 1' };
    expect(openRecording(directory)).toMatchObject({ ok: false, problem });
  });
});

describe('the plan of a recording', () => {
  test.each([
    ['missing', undefined, /cannot be read/],
    ['torn', JSON.stringify(plan).slice(0, 200), /not whole/],
    ['of another version', JSON.stringify({ ...plan, version: 2 }), /version 2/],
    ['without an experiment', JSON.stringify({ ...plan, experiment: {} }), /not a plan/],
  ])('is a Problem where it is %s, which says that the samples are whole', (_, text, message) => {
    const directory = folder();
    copyFileSync(db(finished()), db(directory));
    if (text !== undefined) writeFileSync(join(directory, 'plan.json'), text);
    expect(openRecording(directory)).toMatchObject({
      ok: false,
      problem: {
        code: 'recording-broken',
        message: expect.stringMatching(message),
        fix: expect.stringMatching(/What was seen is whole/),
      },
    });
  });

  test('is read as it was written', () => {
    const recording = must(openRecording(finished()));
    expect(recording.plan).toEqual(plan);
    expect(recording.signals).toEqual(signals);
    recording.close();
  });
});
