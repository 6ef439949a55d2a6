import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyFault, Look } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import { ok, type Result } from '../../model/result.ts';
import { netnsHost } from '../../reach/hosts/netns.ts';
import { worldOf } from '../../reach/world.ts';
import { recordsOn } from '../hosts/record.ts';

/** The two ends: a host on which faults are put, and its peer. */
export const HOST = { ip: '10.76.0.1', ip6: 'fd76::1' };
export const PEER = { ip: '10.76.0.2', ip6: 'fd76::2' };

/** Drives faults as a run does. */
export interface Driver {
  /** A plan as an injection, or the problem. */
  plan(fault: AnyFault, params: object): Promise<Result<Injection>>;
  /** Armed and injected. */
  inject(fault: AnyFault, params: object): Promise<Injection>;
  effect(fault: AnyFault, injection: Injection): Promise<Look>;
  /** Undone and proven; nothing of it is left. */
  end(fault: AnyFault, injection: Injection): Promise<Look>;
  /** Arms and injects what is planned; gives what the act said. */
  begin(fault: AnyFault, injection: Injection): Promise<Result<void>>;
}

/** Two network namespaces of a test's own with a wire between them. */
export interface Network extends Driver {
  host: string;
  peer: string;
  world: World;
  /** Runs a command line in one of the two by sh. */
  run(where: 'host' | 'peer', line: string): { code: number; out: string };
  start(where: 'host' | 'peer', program: string, args: readonly string[]): ChildProcess;
  down(): Promise<void>;
}

const WITHIN_MS = 30_000;
const within = (): AbortSignal => AbortSignal.timeout(WITHIN_MS);

function sh(command: readonly string[]): { code: number; out: string } {
  const [program = '', ...args] = command;
  const ran = spawnSync(program, args, { encoding: 'utf8', timeout: WITHIN_MS });
  return { code: ran.status ?? -1, out: `${ran.stdout}${ran.stderr}` };
}

function must(line: string): void {
  const ran = sh(['sh', '-c', line]);
  if (ran.code !== 0) throw new Error(`${line}: ${ran.out}`);
}

/** Makes both; needs root. */
export function network(): Network {
  const word = randomUUID().slice(0, 6);
  const names = { host: `as5-h${word}`, peer: `as5-p${word}` };
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-network-'));
  const before = process.env['AFTERSHOCK_RUN_DIR'];
  process.env['AFTERSHOCK_RUN_DIR'] = join(folder, 'run');
  must(`ip netns add ${names.host} && ip netns add ${names.peer}`);
  must(`ip -n ${names.host} link add eth0 type veth peer name eth0 netns ${names.peer}`);
  for (const [name, { ip, ip6 }] of [[names.host, HOST] as const, [names.peer, PEER] as const]) {
    must(`ip -n ${name} addr add ${ip}/24 dev eth0 && ip -n ${name} addr add ${ip6}/64 dev eth0 nodad`);
    must(`ip -n ${name} link set lo up && ip -n ${name} link set eth0 up`);
  }
  // A wire takes a moment until IPv6 goes over it.
  must(
    `for i in 1 2 3 4 5 6 7 8 9; do ip netns exec ${names.host} ping -c 1 -W 1 ${PEER.ip6} && break; sleep 0.5; done`,
  );
  const host = netnsHost('pg1', names.host, []);
  const world = worldOf({ host: () => ok(host) });
  const started: ChildProcess[] = [];
  const down = async (): Promise<void> => {
    for (const child of started) child.kill('SIGKILL');
    const left = await recordsOn(host, within());
    for (const { injection } of left.ok ? left.value.found : []) await undoAny(world, injection);
    for (const name of Object.values(names)) sh(['ip', 'netns', 'del', name]);
    if (before === undefined) delete process.env['AFTERSHOCK_RUN_DIR'];
    else process.env['AFTERSHOCK_RUN_DIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  };
  const inNs = (where: 'host' | 'peer'): string[] => ['ip', 'netns', 'exec', names[where]];
  return {
    ...names,
    world,
    run: (where, line) => sh([...inNs(where), 'sh', '-c', line]),
    start(where, program, args) {
      const [ip = '', ...rest] = inNs(where);
      const child = spawn(ip, [...rest, program, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
      started.push(child);
      return child;
    },
    ...steps(world),
    down,
  };
}

/** Faults by their injections, so that what a failed test leaves is undone. */
const used = new Map<string, AnyFault>();

async function undoAny(world: World, injection: Injection): Promise<void> {
  const fault = used.get(injection.id);
  await fault?.undo(world, injection, within());
  await fault?.disarm?.(world, injection, within());
}

const good = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.problem.message} (${result.problem.cause ?? ''})`);
  return result.value;
};

/** Drives faults on the host pg1 of a world as a run does. */
export function steps(world: World): Driver {
  const plan: Driver['plan'] = async (fault, given) => {
    const params = fault.params.parse(given);
    const resolved = good(await fault.resolve(world, { target: { host: 'pg1' }, params }, within()));
    const [target] = resolved.found;
    if (target === undefined) throw new Error('no target');
    const prepared = await fault.prepare(world, { target, params }, within());
    if (!prepared.ok) return prepared;
    const id = `run-${randomUUID().slice(0, 8)}.break.0`;
    used.set(id, fault);
    const { undo } = prepared.value;
    const name = { id, run: id.split('.')[0] ?? '', entry: 'break', fault: fault.name };
    return ok({ ...name, target, params, undo, deadline_s: 120, lease_s: 60 });
  };
  const begin: Driver['begin'] = async (fault, injection) => {
    if (fault.arm !== undefined) good(await fault.arm(world, injection, within()));
    return fault.act(world, injection, within());
  };
  return {
    plan,
    begin,
    async inject(fault, params) {
      const injection = good(await plan(fault, params));
      good(await begin(fault, injection));
      return injection;
    },
    effect: (fault, injection) => fault.effect(world, injection, within()),
    async end(fault, injection) {
      good(await fault.undo(world, injection, within()));
      const look = await fault.recovered(world, injection, within());
      if (fault.disarm !== undefined) good(await fault.disarm(world, injection, within()));
      return look;
    },
  };
}
