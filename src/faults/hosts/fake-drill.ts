import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { World } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { localHost } from '../../reach/hosts/local.ts';
import { worldOf } from '../../reach/world.ts';
import { exec } from '../exec/exec.ts';
import { recordsOn } from './record.ts';

export interface Told {
  inject?: string;
  undo?: string;
  lease_s?: number;
  deadline_s?: number;
}

/** This machine with the user's own commands as its fault, and its records in a folder of the test's own. */
export interface Drilled {
  world: World;
  folder: string;
  /** The file that is there while the host is broken. */
  broken: string;
  /** The folder of the injection's record. */
  record: string;
  signal: AbortSignal;
  /** An injection whose undo is armed. */
  armed(told?: Told): Promise<Injection>;
  /** The process that watches. */
  watchdog(): number;
  /** Puts a program before the real one of that name, which it finds as `$REAL`. */
  instead(name: string, script: string): void;
}

const ID = 'run-7f3a.break.0';
const TEST_MS = 180_000;
const TIDY_MS = 10_000;

/** Ends with the test. */
export function drilled(): Drilled {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-fault-'));
  const world = worldOf({ host: () => ok(localHost('here', [])) });
  const signal = AbortSignal.timeout(TEST_MS);
  const broken = join(folder, 'broken');
  const record = join(folder, 'run', ID);
  const programs = join(folder, 'programs');
  const path = process.env['PATH'] ?? '';
  process.env['AFTERSHOCK_RUN_DIR'] = join(folder, 'run');
  onTestFinished(async () => {
    process.env['PATH'] = path;
    await undoAll(world);
    delete process.env['AFTERSHOCK_RUN_DIR'];
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    world,
    folder,
    broken,
    record,
    signal,
    armed: async (told = {}) => {
      const injection = await planned({ world, broken, signal }, told);
      const done = await exec.arm?.(world, injection, signal);
      if (done?.ok !== true) throw new Error(`it was not armed: ${done?.problem.message}`);
      return injection;
    },
    watchdog: () => Number(readFileSync(join(record, 'watching'), 'utf8').split(' ')[0]),
    instead: (name, script) => {
      mkdirSync(programs, { recursive: true });
      const real = path.split(':').find((one) => existsSync(join(one, name))) ?? '/bin';
      writeFileSync(join(programs, name), `#!/bin/sh\nREAL=${join(real, name)}\n${script}\n`);
      chmodSync(join(programs, name), 0o755);
      process.env['PATH'] = `${programs}:${path}`;
    },
  };
}

async function undoAll(world: World): Promise<void> {
  const host = world.host('here');
  const left = host.ok ? await recordsOn(host.value, AbortSignal.timeout(TIDY_MS)) : host;
  for (const { injection } of left.ok ? left.value.found : []) {
    await exec.undo(world, injection, AbortSignal.timeout(TIDY_MS));
    await exec.disarm?.(world, injection, AbortSignal.timeout(TIDY_MS));
  }
}

async function planned(
  { world, broken, signal }: Pick<Drilled, 'world' | 'broken' | 'signal'>,
  { inject, undo, lease_s = 30, deadline_s = 60 }: Told,
): Promise<Injection> {
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
  const { undo: kept } = prepared.value;
  const named = { id: ID, run: 'run-7f3a', entry: 'break', fault: 'exec' };
  return { ...named, target, params, undo: kept, deadline_s, lease_s };
}

export async function until(so: () => boolean, within_ms = 20_000): Promise<number> {
  const from = performance.now();
  while (!so()) {
    if (performance.now() - from > within_ms) throw new Error(`not within ${within_ms} ms`);
    await sleep(50);
  }
  return performance.now() - from;
}

/** One that has ended may wait to be reaped by a slow init. */
export function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
