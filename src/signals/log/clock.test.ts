import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Host } from '../../model/contracts/world.ts';
import { fail, ok } from '../../model/result.ts';
import { startClock } from '../../reach/clock.ts';
import { localHost } from '../../reach/hosts/local.ts';
import { betterOf, type Comparison, HostClock, type Placed, placeOf } from './clock.ts';

const HOUR_S = 3_600;
const S = 1e9;

test('a host an hour ahead, or behind: its lines stand where they were written, not an hour apart', () => {
  for (const offset_s of [HOUR_S, -HOUR_S, 0]) {
    const by = { t: 100 * S, theirs_s: 1_800_000_000 + offset_s, error_s: 0.01 };
    const placed = placeOf(by.theirs_s + 5, by, { begun: 50 * S, arrival: 105.3 * S });
    expect(placed?.foreign_t).toBe(by.theirs_s + 5);
    expect((placed?.since ?? 0) / S).toBeCloseTo(105 - 0.0125, 3);
    expect((placed?.t ?? 0) / S).toBeCloseTo(105 + 0.0125, 3);
    expect(placed?.foreign_error_s).toBeCloseTo(0.0125, 6);
  }
});

test('a clock that was set meanwhile places nothing', () => {
  const by = { t: 100 * S, theirs_s: 1_800_000_000, error_s: 0.01 };
  const came = { begun: 50 * S, arrival: 110 * S };
  expect(placeOf(by.theirs_s + 11, by, came)).toBe(undefined);
  expect(placeOf(by.theirs_s - 51, by, came)).toBe(undefined);
  // A bound that reaches beyond what is possible is cut, never widened.
  expect(placeOf(by.theirs_s + 10, by, came)?.t).toBe(came.arrival);
  expect(placeOf(by.theirs_s - 50, by, came)?.since).toBe(came.begun);
});

/** Seconds, so that what is compared are differences far above what a double of seconds since 1970 holds. */
const situation = fc.record({
  offset_s: fc.double({ min: -100_000, max: 100_000, noNaN: true }),
  error_s: fc.double({ min: 0.0005, max: 5, noNaN: true }),
  /** How far off the comparison is, of its error; and how fast the host's clock runs, of what it may. */
  off: fc.double({ min: -0.99, max: 0.99, noNaN: true }),
  drift: fc.double({ min: -0.99, max: 0.99, noNaN: true }),
  compared_s: fc.double({ min: 0, max: 1_000, noNaN: true }),
  written_s: fc.double({ min: 0, max: 1_000, noNaN: true }),
  way_s: fc.double({ min: 0, max: 100, noNaN: true }),
});

test('property: the line was written within the bound, after we began to listen and before it came', () => {
  fc.assert(
    fc.property(situation, ({ offset_s, error_s, off, drift, compared_s, written_s, way_s }) => {
      const theirs = (t_s: number): number =>
        1_800_000_000 + offset_s + t_s + (t_s - compared_s) * drift * 500e-6;
      const by: Comparison = {
        t: compared_s * S,
        theirs_s: theirs(compared_s) + off * error_s,
        error_s,
      };
      const came = { begun: 0, arrival: (written_s + way_s) * S };
      const placed = placeOf(theirs(written_s), by, came);
      // A double of seconds since 1970 is exact to a quarter of a microsecond.
      const grain = 5e-6 * S;
      expect(placed?.since).toBeLessThanOrEqual(written_s * S + grain);
      expect(placed?.t).toBeGreaterThanOrEqual(written_s * S - grain);
      expect(placed?.t).toBeLessThanOrEqual(came.arrival);
      expect(placed?.since).toBeGreaterThanOrEqual(0);
      const bound = placed?.foreign_error_s ?? 0;
      expect((placed?.t ?? 0) - (placed?.since ?? 0)).toBeLessThanOrEqual(2 * bound * S + grain);
      expect(Math.abs((placed?.t ?? 0) / S - written_s)).toBeLessThanOrEqual(2 * bound + 5e-6);
    }),
  );
});

test('the more exact comparison is kept as long as it agrees and is better, with what it has aged', () => {
  const exact = { t: 0, theirs_s: 1_000, error_s: 0.01 };
  const rough = { t: 60 * S, theirs_s: 1_060.3, error_s: 0.5 };
  expect(betterOf(undefined, rough)).toBe(rough);
  expect(betterOf(exact, rough)).toBe(exact);
  // After 2000 s it is off by a second.
  expect(betterOf(exact, { ...rough, t: 2_000 * S, theirs_s: 3_000 })).toMatchObject({ error_s: 0.5 });
  const jumped = { ...rough, theirs_s: 1_060 + HOUR_S };
  expect(betterOf(exact, jumped)).toBe(jumped);
});

/** This machine, whose `date` is an hour ahead; `broken`: it has none. */
const shifted = (broken = false): Host => {
  const here = localHost('here', []);
  const date = `date() { echo "$(($(command date +%s) + ${HOUR_S})) $(command date +%N)"; }`;
  return {
    ...here,
    run: ({ script, ...more }, signal) =>
      broken
        ? Promise.resolve(fail({ kind: 'timeout', text: 'no answer within 3 s' }))
        : here.run({ ...more, script: `${date}\n${script}` }, signal),
  };
};

async function placedOn(host: Host): Promise<{ placed: Placed[]; written: number; arrival: number }> {
  const clock = startClock();
  const ending = new AbortController();
  const asked = new HostClock(host, clock);
  const following = asked.follow(ending.signal);
  const [written, wall_ms] = [clock.now(), clock.wall()];
  const arrival = written + 0.2 * S;
  const placed: Placed[] = [];
  await new Promise<void>((done) => {
    asked.place(wall_ms / 1_000 + HOUR_S, arrival, (one) => placed.push(one));
    // Placed like the first, in order, though the answer is not here yet.
    asked.place(1, arrival, (one) => done(void placed.push(one)));
  });
  ending.abort();
  await following;
  return { placed, written, arrival };
}

test('a real host whose clock is an hour ahead', async () => {
  const { placed, written, arrival } = await placedOn(shifted());
  const [line, ancient] = placed;
  expect(line?.why).toBe(undefined);
  expect(line?.t).toBeLessThanOrEqual(arrival);
  // Our own wall clock counts whole milliseconds.
  expect(line?.t).toBeGreaterThanOrEqual(written - 1e6);
  expect(line?.since).toBeLessThanOrEqual(written);
  expect(ancient).toEqual({ t: arrival, foreign_t: 1, why: expect.stringContaining('does not fit') });
});

test('a host whose clock cannot be asked: arrival, and why', async () => {
  const { placed, arrival } = await placedOn(shifted(true));
  expect(placed[0]).toMatchObject({ t: arrival, why: expect.stringContaining('no answer within 3 s') });
  expect(placed[0]).not.toHaveProperty('since');
  expect(placed[0]).not.toHaveProperty('foreign_error_s');
});

test('a line that does not fit makes the host be asked again', async () => {
  let asked = 0;
  const clock = startClock();
  const host: Host = {
    ...localHost('here', []),
    run: async () => {
      asked += 1;
      return ok({ code: 0, stdout: `${Math.floor(Date.now() / 1_000)} 000000000`, stderr: '' });
    },
  };
  const ending = new AbortController();
  // Waits pass at once, but for those that something else ends.
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    ms < 10_000 ? clock.sleep(1, signal) : clock.sleep(ms, signal);
  const hostClock = new HostClock(host, { ...clock, sleep });
  const following = hostClock.follow(ending.signal);
  await expect.poll(() => asked).toBe(1);
  await clock.sleep(50);
  expect(asked).toBe(1);
  hostClock.place(1, clock.now(), () => undefined);
  await expect.poll(() => asked).toBe(2);
  ending.abort();
  await following;
});
