import { expect, test } from 'vitest';
import { leaseOf } from './lease.ts';

test('the lease is 30 s unless the environment asks for another', () => {
  expect(leaseOf({})).toEqual({ ok: true, value: 30 });
  expect(leaseOf({ AFTERSHOCK_LEASE: ' ' })).toEqual({ ok: true, value: 30 });
  expect(leaseOf({ AFTERSHOCK_LEASE: '12' })).toEqual({ ok: true, value: 12 });
  expect(leaseOf({ AFTERSHOCK_LEASE: '5s' })).toEqual({ ok: true, value: 5 });
});

test.each(['4', '601', '-5', '1e1', '7.5', 'long', '10m'])('a lease of %j is refused', (text) => {
  expect(leaseOf({ AFTERSHOCK_LEASE: text })).toMatchObject({ ok: false, problem: { code: 'usage' } });
});
