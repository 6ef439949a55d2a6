import type { HostPlan } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';
import { attemptsFor } from './attempts.ts';
import { chainsOf, type Rules } from './nft.ts';
import { nftScripts } from './scripts-of.ts';

/** What a table of ours does: one transaction makes it, one command takes it away. `what`: in words, for the proof. */
export function planByNft(rules: Rules, what: string): HostPlan {
  const chains = chainsOf(rules);
  const attempts = attemptsFor(rules.flows, rules.ways);
  const pings = rules.perMillion === undefined ? '1' : '10';
  return {
    inject: hostText(nftScripts.inject, [chains.join('\n')]),
    undo: hostText(nftScripts.undo),
    probe: hostText(nftScripts.probe, [what, pings, ...attempts]),
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
