import { expect, test } from 'vitest';
import { bounded, censored, type Truth, value } from '../model/measure.ts';
import { compile } from './expression/compile.ts';
import { environmentOf } from './expression/environment.ts';
import { fakeSignals } from './expression/fake-environment.ts';
import { span } from './fake-run.ts';
import { fakeLoad, fakePoints, fakeSamples } from './fake-samples.ts';
import { brokenSpans, recoveredAfter, slidingTruth, type Tick, ticksOver } from './steady.ts';

const environment = environmentOf(fakeSignals);
const expression = (text: string) => {
  const compiled = compile(text, environment);
  if (!compiled.ok) throw new TypeError(compiled.problem.message);
  return compiled.value;
};

const ticksOf = (truths: string): Tick[] =>
  [...truths].map((letter, index) => {
    const truth: Truth = letter === 'T' ? 'true' : letter === 'F' ? 'false' : 'unknown';
    return { t: 10e9 + index * 1e9, each: [truth], all: truth };
  });
const recovered = (truths: string, steadyFor_s = 2, jumps = [] as ReturnType<typeof span>[]) =>
  recoveredAfter(ticksOf(truths), { origin: 10e9, steadyFor_s, jumps });

test('recovery: the first tick of the last stretch in which steady holds', () => {
  expect(recovered('TTTTT')).toEqual(value(0));
  expect(recovered('TTFFFTTTT')).toEqual(value(5));
  expect(recovered('TFTTFTTT')).toEqual(value(5));
  expect(recovered('FFFF')).toEqual(censored(3));
  expect(recovered('TTFF')).toEqual(censored(3));
  expect(recovered('TFF?').is).toBe('unknown');
  expect(recovered('TFF?TTT')).toEqual(bounded(2, 4));
  expect(recovered('TT?TTT')).toEqual(bounded(0, 3));
  expect(recovered('TFTTTT', 2, [span(12, 13)]).is).toBe('unknown');
  expect(recovered('').is).toBe('unknown');
});

test('steady must hold for its time at the end to count', () => {
  expect(recovered('TFFFFTT', 2)).toEqual(censored(4));
  expect(recovered('TFFFFTTT', 2)).toEqual(value(5));
  expect(recovered('T???TT', 2).is).toBe('unknown');
});

test('the stretches in which it was broken, in seconds from the first injection', () => {
  expect(brokenSpans(ticksOf('TFF?FTF'), 0, 10e9)).toEqual([
    { from_s: 1, to_s: 3 },
    { from_s: 4, to_s: 5 },
    { from_s: 6, to_s: 6 },
  ]);
});

const outage = fakeSamples({
  end: 40e9,
  operations: {
    'votes.requests': [
      ...fakeLoad({ from_s: 0, to_s: 12, rate_per_s: 20, latency_ms: 5 }),
      ...fakeLoad({ from_s: 12, to_s: 14, rate_per_s: 20, latency_ms: 5, kind: 'refused' }),
      ...fakeLoad({ from_s: 14, to_s: 40, rate_per_s: 20, latency_ms: 5 }),
    ],
  },
  points: { 'backends.ready': fakePoints([0, 2], [12, 1], [16, 2]) },
});

test('over a recording, with the window of 5 s that the run used', () => {
  const expressions = [expression('votes.availability >= 0.999'), expression('backends.ready.last == 2')];
  const input = { expressions, signals: fakeSignals, samples: outage, jumps: [], observing: 0, sliding_s: 5 };
  const ticks = ticksOver(input, span(10, 40));
  expect(ticks).toHaveLength(121);
  // The last failure is intended at 13.95 s: it leaves the window with the tick at 19 s.
  expect(recoveredAfter(ticks, { origin: 10e9, steadyFor_s: 5, jumps: [] })).toEqual(value(9));
  expect(brokenSpans(ticks, 0, 10e9)).toEqual([{ from_s: 2.25, to_s: 9 }]);
  expect(brokenSpans(ticks, 1, 10e9)).toEqual([{ from_s: 2.25, to_s: 6.25 }]);
});

test('while a run lives', () => {
  const at = (from_s: number, to_s: number, ...texts: string[]) =>
    slidingTruth(texts.map(expression), { signals: fakeSignals, samples: outage, span: span(from_s, to_s) });
  expect(at(5, 10, 'votes.availability >= 0.999')).toEqual({ truth: 'true' });
  expect(at(8, 13, 'votes.p95_ms < 100', 'votes.availability >= 0.999')).toEqual({
    truth: 'false',
    why: '`votes.availability >= 0.999` does not hold: it is 0.8',
  });
  expect(at(5, 10, 'cluster.primaries.last == 1').truth).toBe('unknown');
  expect(at(5, 10, 'cluster.primaries.last == 1', 'votes.ok < 1').truth).toBe('false');
  expect(at(5, 10)).toEqual({ truth: 'true' });
});

test('a blind signal does not hold, and does not break: it is unknown', () => {
  const blind = { ...outage, gaps: () => [span(7, 8)] };
  const { truth, why } = slidingTruth([expression('votes.availability >= 0.999')], {
    signals: fakeSignals,
    samples: blind,
    span: span(5, 10),
  });
  expect(truth).toBe('unknown');
  expect(why).toContain('votes was not observed for 1.0 s');
});

test('a long recording is evaluated in seconds', () => {
  const operations = fakeLoad({ from_s: 0, to_s: 400, rate_per_s: 250, latency_ms: 5 });
  const samples = fakeSamples({ end: 400e9, operations: {} });
  const slices = {
    ...samples,
    operations: (_: string, of: { from: number; to: number }) =>
      operations.slice(Math.ceil(of.from / 4e6), Math.ceil(of.to / 4e6)),
  };
  const began = performance.now();
  const ticks = ticksOver(
    {
      expressions: [expression('votes.p95_ms < 100 && votes.availability > 0.9')],
      signals: fakeSignals,
      samples: slices,
      jumps: [],
      observing: 0,
      sliding_s: 5,
    },
    span(10, 400),
  );
  expect(ticks.every(({ all }) => all === 'true')).toBe(true);
  expect(performance.now() - began).toBeLessThan(20_000);
});
