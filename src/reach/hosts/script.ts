import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, HostFailure, HostRan, HostScript } from '../../model/contracts/world.ts';
import type { ProblemCode } from '../../model/problems.ts';
import { fail, type Problem, type Result } from '../../model/result.ts';

/** The first line of each script: by it the processes of our own scripts are known on a host. */
export const SCRIPT_MARK = '# aftershock: a script on a host';

/** The text of a file of `scripts/` beside the code that uses it. */
export const scriptFile = (directory: string, name: string): string =>
  readFileSync(join(directory, 'scripts', name), 'utf8');

const prelude = scriptFile(import.meta.dirname, 'host.sh');

/** A script of ours: what all of them need, then its own parts in order. */
export const scriptOf = (...parts: readonly string[]): string => [prelude, ...parts].join('\n');

/** What a script's exit codes mean, besides 0. */
export type Exits = Readonly<Record<number, (stderr: string) => Problem>>;

/** Runs a script whose exit code is 0 or one of `exits`; gives what it printed. */
export async function runScript(
  host: Host,
  what: HostScript & { doing: string; code: ProblemCode; exits?: Exits },
  signal: AbortSignal,
): Promise<Result<HostRan>> {
  const { doing, code, exits = {}, ...script } = what;
  const ran = await host.run(script, signal);
  if (!ran.ok) return fail(hostProblem(host, ran.problem, { doing, code }));
  if (ran.value.code === 0) return ran;
  const known = exits[ran.value.code] ?? commonExits(host)[ran.value.code];
  const cause = ran.value.stderr.trim();
  const problem = known?.(cause) ?? unexpected(host, { exit: ran.value.code, said: cause }, { doing, code });
  return fail(cause === '' ? problem : { cause, ...problem });
}

interface Doing {
  /** `read its processes`, after "could not". */
  doing: string;
  code: ProblemCode;
}

/** A host that did not run a script, in words. */
function hostProblem(host: Host, failure: HostFailure, { doing, code }: Doing): Problem {
  const where = host.kind === 'local' ? host.name : `${host.name} (${host.where})`;
  return {
    code,
    message: `We could not ${doing} on the host ${where}: ${failure.text}`,
    fix: failure.fix ?? nextSteps[failure.kind],
  };
}

const nextSteps: Readonly<Record<HostFailure['kind'], string>> = {
  unreachable: 'Look at the way there; then try again.',
  refused: 'Look at who may log in there; then try again.',
  lost: 'Look at the network between here and there; then try again.',
  timeout: 'Look at its load; then try again.',
  aborted: 'Try again.',
  failed: 'Look at its process limits (ulimit -u) and memory; then try again.',
};

/** Of what a script said the end: there it says why it ended. */
const SAID_LETTERS = 300;

/** What it said is part of the message: an abort's reason and a recording hold nothing else. */
function unexpected(
  host: Host,
  { exit, said }: { exit: number; said: string },
  { doing, code }: Doing,
): Problem {
  const why = said.replace(/\s*\n\s*/g, '; ').slice(-SAID_LETTERS);
  return {
    code,
    message: `We could not ${doing} on the host ${host.name}: ${why === '' ? `the script ended with exit code ${exit}` : why}`,
    fix: 'Look at what it said, and at the host.',
  };
}

/** Exit codes that all our scripts share; the numbers are those of sysexits.h where it has one. */
const commonExits = (host: Host): Exits => ({
  69: () => ({
    code: 'system-unreachable',
    message: `The host ${host.name} has no /proc: only Linux is known`,
    fix: 'Run aftershock on Linux.',
  }),
  73: () => ({
    code: 'rights-missing',
    message: `There is no folder on the host ${host.name} in which a record of what we do can be kept privately`,
    fix: 'Make /run/aftershock (as root), $XDG_RUNTIME_DIR/aftershock or /tmp/aftershock-UID a folder of this user, mode 0700, and no link.',
  }),
  127: (stderr) => ({
    code: 'rights-missing',
    message: `A program that we need is missing on the host ${host.name}: ${stderr}`,
    fix: 'Install it (Debian: util-linux, findutils, coreutils, grep).',
  }),
});
