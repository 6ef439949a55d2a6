import { describe, expect, test } from 'vitest';
import { hostile, hostileRun } from '../fake/fake-hostile.ts';
import { bareRun, notStartedRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { compared, labelOf } from './compared.ts';
import { comparisonPage } from './document.ts';
import { runsHtml, runsMarkdown } from './page.ts';
import { comparisonText } from './text.ts';

const four = (['scale', 'kill', 'latency', 'errors'] as const).map((kind) => ({ input: fakeRun(kind) }));
const comparison = compared(four, { version: '0' });

describe('small multiples', () => {
  test('rows are the charts of the same series, each run has its place', () => {
    expect(comparison.rows.map(({ name }) => name)).toEqual([
      'votes-rate',
      'votes-latency',
      'votes-errors',
      'backends-counts',
    ]);
    for (const { panels } of comparison.rows)
      expect(panels.map(({ label }) => label)).toEqual(['A', 'B', 'C', 'D']);
  });

  test('all panels share their seconds, those of a row their values; each keeps its own windows', () => {
    const charts = comparison.rows.map(({ panels }) =>
      panels.flatMap(({ chart }) => (chart === undefined ? [] : [chart])),
    );
    const frames = charts.flat().map(({ frame }) => `${frame.from} ${frame.to}`);
    expect(new Set(frames).size).toBe(1);
    for (const row of charts) {
      const axes = row.map(({ plot }) => (plot.is === 'series' ? JSON.stringify(plot.axis) : ''));
      expect(new Set(axes).size).toBe(1);
    }
    const fault = (index: number) => charts[0]?.[index]?.frame.bands.find(({ name }) => name === 'fault')?.to;
    expect(fault(0)).toBe(30);
    expect(fault(1)).toBeCloseTo(3.4);
  });

  test('no value is cut off by the axis of its row', () => {
    for (const { panels } of comparison.rows)
      for (const { chart } of panels)
        if (chart?.plot.is === 'series')
          for (const { points, style } of chart.plot.series)
            for (const [, y] of points)
              if (y !== null && style !== 'bars') {
                expect(y).toBeLessThanOrEqual(chart.plot.axis.max);
                expect(y).toBeGreaterThanOrEqual(chart.plot.axis.min);
              }
  });

  test('a line has the same colour in every panel of its row', () => {
    for (const { panels, legend } of comparison.rows)
      for (const { chart } of panels)
        if (chart?.plot.is === 'series')
          for (const { name, role } of chart.plot.series)
            expect(legend.find((one) => one.name === name)?.role).toBe(role);
  });

  test('what a run did not record has an empty place', () => {
    const some = fakeRun('kill');
    const signals = some.result.signals.filter(({ name }) => name !== 'backends');
    const two = compared(
      [{ input: fakeRun('scale') }, { input: { ...some, result: { ...some.result, signals } } }],
      { version: '0' },
    );
    expect(two.rows.at(-1)?.panels[1]?.chart).toBeUndefined();
    expect(runsHtml(comparisonPage(two))).toContain('not recorded');
    expect(comparisonText(two)).toContain('(not recorded)');
  });

  test('runs of different lengths are counted in the same stretches', () => {
    const sizes = comparison.rows[2]?.panels.map(({ chart }) =>
      chart?.plot.is === 'series' ? chart.plot.bar_s : undefined,
    );
    expect(new Set(sizes).size).toBe(1);
  });
});

test('runs of the same title say which is which', () => {
  const twice = compared([{ input: fakeRun('kill') }, { input: fakeRun('kill') }], { version: '0' });
  expect(twice.runs.map(({ name }) => name)).toEqual([
    'Kill one backend pod (7f3a)',
    'Kill one backend pod (7f3a)',
  ]);
  expect([0, 25, 26].map(labelOf)).toEqual(['A', 'Z', 'A2']);
});

describe('written', () => {
  const page = comparisonPage(comparison);

  test('as one page that fetches nothing and has ids once', () => {
    const html = runsHtml(page);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(src|href)="http/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('as Markdown whose pictures are all there, and no others', () => {
    const { markdown, charts } = runsMarkdown(page, 'pictures');
    const named = [...markdown.matchAll(/\]\(pictures\/([\w-]+)\.svg\)/g)].map(([, name]) => name ?? '');
    expect(named.toSorted()).toEqual(charts.map(({ name }) => name).toSorted());
    expect(named.length).toBe(16);
  });

  test('as text: verdicts, a line for each run, measures with what changed, predictions', () => {
    const text = comparisonText(comparison, { width: 120 });
    expect(text).toMatch(/votes\.p95_ms .*506 ms {2}\+496 ms \(48\.6x\)/);
    expect(text).toMatch(/votes\.availability >= 0\.99 .*✓ held .*✗ failed/);
    expect(text).toMatch(/ {2}C {3}[▁-█]{20,}/u);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  test('also of runs that did not begin, have nothing, or lie', () => {
    const odd = [fakeRun('kill'), notStartedRun(), bareRun(), hostileRun()].map((input) => ({ input }));
    const all = compared(odd, { version: '0' });
    const html = runsHtml(comparisonPage(all));
    for (const text of [html, comparisonText(all), runsMarkdown(comparisonPage(all), 'charts').markdown])
      expect(text).not.toMatch(/\bundefined\b|\bNaN\b|\[object|Infinity/);
    expect(html).not.toMatch(/<script|<img/i);
    for (const raw of hostile.never) expect(html + comparisonText(all)).not.toContain(raw);
    expect(
      runsHtml(comparisonPage(compared([{ input: bareRun() }, { input: bareRun() }], { version: '0' }))),
    ).toContain('</html>');
  });

  test('unknown is never a number', () => {
    const text = comparisonText(
      compared([{ input: fakeRun('kill') }, { input: notStartedRun() }], { version: '0' }),
    );
    expect(text).toMatch(/backends\.replaced_after_s .*unknown/);
  });
});
