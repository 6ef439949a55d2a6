import { parse } from 'yaml';
import { type HostFaultFacts, type HostKind, type HostPlan, hostFacts } from '../faults/hosts/fault.ts';
import { packageOf } from '../faults/hosts/tools.ts';
import type { AnyFault } from '../model/contracts/fault.ts';

/** A fault on hosts as its pages show it: what it says of itself, and what its example would do. */
export interface ShownFault {
  facts: HostFaultFacts;
  plan?: HostPlan;
  /** A reboot of the host would leave what the example does. */
  lasting: boolean;
  /** Programs that the example needs, with the Debian packages that bring them. */
  tools: string[];
  /** The kinds of host on which it is refused. */
  withouts: { kind: HostKind; why: string }[];
}

const kinds: readonly HostKind[] = ['ssh', 'local', 'netns'];

/** Undefined for a fault that is not made by `hostFault`. */
export function shownFault(fault: AnyFault): ShownFault | undefined {
  const facts = hostFacts(fault);
  if (facts === undefined) return undefined;
  const [entry] = parse(fault.example) as [{ target: { host: string | string[] }; with?: unknown }];
  const params = fault.params.parse(entry.with ?? {});
  const [host = ''] = [entry.target.host].flat();
  const plan = facts.shown({ host, params });
  return {
    facts,
    ...(plan === undefined ? {} : { plan }),
    lasting: facts.lasting(params),
    tools: facts.tools(params).map((tool) => {
      const brings = packageOf(tool);
      return brings === tool ? tool : `${tool} (${brings})`;
    }),
    withouts: kinds
      .filter((kind) => !facts.kinds.includes(kind))
      .map((kind) => ({ kind, why: facts.why[kind] ?? 'not there' })),
  };
}
