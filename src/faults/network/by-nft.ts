import type { HostPlan } from '../hosts/fault.ts';
import type { Preflight } from '../hosts/preflight.ts';
import { hostText } from '../hosts/text.ts';
import { attemptsFor } from './attempts.ts';
import { controlOf } from './controller.ts';
import { flowsOf, waysOf } from './flow.ts';
import type { Routed } from './look.ts';
import { chainsOf, type Rules } from './nft.ts';
import type { Traffic } from './params.ts';
import { pingsFor } from './pings.ts';
import { nftScripts } from './scripts-of.ts';

/** What our table is to do; `loss` in percent, all of it unless told. */
export function rulesFor(
  given: Traffic,
  { host, peers, loss }: { host: Preflight; peers: readonly Routed[]; loss?: number },
): Rules {
  const { kept } = controlOf(given, host);
  return {
    flows: flowsOf(given, peers),
    ways: waysOf(given),
    ...(loss === undefined ? {} : { perMillion: Math.round(loss * PER_PERCENT) }),
    ...(kept === undefined ? {} : { kept }),
    ...(given.interface === undefined ? {} : { interface: given.interface }),
  };
}

const PER_PERCENT = 10_000;

/** What a table of ours does: one transaction makes it, one command takes it away. `what`: in words, for the proof. */
export function planByNft(rules: Rules, what: string): HostPlan {
  const chains = chainsOf(rules);
  const { flows, ways, perMillion } = rules;
  const attempts = attemptsFor(flows, ways);
  const pings = perMillion === undefined ? 1 : pingsFor(perMillion / PER_PERCENT, attempts);
  return {
    inject: hostText(nftScripts.inject, [chains.join('\n')]),
    undo: hostText(nftScripts.undo),
    probe: hostText(nftScripts.probe, [what, String(pings), ...attempts.flat()]),
    does: [
      'nft -f - <<EOF',
      'create table inet aftershock_$tag',
      'table inet aftershock_$tag {',
      ...chains,
      '}',
      'EOF',
    ],
    undoes: ['nft delete table inet aftershock_$tag'],
  };
}
