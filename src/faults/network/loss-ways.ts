import type { Host } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { askHost, type Preflight } from '../hosts/preflight.ts';
import { installText } from '../hosts/tools.ts';
import { rulesFor } from './by-nft.ts';
import { type LookedByTc, lookForTc } from './by-tc.ts';
import { waysOf } from './flow.ts';
import { byInterface, lacking } from './interfaces.ts';
import type { Traffic } from './params.ts';
import { lookAtTable, refusedText, tableFix } from './table-look.ts';
import { netemTools } from './words.ts';

export interface LookedForLoss extends LookedByTc {
  /** Why nftables does it; absent where netem does. */
  instead?: string;
}

interface Wish {
  params: Traffic & { loss: number };
  host: Preflight;
}

/** Looks which of its two ways a host offers: netem, or else nftables, which is asked only then. */
export async function lookForLoss(
  host: Host,
  { params: given, host: flight }: Wish,
  signal: AbortSignal,
): Promise<Result<LookedForLoss>> {
  const asked = await askHost(host, [...netemTools, 'nft'], signal);
  if (!asked.ok) return asked;
  const looked = await lookForTc(host, given, signal);
  if (!looked.ok) return looked;
  const missing = netemTools.filter((tool) => asked.value.missing.includes(tool));
  const why = missing.length > 0 ? notThere(missing) : withoutNetem(given, { looked: looked.value, host });
  if (why === undefined) return looked;
  const wish = { host, why, missing };
  if (asked.value.missing.includes('nft'))
    return fail(noWay(wish, { why: notThere(['nft']), fix: installText(['nft']) }));
  const rules = rulesFor(given, { host: flight, peers: looked.value.peers, loss: given.loss });
  const refused = await lookAtTable(host, rules, signal);
  if (!refused.ok) return refused;
  if (refused.value !== undefined)
    return fail(noWay(wish, { why: `it ${refusedText(refused.value)}`, fix: tableFix(refused.value) }));
  return ok({ ...looked.value, instead: why });
}

const notThere = (tools: readonly string[]): string =>
  `${tools.join(', ')} ${tools.length === 1 ? 'is' : 'are'} not there`;

/** Why netem cannot do it; undefined where it can, or where the plan says what is in the way of both. */
function withoutNetem(
  given: Traffic,
  { looked, host }: { looked: LookedByTc; host: Host },
): string | undefined {
  const ways = waysOf(given);
  const lacks = lacking(ways, looked);
  if (lacks.length > 0) return `the kernel (${looked.kernel}) has no ${lacks.join(', ')}`;
  const split = byInterface(looked.peers, { written: given.interface, host: host.name });
  const devices = split.ok ? [...split.value.keys()] : [];
  for (const device of devices) {
    const foreign = ways.includes('out') ? looked.foreign.get(device) : undefined;
    const ingress = ways.includes('in') ? looked.ingress.get(device) : undefined;
    const taken = foreign ?? ingress;
    if (taken !== undefined) return `${device} has somebody’s own qdisc (${taken})`;
  }
  return undefined;
}

interface Way {
  why: string;
  fix: string;
}

const noWay = (
  { host, why, missing }: { host: Host; why: string; missing: readonly string[] },
  table: Way,
): Problem => ({
  code: 'target-unsuitable',
  message: `network.loss goes by netem or by nftables, and the host ${host.name} offers neither: by netem not, because ${why}; by nftables not, because ${table.why}`,
  fix: `One of them is enough. For nftables: ${table.fix} For netem: ${missing.length > 0 ? installText(missing) : 'use a kernel with its modules (the linux-image packages of Debian and Ubuntu), and an interface without a qdisc of somebody’s own.'}`,
});
