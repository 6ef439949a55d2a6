import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chart } from './chart.ts';
import { textChart } from './text.ts';

const chart = (points: (readonly [number, number | null])[], scale: 'linear' | 'log' = 'linear'): Chart => ({
  name: 'votes',
  title: 'votes',
  says: '',
  frame: {
    from: -10,
    to: 30,
    bands: [
      { name: 'baseline', from: -10, to: 0 },
      { name: 'fault', from: 0, to: 20 },
      { name: 'recovery', from: 20, to: 30 },
    ],
    moments: [],
    axis: 'seconds',
  },
  plot: {
    is: 'series',
    axis: { scale, min: 0, max: 100, unit: 'ms', title: 'ms' },
    series: [{ name: 'p95', role: 'high', style: 'line', points }],
  },
  gaps: [],
  limited: [],
  ticks: [],
  caption: '',
  table: { columns: [], rows: [] },
});

test('a spike stands in its window, with its height and the range beside it', () => {
  const points = Array.from({ length: 40 }, (_, index) => [index - 9.5, index === 15 ? 100 : 0] as const);
  const lines = textChart(chart(points), 76).split('\n');
  expect(lines[0]).toBe('votes (ms)');
  const spike = lines[2]?.indexOf('█') ?? -1;
  expect(spike).toBeGreaterThan(lines[1]?.indexOf('|fault') ?? 99);
  expect(spike).toBeLessThan(lines[1]?.indexOf('|recovery') ?? 0);
  expect(lines[2]).toContain('0 ms to 100 ms');
  expect([...(lines[2] ?? '')].filter((char) => char === '█')).toHaveLength(1);
});

test('a step that comes and goes within a column is shown there and nowhere else', () => {
  const lines = textChart(
    chart([
      [-10, 0],
      [5, 100],
      [5.1, 0],
    ]),
    76,
  ).split('\n');
  expect([...(lines[2] ?? '')].filter((char) => char === '█')).toHaveLength(1);
});

test('what is not observed is blank, never low', () => {
  const lines = textChart(
    chart([
      [-9, 50],
      [0, null],
      [29.9, 50],
    ]),
    76,
  ).split('\n');
  expect(lines[2]?.slice(14, 54)).toMatch(/^ ?▅+ {20,}▅$/);
});

test('whatever the points, lines are as wide as they may be', () => {
  const value = fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const points = fc.array(fc.tuple(fc.double({ min: -60, max: 60, noNaN: true }), value));
  fc.assert(
    fc.property(
      points,
      fc.constantFrom('linear' as const, 'log' as const),
      fc.integer({ min: 60, max: 200 }),
      (all, scale, width) => {
        const text = textChart(
          chart(
            all.toSorted((a, b) => a[0] - b[0]),
            scale,
          ),
          width,
        );
        for (const line of text.split('\n').slice(1))
          expect([...line.slice(0, 14 + Math.min(100, width) - 36)].length).toBeLessThanOrEqual(width);
        expect(text).not.toContain('undefined');
      },
    ),
  );
});
