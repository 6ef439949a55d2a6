import type { Candidates } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { askHost } from './preflight.ts';

/** A host as a target of a fault: pinned by its machine, so that another one of its name is never undone. */
export async function theHost(
  world: World,
  { host: name }: { host: string },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const host = world.host(name);
  if (!host.ok) return host;
  const target = await hostTarget(host.value, {}, signal);
  return target.ok ? ok({ found: [target.value] }) : target;
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
