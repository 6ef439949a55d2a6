import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { World } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { localHost } from '../../reach/hosts/local.ts';
import { worldOf } from '../../reach/world.ts';
import { exec } from '../exec/exec.ts';
import { recordsOn } from './record.ts';

const signal = AbortSignal.timeout(180_000);
const host = localHost('here', []);
const world: World = worldOf({ host: () => ok(host) });
let folder = '';
let broken = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aftershock-fault-'));
  broken = join(folder, 'broken');
  process.env['AFTERSHOCK_RUN_DIR'] = join(folder, 'run');
});

afterEach(async () => {
  for (const { injection } of await left()) {
    await exec.undo(world, injection, AbortSignal.timeout(10_000));
    await exec.disarm?.(world, injection, AbortSignal.timeout(10_000));
  }
  delete process.env['AFTERSHOCK_RUN_DIR'];
  rmSync(folder, { recursive: true, force: true });
});

const left = async () => {
  const found = await recordsOn(host, AbortSignal.timeout(10_000));
  return found.ok ? found.value : [];
};

interface Told {
  inject?: string;
  undo?: string;
  lease_s?: number;
  deadline_s?: number;
}

async function planned({ inject, undo, lease_s = 30, deadline_s = 60 }: Told = {}): Promise<Injection> {
  const params = {
    inject: inject ?? `: >'${broken}'`,
    undo: undo ?? `rm -f '${broken}'`,
    probe: `test -e '${broken}'`,
    reboot: 'undoes',
    cuts_us_off: false,
  };
  const resolved = await exec.resolve(world, { target: { host: 'here' }, params }, signal);
  const target = resolved.ok ? resolved.value.found[0] : undefined;
  if (target === undefined) throw new Error('no target');
  const prepared = await exec.prepare(world, { target, params }, signal);
  if (!prepared.ok) throw new Error(prepared.problem.message);
  const id = 'run-7f3a.break.0';
  const { undo: kept } = prepared.value;
  return {
    id,
    run: 'run-7f3a',
    entry: 'break',
    fault: 'exec',
    target,
    params,
    undo: kept,
    deadline_s,
    lease_s,
  };
}

const armed = async (told: Told = {}): Promise<Injection> => {
  const injection = await planned(told);
  expect(await exec.arm?.(world, injection, signal)).toEqual(ok(undefined));
  return injection;
};

const record = (): string => join(folder, 'run', 'run-7f3a.break.0');
const watchdog = (): number => Number(readFileSync(join(record(), 'watching'), 'utf8').split(' ')[0]);

async function until(so: () => boolean, within_ms = 20_000): Promise<number> {
  const from = performance.now();
  while (!so()) {
    if (performance.now() - from > within_ms) throw new Error(`not within ${within_ms} ms`);
    await sleep(50);
  }
  return performance.now() - from;
}

/** One that has ended may wait to be reaped by a slow init. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('armed, injected, seen, undone, proven: nothing is left on the host', async () => {
  const injection = await armed();
  const dog = watchdog();
  expect(lives(dog)).toBe(true);
  expect(existsSync(broken)).toBe(false);
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.effect(world, injection, signal)).toMatchObject({ is: 'yes' });
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'no' });
  expect(await exec.renew?.(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'yes' });
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  expect(lives(dog)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test('nobody renews the lease: the host undoes it by itself and keeps no record', async () => {
  const injection = await armed({ lease_s: 2 });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  const took = await until(() => !existsSync(record()));
  expect(took).toBeLessThan(12_000);
  expect(existsSync(broken)).toBe(false);
  expect(await exec.renew?.(world, injection, signal)).toMatchObject({ problem: { code: 'inject-failed' } });
  await until(() => !existsSync(join(folder, 'run')));
});

test('a lease that is renewed lives on to the deadline, and no longer', async () => {
  const injection = await armed({ lease_s: 3, deadline_s: 6 });
  const from = performance.now();
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  while (existsSync(record())) {
    await exec.renew?.(world, injection, signal);
    await sleep(500);
    if (performance.now() - from < 4_500) expect(existsSync(broken)).toBe(true);
  }
  expect(performance.now() - from).toBeGreaterThan(4_500);
  expect(existsSync(broken)).toBe(false);
});

test('no act follows its undo, and none happens without a watchdog', async () => {
  const injection = await armed();
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.act(world, injection, signal)).toMatchObject({ problem: { code: 'inject-failed' } });
  expect(existsSync(broken)).toBe(false);
  await exec.disarm?.(world, injection, signal);
  const second = await armed();
  process.kill(-watchdog(), 'SIGKILL');
  expect(await exec.act(world, second, signal)).toMatchObject({ problem: { code: 'inject-failed' } });
  expect(existsSync(broken)).toBe(false);
  // The next renewal brings it back.
  const dead = watchdog();
  expect(await exec.renew?.(world, second, signal)).toEqual(ok(undefined));
  expect(watchdog()).not.toBe(dead);
  expect(lives(watchdog())).toBe(true);
});

test('an inject that hangs is ended by the undo, and does not go on after it', async () => {
  const late = join(folder, 'late');
  const injection = await armed({ lease_s: 2, inject: `: >'${broken}'; sleep 8; : >'${late}'` });
  const acting = exec.act(world, injection, signal);
  await until(() => !existsSync(record()));
  expect(existsSync(broken)).toBe(false);
  expect((await acting).ok).toBe(false);
  await sleep(200);
  expect(existsSync(late)).toBe(false);
});

test('an undo that fails is tried again until it succeeds', async () => {
  const free = join(folder, 'free');
  const injection = await armed({ lease_s: 2, undo: `test -e '${free}' && rm -f '${broken}'` });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  await sleep(5_000);
  expect(existsSync(broken)).toBe(true);
  writeFileSync(free, '');
  await until(() => !existsSync(record()));
  expect(existsSync(broken)).toBe(false);
});

test('a record that is lost is undone by the journal', async () => {
  const injection = await armed();
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  const dog = watchdog();
  rmSync(join(folder, 'run'), { recursive: true });
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'yes' });
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  // It ends when it looks next.
  await until(() => !lives(dog));
});

test('an undo that hangs is ended, and tried again', { timeout: 90_000 }, async () => {
  const once = join(folder, 'once');
  const undo = `if test -e '${once}'; then rm -f '${broken}'; else : >'${once}'; sleep 600; fi`;
  const injection = await armed({ lease_s: 2, undo });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  await until(() => !existsSync(record()), 80_000);
  expect(existsSync(broken)).toBe(false);
});
