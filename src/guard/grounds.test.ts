import { expect, test } from 'vitest';
import type { Ground } from '../model/contracts/fault.ts';
import { fail, ok, type Problem } from '../model/result.ts';
import { nowhere } from '../reach/world.ts';
import { together } from './grounds.ts';

const never = new AbortController().signal;
const holder = { run: 'r', lease_s: 30 };
const locked: Problem = { code: 'locked', message: 'held', fix: 'wait' };
const away: Problem = { code: 'system-unreachable', message: 'away', fix: 'look' };

function ground(name: string, told: string[], of: { lock?: Problem; renew?: Problem } = {}): Ground {
  const done = async (what: string, problem?: Problem) => {
    told.push(`${what} ${name}`);
    return problem === undefined ? ok(undefined) : fail(problem);
  };
  return {
    name,
    lock: () => done('lock', of.lock),
    renew: () => done('renew', of.renew),
    unlock: () => done('unlock'),
    leftovers: async () => ok({ found: [], unreadable: [] }),
    snapshot: async () => ok({ hosts: { [name]: 1 }, [name]: true }),
  };
}

test('all locks are taken, and given back where one cannot be had', async () => {
  const told: string[] = [];
  const all = together([ground('a', told), ground('b', told), ground('c', told, { lock: locked })]);
  expect(await all.lock(nowhere, holder, never)).toEqual(fail(locked));
  expect(told).toEqual(['lock a', 'lock b', 'lock c', 'unlock a', 'unlock b']);
});

test('a renewal reaches all, and tells the lock that is in other hands', async () => {
  const told: string[] = [];
  const grounds = [
    ground('a', told, { renew: away }),
    ground('b', told, { renew: locked }),
    ground('c', told),
  ];
  expect(await together(grounds).renew(nowhere, holder, never)).toEqual(fail(locked));
  expect(told).toEqual(['renew a', 'renew b', 'renew c']);
  expect(await together([ground('a', [])]).renew(nowhere, holder, never)).toEqual(ok(undefined));
});

test('the snapshot is that of all', async () => {
  const all = together([ground('a', []), ground('b', [])]);
  expect(await all.snapshot(nowhere, never)).toEqual(ok({ hosts: { a: 1, b: 1 }, a: true, b: true }));
});
