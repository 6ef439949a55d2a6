import type { Preflight } from '../hosts/preflight.ts';
import { peersOf } from './address.ts';
import type { Flow } from './flow.ts';
import type { Traffic } from './params.ts';

/** What becomes of our own way to the host. */
export interface Control {
  /** Let through before anything else. */
  kept?: Flow;
  /** It may be cut. */
  cuts: boolean;
  note?: string;
}

/** Our own connection over ssh, as the host sees it: by our address and its ssh port, so that a new one passes too. */
export function controlOf({ controller }: Pick<Traffic, 'controller'>, host: Preflight): Control {
  if (host.kind !== 'ssh') return { cuts: false };
  if (controller === 'cut') return { cuts: true, note: 'Our own connection to the host is not let through.' };
  const kept = keptOf(host);
  if (kept === undefined) {
    return {
      cuts: true,
      note: 'The host does not say by which connection we come, so it cannot be let through.',
    };
  }
  const { address = '', localPorts } = kept;
  return {
    kept,
    cuts: false,
    note: `Our own connection is let through first: everything between ${address} and port ${localPorts[0]?.from} of the host, both ways.`,
  };
}

function keptOf({ peer }: Preflight): Flow | undefined {
  if (peer === undefined) return undefined;
  const { client, serverPort } = peer;
  // sshd says `::ffff:10.0.0.1` where one socket serves both families, and `fe80::1%eth0` with the link.
  const peers = peersOf(client.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, ''));
  const known = Number.isInteger(serverPort) && serverPort >= 1 && serverPort <= 65_535;
  if (peers?.address === undefined || peers.address.includes('/') || !known) return undefined;
  return { ...peers, protocol: 'tcp', ports: [], localPorts: [{ from: serverPort, to: serverPort }] };
}
