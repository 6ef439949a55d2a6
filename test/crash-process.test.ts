import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEASE_S } from '../src/guard/lease.ts';
import { injectionSteps } from '../src/model/injection.ts';
import { run } from './support/cli.ts';
import { type Drill, ended, processState } from './support/drill.ts';
import { eventually } from './support/lab.ts';
import { expectVictimAsBefore, frozenOn, processUses, recordsIn, victim } from './support/process-drill.ts';

// The crash matrix of faults on processes of this machine; that of faults on the lab is crash.test.ts.

/** A guardian looks four times a second and then undoes; the rest is for a slow machine. */
const GUARDIAN_WITHIN_MS = (LEASE_S + 5) * 1_000;

async function kill({ running }: Drill): Promise<void> {
  process.kill(running.pid, 'SIGKILL');
  await running.finished;
}

const steps = injectionSteps.filter((step) => step !== 'closed');
const cells = Object.keys(processUses).flatMap((fault) => steps.map((step) => [fault, step] as const));

describe.concurrent('a killed run is undone by its guardian', () => {
  test.for(cells)('%s, killed at %s', async ([fault, step], { onTestFinished }) => {
    const one = await victim(onTestFinished);
    const drill = await frozenOn(one, { fault, step });
    await kill(drill);
    await ended(drill.guardian, GUARDIAN_WITHIN_MS);
    await expectVictimAsBefore(one, drill, fault);
  });
});

describe.concurrent('a run killed with its guardian is undone by heal', () => {
  test.for(cells)('%s, killed at %s', async ([fault, step], { onTestFinished }) => {
    const one = await victim(onTestFinished);
    const drill = await frozenOn(one, { fault, step });
    process.kill(drill.guardian.pid, 'SIGKILL');
    await kill(drill);
    const healed = await run(['heal'], one.where);
    expect(healed.code, healed.stdout + healed.stderr).toBe(0);
    await expectVictimAsBefore(one, drill, fault);
    expect((await run(['heal'], one.where)).stdout).toContain('nothing was left behind');
  });
});

describe.concurrent('what a run left is found on the host, without any local state', () => {
  test.for(Object.keys(processUses))('%s', async (fault, { onTestFinished }) => {
    const one = await victim(onTestFinished);
    const drill = await frozenOn(one, { fault, step: 'effective' });
    const elsewhere = { ...one.where, home: join(one.folder, 'empty-home') };
    const held = await run(['heal', '--host', 'here'], elsewhere);
    expect(held.code, held.stdout + held.stderr).toBe(5);
    expect(held.stdout).toContain('is held by');
    process.kill(drill.guardian.pid, 'SIGKILL');
    await kill(drill);
    expect(fault === 'process.pause' ? processState(one.first.pid) : one.running()).toEqual(
      fault === 'process.pause' ? 'T' : [],
    );
    const healed = await run(['heal', '--host', 'here'], elsewhere);
    expect(healed.code, healed.stdout + healed.stderr).toBe(0);
    expect(healed.stdout).toContain('clean');
    expect(one.running().map(({ pid }) => processState(pid))).toEqual(['S']);
    expect(recordsIn(one.records).filter((name) => name !== 'lock')).toEqual([]);
  });
});

/** Long enough for a run on a busy machine to renew it. */
const SHORT_LEASE_S = 15;
/** A lease, 5 s, and what a busy machine needs beside them. */
const HOST_WITHIN_MS = (SHORT_LEASE_S + 5 + 10) * 1_000;

describe.concurrent('a run killed with its guardian is undone by the host itself', () => {
  test.for(Object.keys(processUses))('%s', async (fault, { onTestFinished }) => {
    const one = await victim(onTestFinished);
    one.where.env['AFTERSHOCK_LEASE'] = String(SHORT_LEASE_S);
    const drill = await frozenOn(one, { fault, step: 'effective' });
    process.kill(drill.guardian.pid, 'SIGKILL');
    await kill(drill);
    await eventually('the host has undone it', HOST_WITHIN_MS, () => {
      const [first] = one.running();
      return first !== undefined && processState(first.pid) !== 'T' ? true : undefined;
    });
    await eventually('its record is gone', HOST_WITHIN_MS, () =>
      recordsIn(one.records).some((name) => name !== 'lock') ? undefined : true,
    );
    const healed = await run(['heal'], one.where);
    expect(healed.code, healed.stdout + healed.stderr).toBe(0);
    await expectVictimAsBefore(one, drill, fault);
  });
});
