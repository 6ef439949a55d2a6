import { z } from 'zod';
import type { Candidates } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { runScript, scriptOf } from '../../reach/hosts/script.ts';
import type { HostKind, HostPlan } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';
import { carries } from './suitable.ts';
import {
  findUnit,
  lookAtUnit,
  type ServiceTarget,
  serviceAsTarget,
  serviceFile,
  type Unit,
  unitOf,
} from './unit.ts';

const command = z.string().trim().min(1);

/** `with.commands:` of a service that systemd does not know. */
const commands = z
  .strictObject({
    start: command.describe('Starts it: a command for `sh -c` there, which ends with exit code 0'),
    stop: command.describe('Stops it'),
    status: command.describe('Exit code 0 where it runs, 1 to 3 where it does not, any other: not sure'),
  })
  .describe('Instead of systemd: how it is started, stopped and looked at');
export type Commands = z.infer<typeof commands>;

/** `with:` of the faults that can go by commands. */
export const commandsParams = z.strictObject({ commands: commands.exactOptional() });
export type CommandsParams = z.infer<typeof commandsParams>;

/** What stands there before: the unit, or nothing beyond that the command under `status` said that it runs. */
export type LookedAt = { by: 'systemd'; unit: Unit } | { by: 'commands'; commands: Commands };

const withCommands = (name: string): string => `${serviceFile('commands.sh')}\n${serviceFile(name)}`;
const scripts = {
  status: scriptOf(withCommands('status.sh')),
  stop: withCommands('commands-stop.sh'),
  start: withCommands('commands-start.sh'),
  restart: withCommands('commands-restart.sh'),
  probe: withCommands('commands-probe.sh'),
};

/** The unit of systemd, or, with commands, the service by the name that it was given. */
export async function findService(
  world: World,
  { target, params }: { target: ServiceTarget; params: CommandsParams },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  if (params.commands === undefined) return findUnit(world, { target }, signal);
  const host = world.host(target.host);
  return host.ok ? serviceAsTarget(host.value, { unit: target.unit, called: target.unit }, signal) : host;
}

/** Looks at the unit, or asks the command under `status`: a service that does not run is a Problem. */
export async function lookAtService(
  host: Host,
  { target, params }: { target: Target; params: CommandsParams },
  signal: AbortSignal,
): Promise<Result<LookedAt>> {
  const unit = unitOf(target);
  if (params.commands === undefined) {
    const looked = await lookAtUnit(host, unit, signal);
    return looked.ok ? ok({ by: 'systemd', unit: looked.value }) : looked;
  }
  const what = { script: scripts.status, args: [params.commands.status], doing: `look at ${unit}` };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return ran;
  if (ran.value.stdout.startsWith('yes')) return ok({ by: 'commands', commands: params.commands });
  return fail({
    code: 'target-unsuitable',
    message: `${unit} does not run on the host ${host.name}: the command under status ended with ${ran.value.stdout.trim().replace(/^\w+ /, '')}.`,
    fix: 'Start it first; or write a status that ends with exit code 0 while it runs, and with 1 to 3 while it does not.',
  });
}

/** A stop or a restart by the user's own commands. */
export function planCommands(
  { start, stop, status }: Commands,
  { verb, unit, kind }: { verb: 'stop' | 'restart'; unit: string; kind: HostKind },
): HostPlan {
  const cut = carries(unit, kind);
  return {
    inject:
      verb === 'stop' ? hostText(scripts.stop, [stop]) : hostText(scripts.restart, [start, stop, status]),
    undo: hostText(scripts.start, [start, status]),
    probe: hostText(scripts.probe, [status, verb]),
    does: verb === 'stop' ? [stop] : [stop, start],
    undoes: [`${status} || ${start}`],
    notes: [
      'After a reboot meanwhile the machine starts what it starts: only systemd undoes it at boot.',
      ...(cut === undefined ? [] : [cut]),
    ],
    cutsControlPath: cut !== undefined,
  };
}
