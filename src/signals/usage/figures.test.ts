import { expect, test } from 'vitest';
import { durationOf, figuresOf, limitsOf, usageOf } from './figures.ts';

const usage = (name: string, ...containers: [string, string, string][]) => ({
  metadata: { name },
  timestamp: '2026-01-01T00:00:10Z',
  window: '15.2s',
  containers: containers.map(([one, cpu, memory]) => ({ name: one, usage: { cpu, memory } })),
});

test('figures of two pods, one with a sidecar and limits', () => {
  const pods = [
    usage('a', ['web', '100m', '50M'], ['proxy', '20000000n', '10M']),
    usage('b', ['web', '0.03', '100Mi']),
  ].flatMap((one) => usageOf(one) ?? []);
  const limits = limitsOf({
    spec: {
      containers: [{ name: 'web', resources: { limits: { cpu: '1', memory: '200M' } } }],
      initContainers: [{ name: 'proxy', resources: { limits: { cpu: '25m' } } }],
    },
  });
  expect(figuresOf(pods, new Map([['a', limits]]))).toEqual({
    pods: 2,
    cpu_m: 150,
    cpu_mean_m: 75,
    cpu_max_m: 120,
    memory_mb: expect.closeTo(164.8576, 6),
    memory_mean_mb: expect.closeTo(82.4288, 6),
    memory_max_mb: expect.closeTo(104.8576, 6),
    cpu_limit_percent: 80,
    memory_limit_percent: 25,
  });
});

test('without limits there is no share, without pods no figure', () => {
  const [pod] = [usage('a', ['web', '1', '1Mi'])].flatMap((one) => usageOf(one) ?? []);
  if (pod === undefined) throw new Error('cannot be');
  expect(figuresOf([pod], new Map())).toMatchObject({ cpu_m: 1_000, cpu_limit_percent: null });
  expect(figuresOf([], new Map())).toMatchObject({ pods: 0, cpu_m: null, memory_max_mb: null });
});

test('what has no time, or a quantity that is none, is not taken for 0', () => {
  expect(usageOf(usage('a', ['web', 'much', '1Mi']))).toBeUndefined();
  expect(usageOf({ ...usage('a'), timestamp: 'now' })).toBeUndefined();
});

test.each([
  ['15s', 15],
  ['17.382s', 17.382],
  ['1m0s', 60],
  ['1h2m3.5s', 3_723.5],
  ['998.5ms', 0.9985],
  ['', 0],
])('%s is %d s', (text, seconds) => {
  expect(durationOf(text)).toBeCloseTo(seconds, 9);
});
