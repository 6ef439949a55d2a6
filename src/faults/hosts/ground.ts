import type { Ground } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { factsOf, type HostFacts } from '../../reach/hosts/facts.ts';
import { giveLock, renewLock, takeLock } from './lock.ts';
import { recordsOn } from './record.ts';

/** One host as what a run breaks: its lock and the records of what runs did, both kept on the host. */
export function hostGround(name: string): Ground {
  const on = async <T>(world: World, act: (host: Host) => Promise<Result<T>>): Promise<Result<T>> => {
    const host = world.host(name);
    return host.ok ? act(host.value) : host;
  };
  return {
    name: `host ${name}`,
    lock: (world, holder, signal) => on(world, (host) => takeLock(host, holder, signal)),
    renew: (world, holder, signal) => on(world, (host) => renewLock(host, holder, signal)),
    unlock: (world, holder, signal) => on(world, (host) => giveLock(host, holder, signal)),
    leftovers: (world, signal) => on(world, (host) => recordsOn(host, signal)),
    snapshot: (world, signal) =>
      on(world, async (host) => {
        const facts = await factsOf(host, signal);
        const seen = facts.ok ? shown(host, facts.value) : { unread: facts.problem.message };
        return ok({ hosts: { [name]: seen } });
      }),
  };
}

/** As JSON, for the recording. */
function shown(host: Host, { clock, peer, tools, ...facts }: HostFacts): JsonObject {
  return {
    where: host.where,
    ...facts,
    tools: [...tools],
    ...(peer === undefined ? {} : { peer: { ...peer } }),
    ...(clock === undefined ? {} : { clock: { ...clock } }),
  };
}
