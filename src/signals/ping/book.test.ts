import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeSink } from '../pods/fake-sink.ts';
import { PingBook } from './book.ts';
import { pingKinds, pingLine } from './lines.ts';

const MS = 1e6;

/** What a book of 500 ms and a timeout of 1 s writes of lines that come at these milliseconds. */
function told(lines: readonly (readonly [at_ms: number, line: string])[]): string[] {
  const sink = fakeSink();
  const book = new PingBook(sink, { every_s: 0.5, timeout_ms: 1_000 });
  for (const [at, text] of lines) {
    const line = pingLine(text);
    if (line !== undefined) book.take(line, at * MS);
  }
  return sink.rows.map(
    ({ intended, done, kind }) =>
      `${Math.round(intended / MS)} ${kind} ${Math.round(((done ?? 0) - intended) / MS)}`,
  );
}

const reply = (seq: number, ms: number): string =>
  `[1795275002.439602] 64 bytes from 10.231.7.2: icmp_seq=${seq} ttl=64 time=${ms} ms`;
const silent = (seq: number): string => `[1795275004.505869] no answer yet for icmp_seq=${seq}`;

describe('requests from what ping says', () => {
  test('answers, an answer in time though the next was sent, one too late, and silence', () => {
    const lines = [
      [0, '@begin'],
      [0, 'PING 10.231.7.2 (10.231.7.2) 56(84) bytes of data.'],
      [10, reply(1, 10)],
      [1_000, silent(2)],
      [1_400, reply(2, 900)],
      [1_401, reply(3, 401)],
      [2_000, silent(4)],
      [2_500, silent(5)],
      [2_900, reply(4, 1_400)],
      [3_002, reply(7, 2)],
    ] as const;
    expect(told(lines)).toEqual([
      '0 ok 10',
      '500 ok 900',
      '1000 ok 401',
      '1500 timeout 1000',
      '3000 ok 2',
      '2000 timeout 1000',
    ]);
  });

  test('what a router, the target or our own kernel says of it comes before silence', () => {
    expect(
      told([
        [0, '@begin'],
        [1, '[1.1] From 10.231.7.2 icmp_seq=1 Packet filtered'],
        [500, silent(1)],
        [501, '[1.1] From 10.0.0.1 icmp_seq=2 Destination Host Unreachable'],
        [1_000, 'ping: sendmsg: Operation not permitted'],
        [1_500, silent(3)],
        [1_510, reply(4, 10)],
      ]),
    ).toEqual(['0 refused 1', '500 unreachable 1', '1000 refused 0', '1500 ok 10']);
  });

  test('where ping cannot even begin, each attempt is a request', () => {
    expect(
      told([
        [0, '@begin'],
        [5, 'ping: connect: Network is unreachable'],
        [1_000, '@begin'],
        [1_005, 'ping: nosuch.invalid: Name or service not known'],
        [2_000, '@begin'],
        [2_005, 'ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules'],
      ]),
    ).toEqual(['5 unreachable 0', '1005 dns 0', '2005 refused 0']);
    expect(pingLine('ping: socket: Operation not permitted')).toMatchObject({ is: 'broken' });
  });

  test('the number of a request begins again after 65535', () => {
    const sink = fakeSink();
    const book = new PingBook(sink, { every_s: 1, timeout_ms: 1_000 });
    for (let seq = 1; seq <= 65_540; seq += 1)
      book.take({ is: 'reply', seq: seq % 65_536, rtt_ms: 1 }, seq * 1_000 * MS);
    expect(sink.rows.length).toBe(65_540);
    expect(book.inFlight).toBe(0);
  });

  test('property: whatever is said, each request ends once, no earlier than it was sent, in a known way', () => {
    const line = fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 3_000 }))
        .map(([seq, ms]) => reply(seq, ms)),
      fc.integer({ min: 1, max: 12 }).map(silent),
      fc
        .integer({ min: 1, max: 12 })
        .map((seq) => `From 10.0.0.1 icmp_seq=${seq} Destination Net Unreachable`),
      fc.constantFrom('ping: sendmsg: No buffer space available', 'noise', ''),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), line)), (steps) => {
        const sink = fakeSink();
        const book = new PingBook(sink, { every_s: 0.5, timeout_ms: 1_000 });
        let now = 1e12;
        const seen = new Set<number>();
        for (const [wait, text] of steps) {
          now += wait * MS;
          const read = pingLine(text);
          if (read !== undefined && 'seq' in read) seen.add(read.seq);
          if (read !== undefined) book.take(read, now);
        }
        const highest = Math.max(0, ...seen);
        expect(sink.rows.length + book.inFlight).toBe(highest);
        for (const { intended, done, kind } of sink.rows) {
          expect(done).toBeGreaterThanOrEqual(intended);
          expect(['ok', ...pingKinds]).toContain(kind);
        }
      }),
    );
  });
});
