import { expect, test } from 'vitest';
import { loadTestRun, metricsRun } from '../fake/fake-metrics.ts';
import { messyRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { viewOf } from '../view.ts';
import { chartsOf } from './all.ts';
import type { Chart } from './chart.ts';
import { draw } from './draw.ts';

function chart(input: ReturnType<typeof fakeRun>, name: string): Chart {
  const { overview, target, observer } = chartsOf(viewOf(input));
  const found = [overview, ...target, ...observer].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no chart ${name}`);
  return found;
}

const drawn = (of: Chart, width = 880): string => draw(of, { width, ground: 'alone' });

test('a gap is labelled with when and why, as far as there is room, and told in the caption', () => {
  const memory = chart(metricsRun(), 'app-memory');
  expect(memory.gaps).toEqual([{ from: 12, to: 18, why: 'the scrape was refused' }]);
  expect(memory.caption).toContain('Not observed for 6 s (hatched): 12 to 18 s, the scrape was refused.');
  for (const line of ['not observed', '12 to 18 s', 'the scrape was', 'refused'])
    expect(drawn(memory)).toContain(`>${line}<`);
  expect(drawn(memory, 358)).not.toMatch(/>not observed<|>12 to 18 s</);
});

test('a gap whose reason nobody told is explained by our clock, by the sampling, or not at all', () => {
  const input = messyRun();
  const jumped = {
    ...input,
    timeline: { ...input.timeline, jumps: [{ from: 31e9, to: 41e9 }] },
  };
  expect(chart(jumped, 'votes-rate').gaps).toEqual([{ from: 16, to: 26, why: 'our own clock jumped' }]);
  expect(chart(input, 'votes-rate').gaps).toEqual([{ from: 16, to: 26 }]);
  const silent = metricsRun();
  const mute = { ...silent, samples: { ...silent.samples, whyBlind: () => [] } };
  expect(chart(mute, 'app-memory').gaps[0]?.why).toBe('no sample came');
});

test('counters that began again are one labelled line on every chart of their signal, and on no other', () => {
  const memory = chart(metricsRun(), 'app-memory');
  expect(memory.resets).toEqual([
    { at: expect.closeTo(1.2), label: 'counter reset: the process restarted', kind: 'reset' },
  ]);
  expect(drawn(memory)).toContain('↺ counter reset: the process restarted<');
  expect(drawn(memory, 358)).toContain('↺ counter reset<');
  expect(memory.caption).toContain('Counter reset at +1.20 s: the process restarted.');
  expect(memory.ticks).toEqual([]);
  expect(chart(metricsRun(), 'backends-counts').resets).toEqual([]);
});

test('what is sampled is drawn as steps, never smoothed, and says how long the steps are', () => {
  const memory = chart(metricsRun(), 'app-memory');
  const styles = memory.plot.is === 'series' ? memory.plot.series.map((one) => one.style) : [];
  expect(styles).toEqual(['step']);
  expect(memory.caption).toContain('Sampled every 1 s: steps are the sampling, not the system.');
  expect(drawn(memory)).toContain('sampled every 1 s<');
  expect(drawn(chart(metricsRun(), 'backends-counts'))).not.toContain('sampled every');
  const path = / d="(M\d+ [^"C]*)" fill="none" stroke="#0072b2" stroke-width="2"/.exec(
    drawn(chart(metricsRun(), 'app-votes')),
  )?.[1];
  const corners = (path ?? '').split(/[ML]/).filter((part) => part !== '');
  const turns = corners.map((part) => part.split(' ').map(Number));
  expect(turns.length).toBeGreaterThan(40);
  // From one corner to the next only one of the two coordinates changes.
  for (const [index, [x, y]] of turns.entries()) {
    const [before, above] = turns[index + 1] ?? [x, y];
    const isGap = path?.includes(`M${before} ${above}`);
    if (isGap !== true) expect(x === before || y === above).toBe(true);
  }
});

test('what rises steadily through the recovery is a warning', () => {
  const input = metricsRun();
  const slow = { ...input, samples: { ...input.samples, points: leaking(input) } };
  const mark = chart(slow, 'app-memory').mark;
  expect(mark?.health).toBe('warning');
  expect(mark?.why).toMatch(
    /‘memory’ rose steadily through the recovery: from 1\d\d MB to 1\d\d MB in 30 s\./,
  );
});

/** Its baseline had seen as much already, so that it is never out. */
const leaking =
  (input: ReturnType<typeof metricsRun>): ReturnType<typeof metricsRun>['samples']['points'] =>
  (key, span) =>
    key === 'app.memory'
      ? Array.from({ length: 48 }, (_, index) => ({
          t: index * 1e9,
          value: index < 15 ? 100 + ((index * 37) % 60) : 90 + index * 1.5,
        }))
      : input.samples.points(key, span);

test('a load test without a fault is judged by itself: flat is healthy, a leak is a warning', () => {
  const flat = chart(loadTestRun(), 'votes-latency');
  expect(flat.mark).toMatchObject({ health: 'healthy' });
  const leak = chart(loadTestRun({ leak: true }), 'votes-latency');
  expect(leak.mark?.health).toBe('warning');
  expect(leak.mark?.why).toMatch(
    /p95 rose steadily over the run: from \d+(\.\d+)? ms to \d+(\.\d+)? ms in 60 s\./,
  );
  expect(chart(loadTestRun(), 'votes-errors').mark?.why).toBe('No operation failed.');
  expect(chart(loadTestRun(), 'backends-counts').mark?.health).not.toBe('not judged');
});

test('an error rate above the threshold is critical, however short it was', () => {
  const input = fakeRun('kill');
  const zero = input.result.windows.origin ?? 0;
  const outage = (seconds: number) => ({
    ...input,
    samples: {
      ...input.samples,
      operations: (...args: Parameters<typeof input.samples.operations>) =>
        input.samples.operations(...args).map((one) => {
          const isOut = one.intended >= zero && one.intended < zero + seconds * 1e9;
          return { ...one, kind: isOut ? 'refused' : 'ok' };
        }),
    },
  });
  expect(chart(outage(0.3), 'votes-errors').mark?.health).toBe('warning');
  const mark = chart(outage(1), 'votes-errors').mark;
  expect(mark).toEqual({
    health: 'critical',
    why: 'More than 5 % failed for 1 s. Above the threshold of 10 %: 20 % failed within 5 s. 50 of 1650 failed after the first injection (3 %).',
  });
});

test('a failing load is drawn apart: sent and answered stay, succeeded falls', () => {
  const plot = chart(fakeRun('errors'), 'votes-rate').plot;
  const mean = (name: string): number => {
    const series = plot.is === 'series' ? plot.series.find((one) => one.name === name) : undefined;
    const values = (series?.points ?? []).flatMap(([x, y]) => (x > 5 && x < 28 && y !== null ? [y] : []));
    return values.reduce((sum, one) => sum + one, 0) / values.length;
  };
  expect(mean('sent')).toBeCloseTo(50, 0);
  expect(mean('answered')).toBeCloseTo(50, 0);
  expect(mean('succeeded')).toBeGreaterThan(37);
  expect(mean('succeeded')).toBeLessThan(43);
});
