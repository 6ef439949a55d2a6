import { spawn } from 'node:child_process';
import { resetMachines } from '../../labs/hosts/reset.ts';
import type { LabState } from '../../labs/lab.ts';
import { labs } from '../../labs/registry.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { report } from '../failing.ts';
import { interruptSignal } from '../interrupt.ts';
import { unknownName } from '../names.ts';
import { terminal } from '../terminal.ts';
import { askedFor, choose } from './lab-instances.ts';

interface PortOption {
  port?: string;
}

/** `aftershock lab reset NAME [MACHINE]`: as it was when the lab came up. */
export async function labReset(
  name: string,
  machine: string | undefined,
  options: PortOption,
): Promise<ExitCode> {
  const term = terminal();
  const found = machinesOf(name, machine, options);
  if (!found.ok) return report(term, [found.problem]);
  const { state, names } = found.value;
  const done = await resetMachines(
    state,
    names,
    interruptSignal(() => undefined),
  );
  if (!done.ok) return report(term, [done.problem]);
  term.out(
    `${names.join(' and ')} ${names.length === 1 ? 'is as it was' : 'are as they were'} when the lab came up`,
  );
  return exitCodes.asPredicted;
}

/** `aftershock lab exec NAME MACHINE -- COMMAND`: the exit code is the command's; without one, a shell. */
export async function labExec(
  where: { name: string; machine: string; command: readonly string[] },
  options: PortOption,
): Promise<number> {
  const { name, machine, command } = where;
  const found = machinesOf(name, machine, options);
  if (!found.ok) return report(terminal(), [found.problem]);
  const use = found.value.state.hosts?.[machine];
  if (use?.kind !== 'ssh') return report(terminal(), [noMachines(name)]);
  const config = use.config === undefined ? [] : ['-F', use.config];
  const child = spawn('ssh', [...config, use.destination, ...command.map(quoted)], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(report(terminal(), [noSsh(message)])));
    child.once('close', (code) => resolve(code ?? 255));
  });
}

/** What the lines of a lab that is up say of its machines. */
export function machineRows({ name, hosts = {}, nodePort }: LabState): (readonly [string, string])[] {
  const [first] = Object.values(hosts);
  if (first?.kind !== 'ssh') return [];
  const config = quoted(first.config ?? '');
  const own = nodePort === labs.find((one) => one.name === name)?.port;
  const at = own ? '' : ` --port ${nodePort}`;
  const written = own ? `lab: ${name}` : `lab: { name: ${name}, port: ${nodePort} }`;
  return [
    ['reach', `ssh -F ${config} ${first.destination} uptime`],
    ['as ops', `ssh -F ${config} ${first.destination}-ops sudo id`],
    ['clean again', `aftershock lab reset ${name}${at}`],
    ['system file', `${written} (it brings the hosts ${Object.keys(hosts).join(' and ')})`],
  ];
}

/** The lab that is up, and the machines that are meant: all of them where none is named. */
function machinesOf(
  name: string,
  machine: string | undefined,
  { port }: PortOption,
): Result<{ state: LabState; names: string[] }> {
  const asked = askedFor(name, port);
  if (!asked.ok) return asked;
  const chosen = choose(asked.value);
  if (!chosen.ok) return chosen;
  const state = chosen.value?.state;
  if (labs.find((one) => one.name === name)?.hosts === undefined) return fail(noMachines(name));
  if (state === undefined) return fail(notUp(name));
  const names = Object.keys(state.hosts ?? {});
  if (machine === undefined) return ok({ state, names });
  return names.includes(machine)
    ? ok({ state, names: [machine] })
    : fail(unknownName(`machine of the lab ${name}`, machine, names));
}

/** A word for a shell. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const notUp = (name: string): Problem => ({
  code: 'lab-failed',
  message: `the lab ${name} is not up`,
  fix: `Start it with \`aftershock lab up ${name}\`.`,
});

const noMachines = (name: string): Problem => ({
  code: 'usage',
  message: `the lab ${name} has no machines`,
  fix: `Name one that has: ${labs
    .filter(({ hosts }) => hosts !== undefined)
    .map((one) => one.name)
    .join(', ')}.`,
});

const noSsh = (cause: string): Problem => ({
  code: 'lab-failed',
  message: 'ssh could not be started',
  cause,
  fix: 'Install it: `sudo apt-get install openssh-client`.',
});
