import { describe, expect, test } from 'vitest';
import { countOf, machinesOf } from './machines.ts';

describe('the machines of a lab', () => {
  test('have ports, addresses and ids of their own, the same each time', () => {
    const [first, second] = machinesOf('/home/one', { port: 30_022, count: 2 });
    expect(first).toMatchObject({ name: 'vm1', port: 30_022, ipv4: '10.77.0.1', ipv6: 'fd77::1' });
    expect(second).toMatchObject({ name: 'vm2', port: 30_023, ipv4: '10.77.0.2', ipv6: 'fd77::2' });
    expect(second?.mac).not.toBe(first?.mac);
    expect(first?.machineId).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.machineId).not.toBe(first?.machineId);
    expect(machinesOf('/home/one', { port: 30_022, count: 1 })).toEqual([first]);
    expect(machinesOf('/home/other', { port: 30_022, count: 1 })[0]?.machineId).not.toBe(first?.machineId);
  });

  test('are as many as the settings say, two unless told', () => {
    expect(countOf({})).toEqual({ ok: true, value: 2 });
    expect(countOf({ machines: { COUNT: '1' } })).toEqual({ ok: true, value: 1 });
  });

  test.each(['0', '3', '1.5', 'two', ''])('are not %j', (COUNT) => {
    const refused = countOf({ machines: { COUNT } });
    expect(refused).toMatchObject({ ok: false, problem: { code: 'lab-failed', expected: '1 or 2' } });
  });
});
