import { randomBytes } from 'node:crypto';
import type { Host, HostFailure, HostScript } from '../../../model/contracts/world.ts';
import type { SshUse } from '../../../model/experiment.ts';
import { fail, ok, type Result } from '../../../model/result.ts';
import { overdue, type Ran, runChild } from '../child.ts';
import { SCRIPT_MARK, scriptFile } from '../script.ts';
import { type Master, type Masters, sshMasters } from './masters.ts';
import { sessionOptions, sshEnvironment, sshOptions, sshWords } from './options.ts';
import { quote } from './quote.ts';
import { shared } from './shared.ts';
import { sshTrouble, startTrouble, sudoTrouble } from './trouble.ts';

/** A script over ssh has longer than one here: the way there, and a machine that a fault keeps busy. */
const DEADLINE_MS = 20_000;

/** A machine over the system's OpenSSH; scripts share connections that open when they are needed. */
export function sshHost(name: string, use: SshUse, ours: readonly string[]): Host {
  const masters = sshMasters(use);
  return {
    name,
    kind: 'ssh',
    where: `ssh ${sshWords(use)}`,
    ours,
    run: scriptRunner({ use, masters, sudo: sudoOf(use, masters) }),
    close: masters.close,
  };
}

interface Way {
  use: SshUse;
  masters: Masters;
  /** Whether scripts go through sudo there. */
  sudo: (signal: AbortSignal) => Promise<Result<boolean, HostFailure>>;
}

/** Nobody waits longer for a connection than for the script. */
const scriptRunner =
  (way: Way): Host['run'] =>
  async (script, signal) => {
    const { deadline_ms = DEADLINE_MS } = script;
    const until = performance.now() + deadline_ms;
    const over = new AbortController();
    const timer = Number.isFinite(deadline_ms) ? setTimeout(() => over.abort(), deadline_ms) : undefined;
    const opening = AbortSignal.any([signal, over.signal]);
    try {
      const going = await soonest(connected(way, opening), opening);
      if (going === undefined || (!going.ok && going.problem.kind === 'aborted')) {
        return fail(signal.aborted ? cancelled : silent(deadline_ms));
      }
      if (!going.ok) return going;
      const left = { ...script, deadline_ms: until - performance.now() };
      const ran = await session({ use: way.use, ...going.value }, left, signal);
      way.masters.give(going.value.master);
      if (ran.ok || ran.problem.kind === 'aborted') return ran;
      // The connection may be the reason: the next script gets another one.
      way.masters.abandon(going.value.master);
      return ran.problem.kind === 'timeout' ? fail(overdue(deadline_ms)) : ran;
    } finally {
      clearTimeout(timer);
    }
  };

const cancelled: HostFailure = { kind: 'aborted', text: 'the script was cancelled' };
const silent = (ms: number): HostFailure => ({
  kind: 'timeout',
  text: `there was no connection to the host within ${ms / 1_000} s`,
});

interface Going {
  master: Master;
  sudo: boolean;
}

async function connected({ masters, sudo }: Way, signal: AbortSignal): Promise<Result<Going, HostFailure>> {
  const privilege = await sudo(signal);
  if (!privilege.ok) return privilege;
  const master = await masters.take(signal);
  if (!master.ok) return master;
  if (!signal.aborted) return ok({ master: master.value, sudo: privilege.value });
  masters.give(master.value);
  return fail(cancelled);
}

/** What comes before the signal; undefined where nothing does. */
async function soonest<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const done = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}

/** Runs one script over a master. */
async function session(
  { use, master, sudo }: { use: SshUse; master: Master; sudo: boolean },
  given: HostScript & { deadline_ms: number },
  signal: AbortSignal,
): Promise<Ran> {
  const token = `aftershock-${randomBytes(12).toString('hex')}`;
  const input = payload(given, token);
  let hasBegun = false;
  const command = remoteCommand(Buffer.byteLength(input), sudo);
  const carrier = {
    command: 'ssh',
    args: [
      ...sshOptions(use, master.config),
      ...sessionOptions(master.socket),
      '--',
      use.destination,
      command,
    ],
    env: sshEnvironment(),
    input,
    holdsInput: true,
    begins: {
      after: token,
      onBegin: () => {
        hasBegun = true;
      },
    },
  };
  const ran = await runChild(carrier, given, signal);
  if (!ran.ok) return ran;
  const { code, stdout, stderr } = ran.value;
  const [, said = '', exit] = new RegExp(`^[^]*?${token}\\n([^]*)\\n${token} (\\d+)\\n`).exec(stderr) ?? [];
  if (exit !== undefined) return ok({ code: Number(exit), stdout, stderr: said });
  if (hasBegun) return fail(lost(code, stderr.replaceAll(token, '').trim()));
  if (code !== 255) return fail(startTrouble(stderr, { use, code }));
  // It may have begun, and its first word been lost.
  return fail({ ...sshTrouble(stderr, use), uncertain: true });
}

const lost = (code: number, said: string): HostFailure => ({
  kind: 'lost',
  text: `${code === 255 ? 'the connection was cut while the script ran' : `the shell that ran the script ended (${code})`}${said === '' ? '' : `: ${said}`}`,
  fix: 'Look at the network and at the machine; we look again what the script did before anything else.',
  uncertain: true,
});

const wrapper = scriptFile(`${import.meta.dirname}/..`, 'over-ssh.sh');

/**
 * The login shell may be of any kind: it only sees a short line that all of them read alike. `sh` reads the rest from
 * its input, which then stays open and silent for as long as we are there.
 */
function remoteCommand(bytes: number, sudo: boolean): string {
  const start = `exec ${sudo ? 'sudo -n ' : ''}sh -c`;
  return `${start} 'eval "$(head -c ${bytes})"' '${SCRIPT_MARK}' "$SSH_CONNECTION"`;
}

/** What `sh` reads: the script with all its values, each quoted, for over-ssh.sh. */
function payload(
  { script, args = [], stdin = '', deadline_ms = DEADLINE_MS }: HostScript,
  token: string,
): string {
  const values = [token, String(remoteDeadline_s(deadline_ms)), script, stdin, ...args];
  if (values.some((value) => value.includes('\0')))
    throw new TypeError('internal: NUL in a script or its values');
  return `set -- "$1" ${values.map(quote).join(' ')}\n${wrapper}`;
}

/** The machine waits a little longer than we do; 0 is for ever. */
const GRACE_S = 5;
const remoteDeadline_s = (ms: number): number => (Number.isFinite(ms) ? Math.ceil(ms / 1_000) + GRACE_S : 0);

const ASK = 'if [ "$(id -u)" = 0 ]; then echo root; elif sudo -n true; then echo sudo; else echo user; fi';
const ASK_WITHIN_MS = 15_000;

/** Whether scripts need sudo, and it works; asked once. */
function sudoOf(use: SshUse, masters: Masters): Way['sudo'] {
  let known: boolean | undefined = use.sudo === false ? false : undefined;
  const ask = shared(async (signal): Promise<Result<boolean, HostFailure>> => {
    const master = await masters.take(signal);
    if (!master.ok) return master;
    const asked = { script: ASK, deadline_ms: ASK_WITHIN_MS };
    const ran = await session({ use, master: master.value, sudo: false }, asked, signal);
    masters.give(master.value);
    if (!ran.ok) {
      masters.abandon(master.value);
      return ran;
    }
    const is = ran.value.stdout.trim();
    if (is === 'user' && use.sudo === true) return fail(sudoTrouble(ran.value.stderr.trim(), use));
    known = is === 'sudo';
    return ok(known);
  });
  return async (signal) => (known === undefined ? ask(signal) : ok(known));
}
