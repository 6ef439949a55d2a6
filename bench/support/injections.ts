import { exec } from '../../src/faults/exec/exec.ts';
import type { Host, World } from '../../src/model/contracts/world.ts';
import type { Injection } from '../../src/model/injection.ts';
import { ok, type Problem, type Result } from '../../src/model/result.ts';
import { worldOf } from '../../src/reach/world.ts';

/** The value of a step that a benchmark cannot go on without. */
export function need<T>(result: Result<T, Problem>): T {
  if (!result.ok) throw new Error(`${result.problem.message} ${result.problem.fix ?? ''}`);
  return result.value;
}

export const worldWith = (host: Host): World => worldOf({ host: () => ok(host) });

/** The cheapest fault there is on a host: a file that is made and removed. */
export async function cheapInjection(
  world: World,
  { host, number, lease_s }: { host: string; number: number; lease_s: number },
  signal: AbortSignal,
): Promise<Injection> {
  const file = `/tmp/aftershock-bench-${process.pid}-${number}`;
  const params = {
    inject: `: >${file}`,
    undo: `rm -f ${file}`,
    probe: `test -e ${file}`,
    reboot: 'undoes',
    cuts_us_off: false,
  };
  const [target] = need(await exec.resolve(world, { target: { host }, params }, signal)).found;
  if (target === undefined) throw new Error(`no target on ${host}`);
  const { undo } = need(await exec.prepare(world, { target, params }, signal));
  const run = `bench-${process.pid}`;
  const id = `${run}.file.${number}`;
  return { id, run, entry: 'file', fault: exec.name, target, params, undo, deadline_s: 600, lease_s };
}

/** Arms, acts, and sees the effect. */
export async function make(world: World, injection: Injection, signal: AbortSignal): Promise<void> {
  if (exec.arm !== undefined) need(await exec.arm(world, injection, signal));
  need(await exec.act(world, injection, signal));
  const look = await exec.effect(world, injection, signal);
  if (look.is !== 'yes') throw new Error(`no effect: ${look.evidence}`);
}
