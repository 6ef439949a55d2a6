import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeOperation, fakePoints, fakeSamples } from '../fake-samples.ts';
import { inMemory } from './memory.ts';
import { clip, coveredSeconds, merge } from './spans.ts';

const times = fc
  .array(fc.integer({ min: 0, max: 20 }), { maxLength: 20 })
  .map((all) => all.toSorted((a, b) => a - b));
const spans = fc
  .tuple(fc.integer({ min: 0, max: 21 }), fc.integer({ min: 0, max: 21 }))
  .map(([a, b]) => ({ from: Math.min(a, b) * 1e9, to: Math.max(a, b) * 1e9 }));

test('serves the same from memory as the samples themselves', () => {
  fc.assert(
    fc.property(times, spans, spans, (at, gap, window) => {
      const samples = fakeSamples({
        end: 21e9,
        operations: { a: at.map((t) => fakeOperation({ at_s: t, latency_ms: 1 })) },
        points: { a: fakePoints(...[...new Set(at)].map((t) => [t, t] as const)) },
        events: { a: at.map((t) => ({ t: t * 1e9, type: 'x', subject: '', detail: {} })) },
        gaps: { a: gap.from === gap.to ? [] : [gap] },
      });
      const memory = inMemory(samples);
      for (const what of ['operations', 'events', 'gaps'] as const)
        expect(memory[what]('a', window)).toEqual(samples[what]('a', window));
      if (window.from < window.to)
        expect(memory.points('a', window).at(-1)).toEqual(samples.points('a', window).at(-1));
      expect(memory.operations('b', window)).toEqual([]);
    }),
  );
});

test('spans merge without losing or doubling a second', () => {
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 8 }), spans, (all, window) => {
      const covered = Array.from({ length: 21 }, (_, second) => second).filter((second) => {
        const inside = (one: { from: number; to: number }): boolean =>
          one.from <= second * 1e9 && one.to >= (second + 1) * 1e9;
        return inside(window) && all.some(inside);
      });
      expect(coveredSeconds(all, window)).toBeCloseTo(covered.length);
      const merged = merge(all);
      for (const [index, one] of merged.entries()) expect(merged[index - 1]?.to ?? -1).toBeLessThan(one.from);
      const part = clip(window, { from: 5e9, to: 10e9 });
      expect(part.to).toBeGreaterThanOrEqual(part.from);
    }),
  );
});
