import { expect, test } from 'vitest';
import { messyRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { viewOf } from '../view.ts';
import { chartsOf } from './all.ts';
import { draw } from './draw.ts';

const chartsBy = (input: ReturnType<typeof fakeRun>) => {
  const { overview, target, observer } = chartsOf(viewOf(input));
  return new Map([overview, ...target, ...observer].map((chart) => [chart.name, chart]));
};

test('each kind of run has its own picture of marks', () => {
  const marks = (kind: Parameters<typeof fakeRun>[0]) => {
    const charts = chartsBy(fakeRun(kind));
    return ['votes-rate', 'votes-latency', 'votes-errors', 'backends-counts'].map(
      (name) => charts.get(name)?.mark?.health,
    );
  };
  expect(marks('kill')).toEqual(['warning', 'warning', 'warning', 'warning']);
  expect(marks('latency')).toEqual(['warning', 'critical', 'healthy', 'warning']);
  expect(marks('errors')).toEqual(['critical', 'healthy', 'critical', 'warning']);
  expect(marks('scale').at(-1)).toBe('critical');
});

test('single outliers make the latency axis logarithmic, a plateau does not', () => {
  const axis = (kind: Parameters<typeof fakeRun>[0]) => {
    const plot = chartsBy(fakeRun(kind)).get('votes-latency')?.plot;
    return plot?.is === 'series' ? plot.axis : undefined;
  };
  expect(axis('kill')).toMatchObject({ scale: 'log', min: 1, max: 1_000 });
  expect(axis('latency')).toMatchObject({ scale: 'linear', min: 0, max: 600 });
});

test('our own lateness is summed before its stretches are joined, as the observer says it', () => {
  const input = fakeRun('scale');
  const late = (t: number) => [5e9, 6e9, 7e9].includes(t);
  const samples = {
    ...input.samples,
    points: (...[key, span]: Parameters<typeof input.samples.points>) =>
      input.samples
        .points(key, span)
        .map((one) => (key === 'votes.schedule_error_ms' && late(one.t) ? { ...one, value: 40 } : one)),
  };
  const caption = chartsBy({ ...input, samples }).get('votes-errors')?.caption;
  // Three half seconds, half a second apart: they are drawn as one of 2.5 s.
  expect(caption).toMatch(/Nothing failed\. Our own load was late for 1\.5 s/);
});

test('all charts share the x axis, from the baseline to the end, zero at the first injection', () => {
  for (const chart of chartsBy(fakeRun('latency')).values()) {
    expect(chart.frame).toMatchObject({ from: -15, to: 60, axis: 'seconds from the first injection' });
    expect(chart.frame.bands.map((band) => [band.name, band.from, band.to])).toEqual([
      ['baseline', -15, 0],
      ['fault', 0, 30],
      ['recovery', 30, 60],
    ]);
    expect(chart.frame.moments.map((moment) => [moment.kind, moment.label])).toEqual([
      ['inject', 'deployment.env'],
      ['note', 'note'],
      ['undo', 'undo deployment.env'],
    ]);
  }
});

test('what was not observed is drawn hatched, breaks the lines and is a dash in the table', () => {
  const chart = chartsBy(messyRun()).get('votes-rate');
  expect(chart?.gaps).toEqual([{ from: 16, to: 26 }]);
  const svg = chart === undefined ? '' : draw(chart, { width: 880, ground: 'page' });
  expect(svg).toContain('not observed');
  expect(chart?.table.rows.find((row) => row[0] === '20.0')?.slice(1, 4)).toEqual(['—', '—', '—']);
});

test('where our own load was late is marked', () => {
  const [stretch] = chartsBy(messyRun()).get('votes-latency')?.limited ?? [];
  expect(stretch).toEqual({ from: expect.closeTo(34.5), to: expect.closeTo(36) });
});

test('states are lanes; a value that is not known leaves its lane empty', () => {
  const plot = chartsBy(messyRun()).get('overview')?.plot;
  const lanes = plot?.is === 'lanes' ? plot.lanes : [];
  const leader = lanes.find((lane) => lane.name === 'cluster.leader');
  expect(leader?.parts.map((part) => [part.label, part.from, part.to])).toEqual([
    ['p1', -15, 9],
    ['p2', 13, 60],
  ]);
});

test('every chart draws at every width without a number that is none', () => {
  for (const input of [fakeRun('kill'), messyRun()])
    for (const chart of chartsBy(input).values())
      for (const width of [320, 358, 880]) {
        const svg = draw(chart, { width, ground: 'page' });
        expect(svg).not.toMatch(/NaN|undefined|Infinity|#fade/);
        expect(svg).toContain(`viewBox="0 0 ${width} `);
      }
});

test('a gauge is not known in a gap; what was written during it holds from its end', () => {
  const input = fakeRun('kill');
  const gaps = [
    { from: 0, to: 2e9 },
    { from: 20e9, to: 25e9 },
  ];
  const samples = { ...input.samples, gaps: () => gaps };
  const plot = chartsBy({ ...input, samples }).get('backends-counts')?.plot;
  const ready = plot?.is === 'series' ? plot.series.find((one) => one.name === 'ready') : undefined;
  expect(ready?.points.slice(0, 2)).toEqual([
    [-15, null],
    [-13, 2],
  ]);
  const at = ready?.points.findIndex(([x]) => x === 5) ?? -1;
  expect(ready?.points.slice(at)).toEqual([
    [5, 2],
    [5, null],
    [expect.closeTo(33.4), null],
  ]);
});

test('what a signal calls noise is no mark', () => {
  const input = fakeRun('scale');
  const signals = input.result.signals.map((signal) => ({
    ...signal,
    series: signal.series.map((one) => (one.family === 'gauge' ? { ...one, noise: 50 } : one)),
  }));
  const noisy = { ...input, result: { ...input.result, signals } };
  expect(chartsBy(noisy).get('backends-counts')?.mark?.health).toBe('healthy');
});

test('what heals by itself shows its recovery, and no undo', () => {
  const charts = chartsBy(fakeRun('kill'));
  expect(charts.get('overview')?.frame.moments.map((one) => one.kind)).toEqual(['inject', 'note']);
  const plot = charts.get('overview')?.plot;
  const [lane] = plot?.is === 'lanes' ? plot.lanes : [];
  expect(lane?.parts).toMatchObject([{ from: 0, to: expect.closeTo(3.4), label: 'restoring' }]);
});
