import pLimit from 'p-limit';
import type { Candidates } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { askHost } from './preflight.ts';

/** So many hosts are asked at once: where all are namespaces of one machine, more would keep each other from answering. */
const ASKED_AT_ONCE = 16;

/** Hosts as targets of a fault: each named with its machine. */
export async function theHost(
  world: World,
  { host: names }: { host: string | string[] },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const limit = pLimit(ASKED_AT_ONCE);
  const asking = [...new Set([names].flat())].map((name) => limit(() => named(world, name, signal)));
  const targets = await Promise.all(asking);
  const failed = targets.find((target) => !target.ok);
  return failed ?? ok({ found: targets.flatMap((target) => (target.ok ? [target.value] : [])) });
}

async function named(world: World, name: string, signal: AbortSignal): Promise<Result<Target>> {
  const host = world.host(name);
  return host.ok ? hostTarget(host.value, {}, signal) : host;
}

/** The host itself, with what a fault must know of it later beside its name. */
export async function hostTarget(
  host: Host,
  detail: JsonObject,
  signal: AbortSignal,
): Promise<Result<Target>> {
  const asked = await askHost(host, [], signal);
  if (!asked.ok) return asked;
  const { name } = host;
  return ok({
    kind: 'host',
    name: `host ${name}`,
    id: `${asked.value.machine}/${name}`,
    // The name by which `limits.protect` may know it.
    detail: { ...detail, host: name, protectedAs: `host/${name}` },
  });
}
