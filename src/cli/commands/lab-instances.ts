import type { Lab, LabState } from '../../labs/lab.ts';
import { labs } from '../../labs/registry.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { home } from '../home.ts';
import { unknownName } from '../names.ts';

/** Which labs a command is about; all of them where it says nothing. */
export interface Asked {
  name?: string;
  port?: number;
}

/** One instance of a lab: the lab at a port. */
export interface Instance {
  lab: Lab;
  port: number;
  /** Undefined where it is on its way, or was left behind by a crash. */
  state: LabState | undefined;
}

/** Reads the words of a command line that say which lab. */
export function askedFor(name: string | undefined, portText: string | undefined): Result<Asked> {
  const names = labs.map((candidate) => candidate.name);
  if (name !== undefined && !names.includes(name)) return fail(unknownName('lab', name, names));
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    return fail({
      code: 'usage',
      message: `--port ${portText} is no port`,
      fix: 'Give a number from 1 to 65535.',
    });
  }
  return ok({ ...(name === undefined ? {} : { name }), ...(port === undefined ? {} : { port }) });
}

/** All instances of what was asked for. */
export function instances({ name, port }: Asked): Instance[] {
  const at = home();
  return labs
    .filter((one) => name === undefined || one.name === name)
    .flatMap((one) => one.ports(at).map((its) => ({ lab: one, port: its })))
    .filter((one) => port === undefined || one.port === port)
    .map((one) => ({ ...one, state: one.lab.status({ home: at, port: one.port }) }));
}

/** The one instance that is meant: one that is up before one that is not; undefined where there is none. */
export function choose(asked: Asked): Result<Instance | undefined> {
  const found = instances(asked);
  const running = found.filter(({ state }) => state !== undefined);
  const candidates = running.length > 0 ? running : found;
  const atOwnPort = candidates.find((one) => asked.name !== undefined && one.port === one.lab.port);
  const chosen = candidates.length === 1 ? candidates[0] : atOwnPort;
  return chosen === undefined && candidates.length > 0 ? fail(severalUp(candidates)) : ok(chosen);
}

/** How a person tells an instance from others. */
export const nameOf = ({ lab: { name, port: own }, port }: Instance): string =>
  port === own ? name : `${name} on port ${port}`;

export function absent({ name, port }: Asked, verb: 'is' | 'was'): string {
  const where = port === undefined ? '' : ` on port ${port}`;
  return name === undefined ? `no lab ${verb} up${where}` : `${name} ${verb} not up${where}`;
}

function severalUp(found: readonly Instance[]): Problem {
  const commands = found.map(({ lab: { name }, port }) => `\`aftershock lab down ${name} --port ${port}\``);
  return {
    code: 'usage',
    message: `${found.length} labs are up: ${found.map(nameOf).join(', ')}`,
    fix: `Say which one: ${commands.join(' or ')}.`,
  };
}
