import type { Peers } from './address.ts';
import { type Ports, portsOf, type Traffic } from './params.ts';

/** Some traffic with peers, as both filters of the kernel can say it: one family, at most one protocol. */
export interface Flow extends Peers {
  protocol?: 'tcp' | 'udp' | 'icmp';
  /** Of the peer. */
  ports: readonly Ports[];
  /** Of the host. */
  localPorts: readonly Ports[];
}

/** One way of the traffic, as the host sees it. */
export type Way = 'out' | 'in';

export const waysOf = ({ direction }: Pick<Traffic, 'direction'>): readonly Way[] =>
  direction === 'both' ? ['out', 'in'] : [direction];

/** Everybody, in both families. */
export const EVERYBODY: readonly Peers[] = [{ family: 'ip' }, { family: 'ip6' }];

/** The traffic that is meant: with each of the peers, by each protocol. */
export function flowsOf(
  { ports, local_ports, protocol }: Pick<Traffic, 'ports' | 'local_ports' | 'protocol'>,
  peers: readonly Peers[],
): Flow[] {
  const sides = { ports: rangesOf(ports), localPorts: rangesOf(local_ports) };
  const withPorts = sides.ports.length + sides.localPorts.length > 0;
  const protocols =
    protocol === undefined ? (withPorts ? (['tcp', 'udp'] as const) : [undefined]) : [protocol];
  return peers.flatMap((peer) =>
    protocols.map((one) => ({ ...peer, ...sides, ...(one === undefined ? {} : { protocol: one }) })),
  );
}

/** Sorted, and those that touch made one: a set of nft takes no overlap. */
export function rangesOf(given: readonly (string | number)[] = []): Ports[] {
  const sorted = given.flatMap((one) => portsOf(one) ?? []).sort((a, b) => a.from - b.from || a.to - b.to);
  const merged: Ports[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to + 1) last.to = Math.max(last.to, next.to);
    else merged.push({ ...next });
  }
  return merged;
}

export const rangeText = ({ from, to }: Ports): string => (from === to ? String(from) : `${from}-${to}`);
