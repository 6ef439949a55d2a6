import { expect, test } from 'vitest';
import type { Ended } from './batch.ts';
import { Engine } from './engine/engine.ts';
import type { BucketError } from './engine/schedule.ts';
import { options, run, serveApart, until, watch } from './fake-servers.ts';
import type { LoadOptions } from './options.ts';

const MS = 1e6;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a frozen server: every operation of the freeze tells how long it really would have waited', async () => {
  await using server = await serveApart();
  const given = options(server.url, { rate_per_s: 200, connections: 8, timeout_ms: 20_000 });
  const watched = await watch(given);
  const now = (): number => Number(process.hrtime.bigint() - given.clockStart);
  await until(() => watched.rows.length > 50);
  server.child.kill('SIGSTOP');
  const frozen = now();
  await sleep(1_000);
  const thawing = now();
  server.child.kill('SIGCONT');
  await until(() => watched.rows.some((row) => row.intended > thawing + 200 * MS));
  await watched.load.stop();
  const during = watched.rows.filter((row) => row.intended > frozen + 20 * MS && row.intended < thawing);
  expect(during.length).toBeGreaterThan(150);
  for (const row of during) {
    expect(row.kind).toBe('ok');
    // The thaw is the earliest end; eight connections work off the 200 that waited in far less than 2 s.
    expect(row.done).toBeGreaterThanOrEqual(thawing - 1 * MS);
    expect(row.done).toBeLessThan(thawing + 2_000 * MS);
  }
  // From the actual send, all but the eight that were on a connection would have looked fast.
  const waited = during.filter((row) => (row.sent ?? 0) - row.intended > 100 * MS);
  expect(waited.length).toBeGreaterThan(100);
});

test('a frozen server is not our fault: operations that waited for it time out, none is missed', async () => {
  await using server = await serveApart();
  server.child.kill('SIGSTOP');
  const rows = await run(options(server.url, { rate_per_s: 200, connections: 2, timeout_ms: 300 }), 100);
  expect(new Set(rows.map((row) => row.kind))).toEqual(new Set(['timeout']));
});

/** An engine in this thread, so that this test can be its trouble. */
function engineHere(given: LoadOptions): {
  engine: Engine;
  rows: Ended[];
  buckets: BucketError[];
  ended: Promise<void>;
  now: () => number;
} {
  const rows: Ended[] = [];
  const buckets: BucketError[] = [];
  const ended = Promise.withResolvers<void>();
  const now = (): number => Number(process.hrtime.bigint() - given.clockStart);
  const engine = new Engine(given, now, {
    report: (more, health) => {
      rows.push(...more);
      buckets.push(...health.buckets);
    },
    ended: () => ended.resolve(),
  });
  engine.start();
  return { engine, rows, buckets, ended: ended.promise, now };
}

const kindsOf = (rows: readonly Ended[]): Set<string> => new Set(rows.map((row) => row.kind));

test('our own stall is not the fault of the target: missed or late, never a timeout, and marked', async () => {
  await using server = await serveApart();
  const given = options(server.url, { rate_per_s: 100, timeout_ms: 1_000 });
  const { engine, rows, buckets, ended, now } = engineHere(given);
  await until(() => rows.length > 20);
  const blocked = now();
  while (now() < blocked + 1_600 * MS);
  const free = now();
  await until(() => rows.some((row) => row.intended > free + 200 * MS));
  engine.stop();
  await ended;
  const between = (from: number, to: number): Ended[] =>
    rows.filter((row) => row.intended > from && row.intended < to);
  expect(kindsOf(between(blocked + 20 * MS, free - 1_050 * MS))).toEqual(new Set(['missed']));
  expect(kindsOf(between(free - 950 * MS, Number.POSITIVE_INFINITY))).toEqual(new Set(['ok']));
  expect(rows.every((row) => row.kind !== 'missed' || row.sent === null)).toBe(true);
  const marked = buckets.filter((bucket) => bucket.t > blocked && bucket.t + 100 * MS < free);
  expect(marked.length).toBeGreaterThanOrEqual(14);
  for (const bucket of marked) expect(bucket.error).toBeGreaterThanOrEqual(100 * MS);
});

test('a loop too busy to reach its rate is our fault: missed and marked, never a timeout', async () => {
  await using server = await serveApart();
  const given = options(server.url, { rate_per_s: 2_000, connections: 4, timeout_ms: 1_500 });
  const { engine, rows, buckets, ended, now } = engineHere(given);
  // Each turn of the loop takes 20 ms, and sends at most one request on each of four connections: 200 a second.
  let busy = true;
  const burn = (): void => {
    const end = now() + 20 * MS;
    while (now() < end);
    if (busy) setImmediate(burn);
  };
  burn();
  await until(() => rows.filter((row) => row.kind === 'missed').length > 1_000);
  busy = false;
  engine.stop();
  await ended;
  expect(kindsOf(rows)).toEqual(new Set(['ok', 'missed']));
  expect(Math.max(...buckets.map((bucket) => bucket.error))).toBeGreaterThan(500 * MS);
});
