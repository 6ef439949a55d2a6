import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bounds, boundsOf, growNew, type Share, shrinkOld } from './rollout.ts';

const template = { spec: { containers: [] } };
type Limits = readonly [replicas: number, maxSurge: number | string, maxUnavailable: number | string];
const boundsFor = (...[replicas, maxSurge, maxUnavailable]: Limits) =>
  boundsOf({ replicas, selector: {}, template, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } });

describe('boundsOf', () => {
  const cases: { limits: Limits; expected: Bounds }[] = [
    { limits: [2, '25%', '25%'], expected: { replicas: 2, maxSurge: 1, maxUnavailable: 0 } },
    { limits: [10, '25%', '25%'], expected: { replicas: 10, maxSurge: 3, maxUnavailable: 2 } },
    { limits: [4, 0, 0], expected: { replicas: 4, maxSurge: 0, maxUnavailable: 1 } },
    { limits: [3, 2, '100%'], expected: { replicas: 3, maxSurge: 2, maxUnavailable: 3 } },
  ];
  test.each(cases)('of replicas, surge and unavailable $limits', ({ limits, expected }) => {
    expect(boundsFor(...limits)).toEqual(expected);
  });
});

test('a rollout keeps within its bounds at every step, and ends with the new ReplicaSet alone', () => {
  const scenario = fc.record({
    replicas: fc.integer({ min: 0, max: 12 }),
    surge: fc.integer({ min: 0, max: 4 }),
    unavailable: fc.integer({ min: 0, max: 4 }),
    readyAtOnce: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(scenario, ({ replicas, surge, unavailable, readyAtOnce }) => {
      const bounds = boundsFor(replicas, surge, unavailable);
      const old: Share = { name: 'old', replicas, available: replicas };
      const fresh: Share = { name: 'new', replicas: 0, available: 0 };
      for (let step = 0; step < 100; step++) {
        fresh.replicas = growNew(bounds, fresh, fresh.replicas + old.replicas);
        expect(fresh.replicas + old.replicas).toBeLessThanOrEqual(replicas + bounds.maxSurge);
        old.replicas = shrinkOld(bounds, fresh, [old]).get('old') ?? 0;
        old.available = Math.min(old.available, old.replicas);
        expect(fresh.available + old.available).toBeGreaterThanOrEqual(replicas - bounds.maxUnavailable);
        fresh.available = Math.min(fresh.replicas, fresh.available + readyAtOnce);
      }
      expect([fresh.replicas, old.replicas]).toEqual([replicas, 0]);
    }),
  );
});

test('old pods that are not available go first, even while the new ones are not ready', () => {
  const bounds = boundsFor(3, 1, 0);
  const stuck: Share = { name: 'stuck', replicas: 1, available: 0 };
  const good: Share = { name: 'good', replicas: 3, available: 3 };
  const wanted = shrinkOld(bounds, { name: 'new', replicas: 0, available: 0 }, [good, stuck]);
  expect(Object.fromEntries(wanted)).toEqual({ good: 3, stuck: 0 });
});
