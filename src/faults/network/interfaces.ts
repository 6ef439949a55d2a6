import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import type { Way } from './flow.ts';
import type { Ability, Devices, Routed } from './look.ts';
import type { Classifier } from './tc.ts';

/** Peers by the interface that their traffic takes; with one that is written, all of them. */
export function byInterface(
  peers: readonly Routed[],
  { written, host }: { written: string | undefined; host: string },
): Result<ReadonlyMap<string, Routed[]>> {
  const found = new Map<string, Routed[]>();
  for (const peer of peers) {
    const device = written ?? peer.device;
    if (device === undefined) {
      // Everybody goes by the default route of each family that has one.
      if (peer.address === undefined) continue;
      return fail(noRoute(host, peer.address));
    }
    found.set(device, [...(found.get(device) ?? []), peer]);
  }
  return found.size === 0 ? fail(noRoute(host, undefined)) : ok(found);
}

export interface Wish {
  host: string;
  fault: string;
  devices: readonly string[];
  ways: readonly Way[];
}

const NEEDED: Readonly<Record<Way, readonly Ability[]>> = {
  out: ['netem', 'prio'],
  in: ['netem', 'ifb', 'ingress', 'mirred'],
};

/** Where each part is, for a message. */
const MODULES: Readonly<Record<Ability, string>> = {
  netem: 'sch_netem',
  prio: 'sch_prio',
  ifb: 'ifb',
  ingress: 'sch_ingress',
  mirred: 'act_mirred',
  flower: 'cls_flower',
  u32: 'cls_u32',
};

/** What the kernel lacks for netem on traffic that goes these ways. */
export function lacking(ways: readonly Way[], { can }: Devices): string[] {
  const needed = [...new Set(ways.flatMap((way) => NEEDED[way]))].filter((one) => !can.has(one));
  const classifier = can.has('flower') || can.has('u32') ? [] : (['flower'] as const);
  return [...needed, ...classifier].map((one) => MODULES[one]);
}

export const classifierOf = ({ can }: Devices): Classifier => (can.has('flower') ? 'flower' : 'u32');

/** Whether netem can be hung on the interfaces now: nothing of anybody is there, and the kernel has the parts. */
export function free(wish: Wish, looked: Devices): Result<void> {
  const lacks = lacking(wish.ways, looked);
  if (lacks.length > 0) return fail(noModule(wish, { lacks, kernel: looked.kernel }));
  for (const device of wish.devices) {
    const problem = taken(wish, looked, device);
    if (problem !== undefined) return fail(problem);
  }
  return ok(undefined);
}

function taken(wish: Wish, looked: Devices, device: string): Problem | undefined {
  const ours = looked.ours.get(device);
  const foreign = wish.ways.includes('out') ? looked.foreign.get(device) : undefined;
  const ingress = wish.ways.includes('in') ? looked.ingress.get(device) : undefined;
  if (looked.absent.has(device)) return noDevice(wish, device);
  if (ours !== undefined) return isOurs(wish, { device, ours });
  if (foreign !== undefined) return isForeign(wish, { device, what: `the root qdisc ${foreign}` });
  return ingress === undefined ? undefined : isForeign(wish, { device, what: `the qdisc ${ingress}` });
}

const noRoute = (host: string, address: string | undefined): Problem => ({
  code: 'target-unsuitable',
  message: `The host ${host} has no ${address === undefined ? 'default route' : `route to ${address}`}, so it does not say which interface is meant`,
  fix: 'Write `interface`.',
});

const noDevice = ({ host }: Wish, device: string): Problem => ({
  code: 'target-missing',
  message: `The host ${host} has no interface ${device}`,
  fix: 'Write one that `ip link` shows there.',
});

const noModule = (
  { host, fault }: Wish,
  { lacks, kernel }: { lacks: string[]; kernel: string },
): Problem => ({
  code: 'target-unsuitable',
  message: `${fault} needs ${lacks.join(', ')}, and the kernel of the host ${host} (${kernel}) does not have ${lacks.length === 1 ? 'it' : 'them'}`,
  fix: 'Use a kernel with these modules: Debian’s and Ubuntu’s linux-image packages have them (Ubuntu’s minimal ones: linux-modules-extra), Fedora and RHEL have them in kernel-modules-extra. `network.loss` and `network.partition` need none of them.',
});

const isOurs = ({ host }: Wish, { device, ours }: { device: string; ours: string }): Problem => ({
  code: 'target-unsuitable',
  message: `${device} of the host ${host} already has a network fault of ours: ${ours === '' ? 'one whose record is lost' : ours}`,
  fix: 'Wait until it is over, or end it: `aftershock heal`. Two faults at a time need two interfaces, or `network.partition` as one of them.',
});

const isForeign = ({ host }: Wish, { device, what }: { device: string; what: string }): Problem => ({
  code: 'target-unsuitable',
  message: `${device} of the host ${host} has ${what}, which somebody set up: it could not be brought back as it was`,
  fix: 'Choose another interface or host, or take it away first. `network.loss` and `network.partition` do without.',
});
