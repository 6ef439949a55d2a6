import { expect, test } from 'vitest';
import type { Operation } from '../../model/series.ts';
import { NANOS_PER_MILLISECOND as MS, NANOS_PER_SECOND, seconds } from '../../model/time.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { viewOf } from '../view.ts';
import { chartsOf } from './all.ts';
import type { Health, Marked } from './chart.ts';

interface Made {
  rate_per_s: number;
  /** Whether the operation fails that should start so many seconds after the injection, as the nth of all. */
  fails: (at: number, nth: number) => boolean;
}

/** How the rates, the latency and the errors of a made up load are marked; what fails comes late too. */
function marksOf({ rate_per_s, fails }: Made): { health: Health[]; errors: Marked | undefined } {
  const input = fakeRun('errors');
  const zero = input.result.windows.origin ?? 0;
  const length_s = input.samples.end / NANOS_PER_SECOND;
  const operations = Array.from({ length: Math.floor(length_s * rate_per_s) }, (_, nth): Operation => {
    const intended = seconds((nth + 0.5) / rate_per_s);
    const isBad = fails((intended - zero) / NANOS_PER_SECOND, nth);
    const times = { intended, sent: intended, done: intended + (isBad ? 200 : 5) * MS };
    return isBad ? { ...times, kind: 'timeout' } : { ...times, kind: 'ok', status: 200 };
  });
  const samples = { ...input.samples, operations: () => operations };
  const marks = new Map(chartsOf(viewOf({ ...input, samples })).target.map((one) => [one.name, one.mark]));
  const errors = marks.get('votes-errors');
  const health = ['votes-rate', 'votes-latency', 'votes-errors'].map(
    (name) => marks.get(name)?.health ?? 'not judged',
  );
  return { health, errors };
}

/** Fails by chance: so many of a hundred, the same ones for a seed. */
function percentOf(share: number, seed: number): Made['fails'] {
  let state = seed;
  return (at) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return at >= 0 && state / 2 ** 32 < share / 100;
  };
}

test.each([1, 2, 20, 200])(
  'at %s a second a single failure is a warning among the errors only',
  (rate_per_s) => {
    const { health, errors } = marksOf({ rate_per_s, fails: (_, nth) => nth === 20 * rate_per_s });
    expect(health).toEqual(['healthy', 'healthy', 'warning']);
    expect(errors?.why).toMatch(/^1 of .* failed after the first injection \(.* %\)\.$/);
  },
);

test('nor is a single failure more than that at the very end', () => {
  const last = (_: number, nth: number) => nth === 1_499;
  expect(marksOf({ rate_per_s: 20, fails: last }).health).toEqual(['healthy', 'healthy', 'warning']);
});

test.each([10, 20, 50, 100])(
  'at %s a second 2 in 100 failing all the time are not critical',
  (rate_per_s) => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { health } = marksOf({ rate_per_s, fails: percentOf(2, seed * 7_919) });
      expect(health).not.toContain('critical');
      expect(health[2]).toBe('warning');
    }
  },
);

test.each([10, 20, 50, 100])('at %s a second 15 in 100 failing all the time are critical', (rate_per_s) => {
  const { health, errors } = marksOf({ rate_per_s, fails: percentOf(15, 1) });
  expect(health).toEqual(['critical', 'critical', 'critical']);
  expect(errors?.why).toContain('Above the threshold of 10 %');
});

test.each([0.5, 1, 20])(
  'at %s a second an outage of 10 s is critical, and as long as it was',
  (rate_per_s) => {
    const { health, errors } = marksOf({ rate_per_s, fails: (at) => at >= 10 && at < 20 });
    expect(health[2]).toBe('critical');
    expect(health[0]).toBe('critical');
    expect(Number(/failed for ([\d.]+) s/.exec(errors?.why ?? '')?.[1])).toBeGreaterThan(8);
    expect(Number(/failed for ([\d.]+) s/.exec(errors?.why ?? '')?.[1])).toBeLessThan(12);
  },
);

test('a load so slow that all of it is not enough to tell a share is judged by what there is', () => {
  const outage = (at: number) => at >= 0;
  expect(marksOf({ rate_per_s: 0.2, fails: outage }).health[2]).toBe('critical');
  expect(marksOf({ rate_per_s: 0.2, fails: (_, nth) => nth === 8 }).health[2]).toBe('warning');
});
