import { z } from 'zod';
import type { Candidates } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { runScript, scriptFile, scriptOf } from '../../reach/hosts/script.ts';
import { hostTarget } from '../hosts/target.ts';

/** The text of one of our scripts. */
export const serviceFile = (name: string): string => scriptFile(import.meta.dirname, name);

/** A script over units of systemd. */
export const unitScript = (name: string): string => `${serviceFile('unit.sh')}\n${serviceFile(name)}`;

const lookScript = scriptOf(serviceFile('look.sh'));

const OTHER_UNITS = /\.(?:socket|timer|target|mount|automount|slice|scope|path|device|swap)$/;

/** `target:` of a fault on a service. */
export const serviceTarget = z.strictObject({
  host: z.string().trim().min(1).describe('A host of the system file'),
  unit: z
    .string()
    .trim()
    // systemd.unit(5): "Valid unit names".
    .regex(
      /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/,
      'must be the name of a unit, such as nginx or postgresql@15-main',
    )
    .max(240)
    .refine(
      (name) => !OTHER_UNITS.test(name),
      'must be a service: what a socket or timer starts has a name of its own',
    )
    .describe('The service: nginx, or nginx.service'),
});
export type ServiceTarget = z.infer<typeof serviceTarget>;

const detailSchema = z.object({ host: z.string(), unit: z.string() });

/** The whole name of the unit, the one that systemd gives it. */
export const unitOf = ({ detail }: Target): string => detailSchema.parse(detail).unit;

/** A service as systemd knows it; the words are those of `systemctl show`. */
export interface Unit {
  id: string;
  load: string;
  active: string;
  sub: string;
  /** UnitFileState: enabled, disabled, static … */
  enabled: string;
  /** 0 where it has no main process. */
  pid: string;
  /** The start time of that process. */
  start: string;
  invocation: string;
  restarts: string;
  restart: string;
  restartAfter: string;
  transient: boolean;
  refusesStop: boolean;
  /** We run in it. */
  inside: boolean;
  /** Active units that stop when it stops. */
  with: readonly string[];
  /** Active units that would start it again: sockets, timers, paths. */
  triggers: readonly string[];
}

/** A unit for pages and tests: a service that runs and is enabled. */
export const plainUnit = (id: string): Unit => ({
  id,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  pid: '812',
  start: '4711',
  invocation: '9b6b298bb13440baac6945c2c631c13d',
  restarts: '0',
  restart: 'no',
  restartAfter: '100ms',
  transient: false,
  refusesStop: false,
  inside: false,
  with: [],
  triggers: [],
});

/** Reads what systemd on the host says of a unit; a Problem where there is no systemd, or no such unit. */
export async function lookAtUnit(host: Host, unit: string, signal: AbortSignal): Promise<Result<Unit>> {
  const exits = { 67: (said: string) => noUnit(host, unit, said) };
  const what = { script: lookScript, args: [unit], doing: `look at ${unit}`, exits };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return ran;
  const said = ran.value.stdout.split('\n').map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  const all = (key: string): string[] => said.filter(([name]) => name === key).map(([, value]) => value);
  const one = (key: string): string => all(key)[0] ?? '';
  if (one('Systemd') === 'no') return fail(noSystemd(host));
  if (one('LoadState') === 'not-found') return fail(noUnit(host, unit, ''));
  return ok({
    id: one('Id'),
    load: one('LoadState'),
    active: one('ActiveState'),
    sub: one('SubState'),
    enabled: one('UnitFileState'),
    pid: one('MainPID') === '' ? '0' : one('MainPID'),
    start: one('MainStart'),
    invocation: one('InvocationID'),
    restarts: one('NRestarts') === '' ? '0' : one('NRestarts'),
    restart: one('Restart'),
    restartAfter: one('RestartUSec'),
    transient: one('Transient') === 'yes',
    refusesStop: one('RefuseManualStop') === 'yes' || one('RefuseManualStart') === 'yes',
    inside: one('Inside') === 'yes',
    with: all('With'),
    triggers: all('Trigger'),
  });
}

/** The unit as a target: by its whole name, also where it was called by another of its names. */
export async function findUnit(
  world: World,
  { target }: { target: ServiceTarget },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const host = world.host(target.host);
  if (!host.ok) return host;
  const unit = await lookAtUnit(host.value, wholeName(target.unit), signal);
  return unit.ok ? serviceAsTarget(host.value, { unit: unit.value.id, called: target.unit }, signal) : unit;
}

/** A service by a name that nothing on the host is asked about. */
export async function serviceAsTarget(
  host: Host,
  { unit, called }: { unit: string; called: string },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const target = await hostTarget(host, {}, signal);
  if (!target.ok) return target;
  const [name, also] = [shortName(unit), shortName(called)];
  // Names by which `limits.protect` may know it.
  const detail = {
    ...target.value.detail,
    unit,
    protectedAs: `service/${name}`,
    ...(also === name ? {} : { alsoAs: `service/${also}` }),
    on: `host/${host.name}`,
  };
  return ok({ found: [{ kind: 'service', name: unit, id: `${target.value.id}/${unit}`, detail }] });
}

const wholeName = (name: string): string => (name.endsWith('.service') ? name : `${name}.service`);
const shortName = (name: string): string => name.replace(/\.service$/, '');

const noSystemd = ({ name }: Host): Problem => ({
  code: 'target-unsuitable',
  message: `The host ${name} has no systemd.`,
  fix: 'For service.stop and service.restart write its own commands: `with: { commands: { start, stop, status } }`; else use process.kill.',
});

const noUnit = ({ name }: Host, unit: string, said: string): Problem => ({
  code: 'target-missing',
  message: unit.includes('@.')
    ? `${unit} on the host ${name} is a template: it runs only as an instance.`
    : `There is no service ${unit} on the host ${name}.`,
  fix: unit.includes('@.')
    ? `Write one, such as ${unit.replace('@.', '@main.')}; \`systemctl list-units '${unit.replace('@.', '@*.')}'\` there shows them.`
    : '`systemctl list-units --type=service` there shows those that are.',
  ...(said === '' ? {} : { cause: said }),
});
