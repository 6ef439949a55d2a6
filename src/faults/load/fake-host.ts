import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyFault, Look } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { localHost } from '../../reach/hosts/local.ts';
import { worldOf } from '../../reach/world.ts';
import { tagOf } from '../hosts/text.ts';

/** A place for one test on this machine: records of its own, and the shell and tools that it is tried with. */
export interface Trial {
  folder: string;
  world: World;
  record: string;
  tag: string;
  /** Pids that the workers of the injection noted. */
  workers(): number[];
  prepare(params: JsonObject, times?: Times): Promise<Injection>;
  /** Prepared, armed and acted. */
  inject(params: JsonObject, times?: Times): Promise<Injection>;
  /** Looks until it is so; gives the evidence. */
  until(mode: 'effect' | 'recovered', injection: Injection): Promise<string>;
  look(mode: 'effect' | 'recovered', injection: Injection): Promise<Look>;
  end(): Promise<void>;
}

export interface Times {
  lease_s?: number;
  deadline_s?: number;
}

export const shells = ['dash', 'busybox'] as const;

const ID = 'run-7f3a.load.0';
const WITHIN_MS = 20_000;

/** @param shell `busybox`: sh and every tool are its applets, and little else is on the PATH. */
export function trial(fault: AnyFault, shell: (typeof shells)[number] = 'dash'): Trial {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-load-'));
  const path = process.env['PATH'] ?? '';
  if (shell === 'busybox') {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    spawnSync('busybox', ['--install', '-s', bin]);
    // Debian's busybox has no applet for it.
    spawnSync('ln', ['-s', '/usr/bin/flock', bin]);
    process.env['PATH'] = bin;
  }
  process.env['AFTERSHOCK_RUN_DIR'] = join(folder, 'run');
  const world = worldOf({ host: () => ok(localHost('here', [])) });
  const record = join(folder, 'run', ID);
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);
  let made: Injection | undefined;
  const one: Trial = {
    folder,
    world,
    record,
    tag: tagOf(ID),
    workers: () => notedPids(join(record, 'workers')),
    async prepare(given, { lease_s = 60, deadline_s = 90 } = {}) {
      const params = must(fault.params.safeParse(given).data, 'wrong parameters');
      const wanted = { target: { host: 'here' }, params };
      const resolved = await fault.resolve(world, wanted, signal());
      const target = must(resolved.ok ? resolved.value.found[0] : undefined, 'no target');
      const prepared = await fault.prepare(world, { target, params }, signal());
      if (!prepared.ok) throw new Error(`${prepared.problem.message} → ${prepared.problem.fix}`);
      const { undo } = prepared.value;
      const names = { id: ID, run: 'run-7f3a', entry: 'load', fault: fault.name };
      made = { ...names, target, params, undo, lease_s, deadline_s };
      return made;
    },
    async inject(params, times) {
      const injection = await one.prepare(params, times);
      for (const step of [fault.arm, fault.act]) {
        const done = await step?.(world, injection, signal());
        if (done?.ok === false) throw new Error(JSON.stringify(done.problem));
      }
      return injection;
    },
    look: (mode, injection) => fault[mode](world, injection, signal()),
    async until(mode, injection) {
      const from = performance.now();
      let look = await one.look(mode, injection);
      while (look.is !== 'yes') {
        if (performance.now() - from > WITHIN_MS) throw new Error(`${mode}: ${look.is} ${look.evidence}`);
        await sleep(100);
        look = await one.look(mode, injection);
      }
      return look.evidence;
    },
    async end() {
      if (made !== undefined) {
        await fault.undo(world, made, signal());
        await fault.disarm?.(world, made, signal());
      }
      process.env['PATH'] = path;
      delete process.env['AFTERSHOCK_RUN_DIR'];
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return one;
}

function must<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise);
  return value;
}

function notedPids(file: string): number[] {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[0]));
  } catch {
    return [];
  }
}

/** Living processes whose command line holds a word. */
export function processesWith(word: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
