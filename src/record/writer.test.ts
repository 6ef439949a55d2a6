import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { folder, runFolder } from './fixtures/folder.ts';
import { handClock, must, signals } from './fixtures/run.ts';
import { linesOf, startChild } from './fixtures/spawn.ts';
import { openRecording } from './reader.ts';
import { createRedactor } from './redact.ts';
import { createRecording } from './writer.ts';

const redact = createRedactor(['canary-9f81', 'postgres']);
const all = { from: 0, to: 1e15 };

/** Longer pauses of the child mean that the machine was too busy to write in time. */
const PAUSE_MAX_MS = 400;

interface Told {
  next: number;
  now: number;
  pause_ms: number;
}

/** Kills a recording child a while after its first word; what it had told by then. */
async function killAfter(directory: string, ms: number): Promise<Told[]> {
  const child = startChild('write', directory);
  const lines = linesOf(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  await delay(ms);
  child.kill('SIGKILL');
  return (await lines) as unknown as Told[];
}

describe('a recording whose process is killed', () => {
  test('holds everything that is older than a second, at any moment', async () => {
    let judged = 0;
    for (let tries = 0; judged < 5 && tries < 15; tries += 1) {
      const directory = runFolder();
      const told = await killAfter(directory, Math.random() * 1_500);
      const last = told.at(-1);
      if (last === undefined || told.slice(-60).some(({ pause_ms }) => pause_ms > PAUSE_MAX_MS)) continue;
      judged += 1;
      const recording = must(openRecording(directory));
      const { samples, timeline } = recording;
      const sure = Math.max(0, last.now - 1e9);
      expect(samples.end).toBeGreaterThanOrEqual(sure);
      expect(timeline).toMatchObject({ run: 'r', seed: 's' });
      expect(timeline.ended).toBeUndefined();
      const intended = samples.operations('votes.requests', { from: 0, to: sure }).map((row) => row.intended);
      expect(intended).toEqual(Array.from({ length: Math.ceil(sure / 1e6) }, (_, index) => index * 1e6));
      const gaps = samples.gaps('votes.requests', { from: 0, to: last.now + 1e9 });
      expect(gaps.at(-1)?.to).toBe(last.now + 1e9);
      // Before the first second is over, that it observes need not be written yet.
      if (sure > 0) expect(gaps.at(-1)?.from).toBe(samples.end);
      recording.close();
    }
    expect(judged).toBeGreaterThan(0);
  });

  test('opens or says why not, even if it is killed while it begins', async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      const directory = runFolder();
      const child = startChild('write', directory);
      const ended = linesOf(child);
      await delay(40 + tries * 25);
      child.kill('SIGKILL');
      await ended;
      const opened = openRecording(directory);
      if (opened.ok) opened.value.close();
      else expect(opened.problem).toMatchObject({ code: 'recording-broken' });
    }
  });
});

test('a recording that nobody closed does not keep its process alive', async () => {
  const directory = runFolder();
  const child = startChild('leave', directory);
  expect(await linesOf(child)).toEqual([]);
  expect(child.exitCode).toBe(0);
  must(openRecording(directory)).close();
});

describe('a recording on a full disk', () => {
  test('says so once, goes on living, and keeps what it had', async () => {
    const directory = runFolder();
    const before = ['sh', '-c', 'ulimit -f 5000; exec "$@"', 'sh'];
    const told = await linesOf(startChild('fill', directory, { before }));
    const [failed, ended] = told;
    expect(failed).toMatchObject({
      problem: { code: 'disk-full', fix: expect.stringMatching(/Free space/) },
    });
    expect(ended).toMatchObject({ closed: { ok: false, problem: { code: 'disk-full' } }, failures: 1 });
    expect(Number(ended?.['live'])).toBe(Number(ended?.['next']));
    const recording = must(openRecording(directory));
    const kept = recording.samples.operations('votes.requests', all).length;
    expect(kept).toBe(Number(failed?.['next']) - 500);
    recording.close();
  });
});

/** A small disk of its own; undefined where we may not mount one. */
function tinyDisk(): { path: string; unmount: () => void } | undefined {
  const path = folder();
  if (process.getuid?.() !== 0) return undefined;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', path], { timeout: 10_000 });
  return mounted.status === 0
    ? { path, unmount: () => spawnSync('umount', [path], { timeout: 10_000 }) }
    : undefined;
}

test('a recording that has hardly any space to begin with is refused, and leaves none of its own', async () => {
  const directory = runFolder();
  const before = ['sh', '-c', 'ulimit -f 100; exec "$@"', 'sh'];
  expect(await linesOf(startChild('fill', directory, { before }))).toMatchObject([
    { problem: { code: 'disk-full' } },
  ]);
  expect(readdirSync(directory).sort()).toEqual(['plan.json', 'undo']);
});

describe('a recording on a disk of its own that fills up', () => {
  test('still says how the run ended, and where nothing was seen', async ({ skip }) => {
    const disk = tinyDisk();
    if (disk === undefined) return skip('only root can mount a small disk');
    try {
      const directory = join(disk.path, 'run');
      cpSync(runFolder(), directory, { recursive: true });
      const [failed, ended] = await linesOf(startChild('fill', directory));
      expect(failed).toMatchObject({
        problem: { code: 'disk-full', message: expect.stringMatching(/disk is full/) },
      });
      expect(ended).toMatchObject({ closed: { ok: true }, failures: 1 });
      const recording = must(openRecording(directory));
      const { timeline, samples } = recording;
      expect(timeline.ended).toBe(samples.end);
      expect(samples.operations('votes.requests', all).length).toBeGreaterThan(5_000);
      const [begin, lost] = samples.gaps('votes.requests', { from: 0, to: samples.end });
      expect(begin).toMatchObject({ from: 0 });
      expect(lost).toMatchObject({ to: samples.end });
      recording.close();
    } finally {
      disk.unmount();
    }
  });
});

describe('a writer', () => {
  const begin = () => {
    const directory = runFolder();
    const clock = handClock();
    return {
      directory,
      clock,
      writer: must(createRecording(directory, { signals, clock, redact, uptime_s: () => undefined })),
    };
  };

  test('leaves one file, with what was written and nothing that came after', () => {
    const { directory, writer, clock } = begin();
    writer.sink('backends').point('ready', { t: 5, value: 2 });
    clock.t = 1e9;
    expect(writer.close()).toEqual({ ok: true, value: undefined });
    writer.sink('backends').point('ready', { t: 6, value: 1 });
    writer.mark({ is: 'ended', t: 7 });
    expect(writer.flush()).toEqual(writer.close());
    expect(readdirSync(directory).sort()).toEqual(['plan.json', 'recording.db', 'undo']);
    const recording = must(openRecording(directory));
    expect(recording.samples.points('backends.ready', all)).toEqual([{ t: 5, value: 2 }]);
    expect(recording.timeline.ended).toBeUndefined();
    recording.close();
    expect(readdirSync(directory).sort()).toEqual(['plan.json', 'recording.db', 'undo']);
  });

  test('writes a mark at once, with all that came before it', () => {
    const { directory, writer } = begin();
    writer.sink('backends').point('ready', { t: 0, value: 2 });
    writer.mark({ is: 'baseline', t: 3 });
    const other = new DatabaseSync(join(directory, 'recording.db'), { readOnly: true });
    expect(other.prepare(`select t from marks where what = 'baseline'`).get()).toMatchObject({ t: 3 });
    expect(other.prepare('select value from points').all()).toHaveLength(1);
    other.close();
    must(writer.close());
  });

  test('can be read while it writes, without holding it up', () => {
    const { directory, writer, clock } = begin();
    writer.sink('votes').observing();
    clock.t = 2e9;
    must(writer.flush());
    const recording = must(openRecording(directory));
    clock.t = 3e9;
    writer.mark({ is: 'ended', t: 3e9 });
    expect(recording.samples.end).toBe(2e9);
    expect(recording.timeline.ended).toBeUndefined();
    expect(writer.close()).toEqual({ ok: true, value: undefined });
    recording.close();
    const later = must(openRecording(directory));
    expect(later.timeline.ended).toBe(3e9);
    later.close();
  });

  test('lets no secret into the file, but keeps the names that hold it together', () => {
    const { directory, writer } = begin();
    const secret = 'canary-9f81';
    writer
      .sink('votes')
      .operations('requests', [{ intended: 0, sent: 0, done: 1, kind: 'timeout', detail: `no ${secret}` }]);
    writer.sink('backends').point('leader', { t: 0, value: secret });
    writer
      .sink('backends')
      .event('changes', { t: 0, type: 'created', subject: secret, detail: { [secret]: [secret] } });
    writer.sink('backends').blind(`lost ${secret}`);
    writer.snapshot('baseline', { env: secret });
    writer.mark({ is: 'note', t: 0, text: secret });
    writer.mark({ is: 'not-started', t: 0, why: secret });
    writer.mark({ is: 'abort', t: 0, abort: { t: 0, by: 'stop', text: secret } });
    const record = {
      injection: {
        id: 'r.postgres.1',
        run: 'r',
        entry: 'postgres',
        fault: 'postgres.stop',
        deadline_s: 1,
        lease_s: 1,
        params: { value: secret },
        target: { kind: 'pod', name: 'pod/postgres-1', id: 'u', detail: { env: secret } },
        undo: { secret },
      },
      does: [secret],
      undoes: [secret],
      evidence: { effect: secret, recovery: secret },
      cutShort: secret,
      failed: secret,
    };
    writer.mark({ is: 'injection', t: 0, record });
    must(writer.close());
    expect(readFileSync(join(directory, 'recording.db')).includes(secret)).toBe(false);
    const recording = must(openRecording(directory));
    expect(recording.timeline.injections[0]).toMatchObject({
      injection: {
        id: 'r.postgres.1',
        entry: 'postgres',
        fault: 'postgres.stop',
        target: { name: 'pod/postgres-1' },
      },
      does: ['[secret]'],
      evidence: { effect: '[secret]', recovery: '[secret]' },
    });
    expect(recording.snapshot('baseline')).toEqual({ env: '[secret]' });
    expect(recording.snapshot('hold')).toBeUndefined();
    recording.close();
  });

  test('refuses a folder that has a recording, and one that is not there', () => {
    const { directory, writer, clock } = begin();
    const options = { signals, clock, redact };
    expect(createRecording(directory, options)).toMatchObject({
      ok: false,
      problem: { code: 'recording-broken' },
    });
    expect(createRecording(join(directory, 'nowhere'), options)).toMatchObject({
      ok: false,
      problem: { code: 'disk-full' },
    });
    must(writer.close());
  });

  test('forgets, live, what is older than a minute of a long series, and says so', () => {
    const directory = runFolder();
    const clock = handClock();
    const writer = must(createRecording(directory, { signals, clock, redact, uptime_s: () => undefined }));
    const sink = writer.sink('votes');
    sink.observing();
    for (let second = 0; second < 100; second += 1) {
      clock.t = (second + 1) * 1e9;
      sink.operations(
        'requests',
        Array.from({ length: 1_000 }, (_, index) => ({
          intended: second * 1e9 + index * 1e6,
          sent: 0,
          done: 1,
          kind: 'ok',
        })),
      );
    }
    return delay(600).then(() => {
      const kept = writer.live.operations('votes.requests', all);
      expect(kept.length).toBeGreaterThanOrEqual(60_000);
      expect(kept.length).toBeLessThan(61_000);
      expect(writer.live.gaps('votes.requests', { from: 0, to: 100e9 })).toEqual([{ from: 0, to: 40e9 }]);
      expect(writer.live.gaps('votes.requests', { from: 95e9, to: 100e9 })).toEqual([]);
      must(writer.close());
      const recording = must(openRecording(directory));
      expect(recording.samples.operations('votes.requests', all)).toHaveLength(100_000);
      recording.close();
    });
  });
});
