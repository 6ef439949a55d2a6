import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import type { Json } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { placedScript } from '../hosts/place.ts';
import type { Preflight } from '../hosts/preflight.ts';
import { hostText } from '../hosts/text.ts';
import type { Peers } from './address.ts';
import { controlOf } from './controller.ts';
import { type Flow, rangesOf } from './flow.ts';
import { lookAtWays, type Ways } from './look.ts';
import { type Ports, to, traffic } from './params.ts';
import { resetScripts } from './scripts-of.ts';
import { shownWays } from './shown.ts';

const params = z
  .strictObject({
    to: to.exactOptional(),
    ...traffic,
  })
  .refine(
    ({ to: peers, ports, local_ports }) =>
      peers !== undefined || ports !== undefined || local_ports !== undefined,
    { message: 'say which connections: `to`, `ports` or `local_ports`' },
  );
type Params = z.infer<typeof params>;

interface Looked extends Ways {
  /** Whether the kernel can end connections; unknown where it does not say. */
  destroys: 'yes' | 'no' | 'unknown';
}

/** There is no ssh connection of ours to keep. */
const SESSIONS = 'ssh sessions into this machine are connections as any other, and break where they match.';

export const networkReset = hostFault<Params & { [key: string]: Json }, WholeHost, Looked>({
  name: 'network.reset',
  summary: 'Resets TCP connections of a host: both ends see them break at once.',
  duration: 'instant',
  undoKind: 'self-heals',
  params,
  target: wholeHost,
  example: [
    '- id: broken',
    '  fault: network.reset',
    '  target: { host: pg1 }',
    '  with: { to: [10.0.0.11], ports: [5432] }',
  ].join('\n'),
  page: {
    does: 'Ends the TCP connections of the host that match (`ss -K`): its program gets ECONNABORTED, the peer a RST. New ones are made as ever. Our own ssh connection is not among them, unless `controller: cut` is written or the host does not say which it is.',
    proof: 'The very sockets that matched (by the kernel’s cookies) are gone. It refuses where none matches.',
    blade: 'ChaosBlade has none.',
    notes: [
      `On a host of kind \`local\`: ${SESSIONS}`,
      'With `controller: cut` the act can end the connection by which it is asked for; the run may then take it as failed.',
      'Listening sockets stay, and so do connections of other network namespaces (containers): those are hosts of kind netns.',
    ],
  },
  kinds: ['ssh', 'local', 'netns'],
  root: true,
  tools: () => ['ss', 'ip', 'grep', 'zcat', 'wc'],
  look: lookForReset,
  shown: { looked: { ...shownWays('10.0.0.11'), destroys: 'yes' } },
  plan,
});

const lookScript = placedScript(scriptFile(import.meta.dirname, 'destroys.sh'));

async function lookForReset(
  host: Host,
  { params: given }: { params: Params },
  signal: AbortSignal,
): Promise<Result<Looked>> {
  const ways = await lookAtWays(host, given.to, signal);
  if (!ways.ok) return ways;
  const what = { script: lookScript, doing: 'look at its kernel', code: 'system-unreachable' as const };
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  const said = ran.value.stdout.trim();
  return ok({ ...ways.value, destroys: said === 'yes' || said === 'no' ? said : 'unknown' });
}

function plan({ params: given, host, looked }: Wanted<Params, Looked>): Result<HostPlan> {
  if (looked.destroys === 'no') return fail(cannot(host));
  const control = controlOf(given, host);
  const peers = given.to === undefined ? [] : looked.peers;
  const filter = filterOf({ peers, given, ...(control.kept === undefined ? {} : { kept: control.kept }) });
  const shown = `'${filter}'`;
  return ok({
    inject: hostText(resetScripts.inject, [filter]),
    undo: hostText(resetScripts.undo),
    probe: hostText(resetScripts.probe, [filter]),
    does: [`ss -K -t ${STATES} ${shown}`],
    undoes: ['(nothing: new connections are made as ever)'],
    notes: [
      ...looked.names,
      ...(control.note === undefined ? [] : [control.note]),
      ...(host.kind === 'local' ? [SESSIONS] : []),
    ],
    cutsControlPath: control.cuts,
  });
}

/** Those that carry something; sockets that listen, or have ended, are none. */
const STATES = 'state connected exclude time-wait';

interface Wish {
  peers: readonly Peers[];
  given: Pick<Params, 'ports' | 'local_ports'>;
  kept?: Flow;
}

/** A filter of ss(8). */
export function filterOf({ peers, given, kept }: Wish): string {
  const parts = [
    anyOf(peers.map(hostCondition)),
    anyOf(rangesOf(given.ports).map((ports) => portCondition('dport', ports))),
    anyOf(rangesOf(given.local_ports).map((ports) => portCondition('sport', ports))),
    ...(kept === undefined ? [] : [`not ( ${keptCondition(kept)} )`]),
  ];
  return parts.filter((part) => part !== '').join(' and ');
}

const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `( ${conditions.join(' or ')} )`;

const hostCondition = ({ family, address }: Peers): string =>
  family === 'ip' ? `dst ${address ?? '0.0.0.0/0'}` : `dst [${address ?? '::/0'}]`;

const portCondition = (side: 'dport' | 'sport', { from, to: last }: Ports): string =>
  from === last ? `${side} = :${from}` : `( ${side} >= :${from} and ${side} <= :${last} )`;

const keptCondition = ({ localPorts, ...peer }: Flow): string =>
  `${hostCondition(peer)} and ${localPorts.map((ports) => portCondition('sport', ports)).join(' or ')}`;

const cannot = ({ name }: Preflight) => ({
  code: 'target-unsuitable' as const,
  message: `The kernel of the host ${name} cannot end connections: it was built without CONFIG_INET_DIAG_DESTROY`,
  fix: 'Use a kernel that has it (Debian’s and Ubuntu’s do), or `network.partition` with `ports`.',
});
