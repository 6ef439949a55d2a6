import { expect, test } from 'vitest';
import { until } from '../load/fake-servers.ts';
import type { SignalContext, Sink } from '../model/contracts/signal.ts';
import { startClock } from '../reach/clock.ts';
import { seededRandom } from '../reach/random.ts';
import { nowhere } from '../reach/world.ts';
import { observer } from './observer.ts';
import { fakeSink } from './pods/fake-sink.ts';

const contextOf = (sink: Sink): SignalContext => ({
  name: 'observer',
  options: { timeout_ms: 1_000 },
  world: nowhere,
  clock: startClock(),
  random: seededRandom('seed', 'signal observer'),
  sink,
  signal: new AbortController().signal,
});

test('the observer writes its lag, CPU and memory; a blocked loop is seen in the half second where it was', async () => {
  const sink = fakeSink();
  const context = contextOf(sink);
  const started = await observer.start(context, observer.config.parse({}));
  expect(sink.said).toEqual([{ is: 'observing' }]);
  await until(() => sink.points.length >= 3);
  const blocked = context.clock.now();
  while (context.clock.now() < blocked + 300e6);
  await until(() => sink.points.length >= 9);
  if (started.ok) await started.value.stop();
  const lags = sink.points.filter(({ series }) => series === 'lag_ms');
  const during = lags.findLast(({ t }) => t <= blocked);
  expect(Number(during?.value)).toBeGreaterThan(250);
  for (const { t, value } of lags) if (t > blocked + 300e6) expect(value).toBeLessThan(250);
  expect(Number(sink.last('memory_mb'))).toBeGreaterThan(10);
  const cpu = sink.points.filter(({ series }) => series === 'cpu_percent').map(({ value }) => Number(value));
  expect(Math.max(...cpu)).toBeGreaterThan(20);
  const written = sink.points.length;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(sink.points.length).toBe(written);
});

test('every series that it writes is described', async () => {
  const sink = fakeSink();
  const started = await observer.start(contextOf(sink), {});
  if (started.ok) await started.value.stop();
  const { series, interval_s } = observer.describe('observer', {});
  expect(new Set(sink.points.map((point) => point.series))).toEqual(new Set(series.map(({ name }) => name)));
  expect(interval_s).toBeGreaterThan(0.5);
});
