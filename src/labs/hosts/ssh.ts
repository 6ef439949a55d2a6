import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshUse } from '../../model/experiment.ts';
import { sleep } from '../../reach/clock.ts';
import type { Machine } from './machines.ts';

const LOOK_MS = 200;
const FIRST_LOGIN_MS = 3_000;

type Reached = Pick<Machine, 'name' | 'port'>;

/** How a system file would name a machine. */
export const sshUse = (directory: string, { name }: Reached): SshUse => ({
  kind: 'ssh',
  destination: name,
  config: configPath(directory),
});

export const configPath = (directory: string): string => join(directory, 'ssh_config');

/**
 * Writes `ssh_config` (`Host vm1` is root, `Host vm1-ops` the user ops, who may use sudo), the key and the machines'
 * host keys into a lab's folder.
 */
export function writeSshFiles(directory: string, machines: readonly Reached[], imageFolder: string): void {
  const key = join(directory, 'id_ed25519');
  copyFileSync(join(imageFolder, 'id_ed25519'), key);
  const hostKey = readFileSync(join(imageFolder, 'host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  const known = machines.map(({ port }) => `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(join(directory, 'known_hosts'), known.join(''), { mode: 0o600 });
  writeFileSync(configPath(directory), sshConfig(directory, machines), { mode: 0o600 });
}

/** The text of `ssh_config`. */
export function sshConfig(directory: string, machines: readonly Reached[]): string {
  const path = (name: string): string => `"${join(directory, name).replaceAll('%', '%%')}"`;
  const host = (name: string, { port }: Reached, user: string): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User ${user}\n`;
  const hosts = machines.flatMap((one) => [host(one.name, one, 'root'), host(`${one.name}-ops`, one, 'ops')]);
  return `${hosts.join('')}Host *
  IdentityFile ${path('id_ed25519')}
  IdentitiesOnly yes
  UserKnownHostsFile ${path('known_hosts')}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  UpdateHostKeys no
  PreferredAuthentications publickey
  ConnectTimeout 20
`;
}

export interface SshRan {
  /** The command's exit code; 255 where ssh itself failed; null where a signal or the deadline ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface SshCommand {
  config: string;
  host: string;
  /** A line for the machine's shell. */
  line: string;
  /** What it reads after the first that it prints. */
  answer?: () => string;
  timeout_ms: number;
  /** How long the login may take; all of the time unless told. */
  connect_ms?: number;
}

/** Runs a line on a machine. */
export function ssh(command: SshCommand, signal: AbortSignal): Promise<SshRan> {
  const { config, host, line, answer, timeout_ms, connect_ms = timeout_ms } = command;
  const options = [
    '-F',
    config,
    '-o',
    'BatchMode=yes',
    '-o',
    `ConnectTimeout=${Math.ceil(connect_ms / 1_000)}`,
  ];
  return new Promise((resolve) => {
    const child = execFile(
      'ssh',
      [...options, host, line],
      { timeout: timeout_ms, signal, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr });
      },
    );
    // It may end before it has read what is there for it.
    child.stdin?.on('error', () => undefined);
    if (answer === undefined) child.stdin?.end();
    else child.stdout?.once('data', () => child.stdin?.end(answer()));
  });
}

/**
 * Runs a line on a machine that may not answer yet, until it works or `within_ms` are over. QEMU takes a connection
 * before its machine listens, so only an answer proves anything; and a login into a busy machine takes its time, so
 * each try may take longer than the one before.
 */
export async function sshUntil(
  command: SshCommand & { within_ms: number },
  signal: AbortSignal,
): Promise<SshRan> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(command.within_ms)]);
  for (let connect_ms = FIRST_LOGIN_MS; ; connect_ms *= 2) {
    const ran = await ssh({ ...command, connect_ms }, deadline);
    if (ran.code === 0 || deadline.aborted) return ran;
    // A command that a machine has run to its end is no sign of a machine that is on its way.
    if (ran.code !== 255 && ran.code !== null) return ran;
    await sleep(LOOK_MS, deadline);
  }
}

/**
 * A line that sets a machine's clock, and what it reads: this machine's time when the login, which takes a second or
 * more, is over.
 */
export const settingTheClock = {
  line: 'echo ready && read -r now && date -s "@$now" >/dev/null',
  answer: (): string => `${(Date.now() / 1_000).toFixed(3)}\n`,
};
