import type { Host } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from '../hosts/place.ts';
import { type Peers, peersOf } from './address.ts';
import { EVERYBODY } from './flow.ts';

const script = (name: string): string => placedScript(scriptFile(import.meta.dirname, name));
const scripts = { look: script('look.sh'), devices: script('devices.sh') };

/** A peer, and the interface by which the host reaches it, where it knows a way. */
export interface Routed extends Peers {
  device?: string;
}

/** The peers of `to:`, pinned: names as the host resolves them now. */
export interface Ways {
  peers: Routed[];
  /** What was a name, and the addresses that it stands for: for the plan. */
  names: string[];
}

/** What a kernel can do with traffic. */
export type Ability = 'netem' | 'prio' | 'ifb' | 'ingress' | 'mirred' | 'flower' | 'u32';

/** What hangs on the interfaces now. */
export interface Devices {
  can: ReadonlySet<string>;
  kernel: string;
  absent: ReadonlySet<string>;
  /** Root qdiscs that are nobody's default: `htb 1:`. */
  foreign: ReadonlyMap<string, string>;
  /** Interfaces with a fault of ours, and its injection where its record is there. */
  ours: ReadonlyMap<string, string>;
  ingress: ReadonlyMap<string, string>;
}

/** Resolves and routes peers on a host; everybody goes by the interfaces of its default routes. */
export async function lookAtWays(
  host: Host,
  given: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Result<Ways>> {
  const what = { script: scripts.look, args: [...(given ?? [])], doing: 'look at its routes' };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return ran;
  const lines = wordsOf(ran.value.stdout);
  const defaults = { ip: deviceOf(lines, '4'), ip6: deviceOf(lines, '6') };
  const routed = (peers: Peers, device = ''): Routed => {
    const by = device === '' ? (peers.address === undefined ? defaults[peers.family] : '') : device;
    return { ...peers, ...(by === '' ? {} : { device: by }) };
  };
  if (given === undefined) return ok({ peers: EVERYBODY.map((one) => routed(one)), names: [] });
  const unknown = given.find((one) => !lines.some(([key, name]) => key === 'peer' && name === one));
  if (unknown !== undefined) return fail(notResolved(host, unknown));
  const found = lines.flatMap(([key, , address = '', device]) => {
    const peers = key === 'peer' ? peersOf(address) : undefined;
    return peers === undefined ? [] : [routed(peers, device)];
  });
  const names = given
    .filter((one) => peersOf(one) === undefined)
    .map(
      (one) =>
        `${one} is ${lines.flatMap(([key, name, address]) => (key === 'peer' && name === one ? [address] : [])).join(', ')} on the host ${host.name}`,
    );
  return ok({ peers: unique(found), names });
}

const wordsOf = (text: string): string[][] => text.split('\n').map((line) => line.split(' '));

const deviceOf = (lines: readonly string[][], family: string): string =>
  lines.find(([key, which]) => key === 'default' && which === family)?.[2] ?? '';

const unique = (peers: readonly Routed[]): Routed[] => [
  ...new Map(peers.map((one) => [`${one.family} ${one.address}`, one])).values(),
];

/** Looks at interfaces, and at what the kernel can do. */
export async function lookAtDevices(
  host: Host,
  devices: readonly string[],
  signal: AbortSignal,
): Promise<Result<Devices>> {
  const what = { script: scripts.devices, args: [...devices], doing: 'look at its interfaces' };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return ran;
  const lines = wordsOf(ran.value.stdout);
  const of = (wanted: string): string[][] =>
    lines.flatMap(([key, ...rest]) => (key === wanted ? [rest] : []));
  const map = (wanted: string): ReadonlyMap<string, string> =>
    new Map(of(wanted).map(([device = '', ...rest]) => [device, rest.join(' ')]));
  // What the kernel hangs there by itself has the handle 0: and comes back by itself.
  const foreign = [...map('root')].filter(([, qdisc]) => !qdisc.endsWith(' 0:'));
  return ok({
    can: new Set(of('can').map(([name = '']) => name)),
    kernel: of('kernel')[0]?.[0] ?? 'unknown',
    absent: new Set(of('absent').map(([device = '']) => device)),
    foreign: new Map(foreign),
    ours: map('ours'),
    ingress: map('ingress'),
  });
}

const notResolved = (host: Host, name: string): Problem => ({
  code: 'target-missing',
  message: `The host ${host.name} does not resolve the name ${name}`,
  fix: 'Write its address, or a name that this host itself resolves (`getent ahosts NAME` there): names of the system file mean nothing to it. /etc/hosts or DNS make one known.',
});
