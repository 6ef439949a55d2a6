import { join, resolve } from 'node:path';
import { hostGround } from '../faults/hosts/ground.ts';
import { kubernetesGround } from '../faults/kubernetes/ground.ts';
import type { Reached } from '../guard/heal.ts';
import type { Ground } from '../model/contracts/fault.ts';
import type { Host, World } from '../model/contracts/world.ts';
import type { SystemUse } from '../model/experiment.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { openHost } from '../reach/hosts/open.ts';
import { connectKubernetes } from '../reach/kubernetes/connect.ts';
import { noHost, worldOf } from '../reach/world.ts';

/** A system reached: the world as its faults and signals see it, and in words where it is. */
export interface Connected extends Reached {
  where: string;
  /** Ends the connections that are kept open to hosts. */
  close(): Promise<void>;
}

/** Connects to a system's cluster and hosts; a Problem says what of it cannot be reached. */
export async function connect(use: SystemUse): Promise<Result<Connected>> {
  const cluster = use.kubernetes === undefined ? undefined : await connectCluster(use.kubernetes);
  if (cluster?.ok === false) return cluster;
  const hosts = hostsOf(use);
  const parts = [...(cluster === undefined ? [] : [cluster.value]), ...(hosts === undefined ? [] : [hosts])];
  return ok({
    world: worldOf(Object.assign({}, ...parts.map(({ world }) => world))),
    grounds: parts.flatMap(({ grounds }) => grounds),
    where: parts.length === 0 ? 'no cluster and no host' : parts.map(({ where }) => where).join('; '),
    close: async () => void (await Promise.all(parts.map((part) => part.close?.()))),
  });
}

/** Connects again and again for somebody, and ends all of it at the end. */
export function remembering(connectTo: (use: SystemUse) => Promise<Result<Connected>>): {
  connect: (use: SystemUse) => Promise<Result<Connected>>;
  close: () => Promise<void>;
} {
  const reached: Connected[] = [];
  return {
    connect: async (use) => {
      const connected = await connectTo(use);
      if (connected.ok) reached.push(connected.value);
      return connected;
    },
    close: async () => void (await Promise.all(reached.map((one) => one.close()))),
  };
}

/**
 * Connects for an undo: a cluster that cannot be reached keeps nobody from what needs none, and is a Problem for the
 * faults that do. With `again` each of their tries makes for the cluster anew, so that a later one finds it.
 */
export async function reconnect(use: SystemUse, { again = false } = {}): Promise<Result<Connected>> {
  const whole = await connect(use);
  if (whole.ok || use.kubernetes === undefined) return whole;
  const { kubernetes, ...others } = use;
  const rest = await connect(others);
  if (!rest.ok) return rest;
  const cluster = again ? lateCluster(kubernetes, whole.problem) : () => fail(whole.problem);
  return ok({
    ...rest.value,
    world: { ...rest.value.world, kubernetes: cluster },
    grounds: [kubernetesGround, ...rest.value.grounds],
    missing: whole.problem,
  });
}

/** A cluster that is not there yet: it is made for whenever somebody asks for it, and found by the next who asks. */
function lateCluster(use: NonNullable<SystemUse['kubernetes']>, problem: Problem): World['kubernetes'] {
  let found: ReturnType<World['kubernetes']> = fail(problem);
  let isTrying = false;
  const look = async (): Promise<void> => {
    const cluster = await connectKubernetes(use);
    if (cluster.ok) found = cluster;
  };
  return () => {
    if (!found.ok && !isTrying) {
      isTrying = true;
      void look()
        .catch(() => undefined)
        .finally(() => {
          isTrying = false;
        });
    }
    return found;
  };
}

interface Part {
  world: Partial<World>;
  grounds: Ground[];
  where: string;
  close?(): Promise<void>;
}

async function connectCluster(use: NonNullable<SystemUse['kubernetes']>): Promise<Result<Part, Problem>> {
  const api = await connectKubernetes(use);
  if (!api.ok) return api;
  const { context, server, namespace } = api.value.about;
  return ok({
    world: { kubernetes: () => ok(api.value) },
    grounds: [kubernetesGround],
    where: `cluster ${context} (${server}), namespace ${namespace}`,
  });
}

/** Every process of aftershock has one of these in its command line: runs, guardians, the servers of labs. */
const ours = [join(import.meta.dirname, 'main.ts'), resolve(import.meta.dirname, '../labs/serve.ts')];

/** Nothing is asked of a host before it is needed. */
function hostsOf({ hosts: uses = {} }: SystemUse): Part | undefined {
  const names = Object.keys(uses).sort();
  if (names.length === 0) return undefined;
  const hosts = new Map<string, Host>(
    Object.entries(uses).map(([name, use]) => [name, openHost(name, use, ours)]),
  );
  return {
    world: {
      host: (name) => {
        const host = hosts.get(name);
        return host === undefined ? fail(noHost(name, names)) : ok(host);
      },
    },
    grounds: names.map(hostGround),
    where: names.map((name) => `host ${name} (${hosts.get(name)?.where})`).join(', '),
    close: async () => void (await Promise.all([...hosts.values()].map((host) => host.close?.()))),
  };
}
