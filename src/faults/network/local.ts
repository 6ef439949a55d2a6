import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import type { Preflight } from '../hosts/preflight.ts';
import type { Routed } from './look.ts';
import type { Traffic } from './params.ts';

/** What is refused before any plan: all of our own machine's traffic, and peers that are the host itself. */
export function allowed(
  params: Traffic,
  { host, peers }: { host: Preflight; peers: readonly Routed[] },
): Result<void> {
  const { ports, local_ports, interface: device, controller } = params;
  const everybody = peers.some(({ address }) => address === undefined);
  const narrowed = ports !== undefined || local_ports !== undefined || device !== undefined;
  if (host.kind === 'local' && everybody && !narrowed && controller === 'keep') return fail(allOfOurs(host));
  const itself = device === 'lo' ? undefined : peers.find((peer) => peer.device === 'lo');
  return itself === undefined ? ok(undefined) : fail(onItself(host, itself.address ?? ''));
}

const allOfOurs = ({ name }: Preflight): Problem => ({
  code: 'target-unsuitable',
  message: `This would be all traffic of the host ${name}, the machine that we run on: whoever works on it over the network would be cut off too`,
  fix: 'Write peers, `ports`, `local_ports` or `interface`; or `controller: cut` if all of it is meant.',
});

const onItself = ({ name }: Preflight, address: string): Problem => ({
  code: 'target-unsuitable',
  message: `${address} is an address of the host ${name} itself: its traffic never leaves it`,
  fix: 'Write the address of a peer; or `interface: lo` if traffic inside the host is meant.',
});
