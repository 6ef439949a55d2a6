// The undo guarantee in numbers: stop to all undone, many hosts at once, and what a watchdog costs its host.
// `bench/undo.ts stop`, `many` or `watchdog` does one of the three; `many` needs root.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../src/faults/exec/exec.ts';
import { restoreAll } from '../src/guard/restore.ts';
import type { Host } from '../src/model/contracts/world.ts';
import type { Injection } from '../src/model/injection.ts';
import { localHost } from '../src/reach/hosts/local.ts';
import { openHost } from '../src/reach/hosts/open.ts';
import { machinesMissing, upMachines } from '../test/support/machines.ts';
import { cpuOf, memoryOf } from './support/cost.ts';
import { cheapInjection, make, need, worldWith } from './support/injections.ts';
import { overHosts } from './support/many.ts';
import { percentile, sleep, table } from './support/tools.ts';

/** `INJECTIONS=10` for a quick look. */
const INJECTIONS = Number(process.env['INJECTIONS'] ?? 100);
const HOSTS = [10, 200];
const WATCH_S = 60;
const COPIES = 10;
const SETTLE_MS = 2_000;
const LEASE_S = 30;
const SSH_PORT = 31_200;

/** From the stop of an injection to its undo, and to the proof of it with nothing left of ours. */
async function stop(): Promise<void> {
  const head = ['host', 'undone p50', 'p99', 'max', 'proven, clean p50', 'p99', 'max'];
  console.log(`From a stop to the undo of one of ${INJECTIONS} injections; ms.`);
  table(head, [row('this machine', await stopTimes(localHost('here', [])))]);
  if (machinesMissing() === undefined) table(head, [row('QEMU, over ssh', await overSsh())]);
}

interface StopTimes {
  undone: number[];
  clean: number[];
}

const row = (name: string, { undone, clean }: StopTimes): string[] => [
  name,
  ...[undone, clean].flatMap((times) => [0.5, 0.99, 1].map((share) => percentile(times, share).toFixed(0))),
];

async function stopTimes(host: Host): Promise<StopTimes> {
  const world = worldWith(host);
  const times: StopTimes = { undone: [], clean: [] };
  for (let number = 0; number < INJECTIONS; number += 1) {
    const signal = AbortSignal.timeout(60_000);
    const injection = await cheapInjection(world, { host: host.name, number, lease_s: LEASE_S }, signal);
    await make(world, injection, signal);
    const since = performance.now();
    const onStep = (step: string): void => {
      if (step === 'undone') times.undone.push(performance.now() - since);
    };
    const onProblem = (): void => undefined;
    const common = { fault: exec, world, injection, onStep, onProblem, proveWithin_ms: 60_000, signal };
    for (const one of await restoreAll([common])) need(one);
    times.clean.push(performance.now() - since);
  }
  return times;
}

async function overSsh(): Promise<StopTimes> {
  const home = mkdtempSync(join(tmpdir(), 'aftershock-bench-'));
  const lab = await upMachines({ count: 1, home, portBase: SSH_PORT });
  const host = openHost('vm1', { kind: 'ssh', destination: 'vm1', config: lab.sshConfig }, []);
  try {
    await reached(host);
    return await stopTimes(host);
  } finally {
    await host.close?.();
    await lab.down();
    rmSync(home, { recursive: true, force: true });
  }
}

/** A machine that has just woken up is slow to take its first connection. */
async function reached(host: Host): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    const ran = await host.run({ script: 'exit 0', deadline_ms: 10_000 }, AbortSignal.timeout(20_000));
    if (ran.ok) return;
  }
}

/** Hosts that are broken and given back at once. */
async function many(): Promise<void> {
  const rows: string[][] = [];
  for (const hosts of HOSTS) {
    const told = await overHosts(hosts);
    for (const reason of told.reasons) console.log(`${hosts} hosts: ${reason}`);
    const seconds = [told.injected_s, told.undone_s, told.whole_s].map((s) =>
      Number.isFinite(s) ? s.toFixed(1) : 'never',
    );
    rows.push([
      ...[`${hosts}`, `${told.undone}`, `${told.broken}`, ...seconds, told.peak_mib.toFixed(0)],
      told.verdict,
    ]);
  }
  console.log('Network namespaces as hosts, one entry, all at once; seconds, and MiB of the controller.');
  table(['hosts', 'undone', 'left broken', 'injected', 'all undone', 'whole run', 'peak', 'verdict'], rows);
}

/** Watchdogs that wait, beside what other ways of waiting on a host cost. */
async function watchdog(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-bench-'));
  process.env['AFTERSHOCK_RUN_DIR'] = join(folder, 'run');
  const world = worldWith(localHost('here', []));
  const signal = AbortSignal.timeout((WATCH_S + 120) * 1_000);
  const injections: Injection[] = [];
  const peers: ChildProcess[] = [];
  const dog = async (): Promise<number> => {
    const wanted = { host: 'here', number: injections.length, lease_s: 600 };
    const injection = await cheapInjection(world, wanted, signal);
    injections.push(injection);
    await make(world, injection, signal);
    return Number(readFileSync(join(folder, 'run', injection.id, 'watching'), 'utf8').split(' ')[0]);
  };
  const peer = (command: string, args: readonly string[]) => async (): Promise<number> => {
    const started = spawn(command, args, { detached: true, stdio: 'ignore' });
    peers.push(started);
    return started.pid ?? 0;
  };
  try {
    // ChaosBlade documents no figures: its `--timeout N` leaves this shell on the host, and its loads a process beside it.
    await costs({
      'watchdog of aftershock': dog,
      'blade --timeout: sh -c "sleep N; …"': peer('/bin/sh', ['-c', 'sleep 3600; exit']),
      'loop of sleep 1': peer('/bin/sh', ['-c', 'while :; do sleep 1; done']),
      'idle Node process': peer(process.execPath, ['-e', 'setInterval(() => 0, 5_000)']),
    });
  } finally {
    for (const { pid } of peers) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    for (const injection of injections) {
      need(await exec.undo(world, injection, signal));
      if (exec.disarm !== undefined) need(await exec.disarm(world, injection, signal));
    }
    delete process.env['AFTERSHOCK_RUN_DIR'];
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Memory of one of each, then the CPU time of several: the kernel tells it in steps of 10 ms. */
async function costs(starts: Record<string, () => Promise<number>>): Promise<void> {
  const kinds = await Promise.all(
    Object.entries(starts).map(async ([name, start]) => ({ name, start, pids: [await start()] })),
  );
  await sleep(SETTLE_MS);
  const pss = kinds.map(({ pids }) => memoryOf(pids[0] ?? 0));
  for (const { start, pids } of kinds) while (pids.length < COPIES) pids.push(await start());
  await sleep(SETTLE_MS);
  const cpu = (): number[] => kinds.map(({ pids }) => pids.map(cpuOf).reduce((sum, one) => sum + one, 0));
  const before = cpu();
  await sleep(WATCH_S * 1_000);
  const rows = cpu().map((after, at) => {
    const each = (after - (before[at] ?? 0)) / COPIES;
    const share = ((each / (WATCH_S * 1_000)) * 100).toFixed(3);
    return [kinds[at]?.name ?? '', each.toFixed(0), share, `${pss[at]}`];
  });
  console.log(
    `Cost on the host over ${WATCH_S} s, of one: CPU with children (mean of ${COPIES}), PSS with the child it waits for.`,
  );
  table(['what waits', 'CPU ms', '% of a core', 'PSS KiB'], rows);
}

const parts: Record<string, () => Promise<void>> = { stop, many, watchdog };
const asked = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) {
  if (asked.length === 0 || asked.includes(name)) await part();
}
