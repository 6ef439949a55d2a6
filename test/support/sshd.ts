import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { eventually } from './lab.ts';

/** An sshd of a test's own on 127.0.0.1, with keys and an ssh configuration that knows it as `box`. */
export interface Sshd {
  folder: string;
  port: number;
  /** The path of the ssh configuration. */
  config: string;
  /** The path of the private key that it accepts. */
  key: string;
  /** The path of the file of host keys. */
  known: string;
  /** Everything that it logged. */
  log(): string;
  /** The processes that serve a connection each. */
  connections(): number[];
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it, and whatever it serves, as a machine that loses its power. */
  crash(): void;
}

export interface SshdOptions {
  port: number;
  /** More lines of its configuration. */
  lines?: readonly string[];
  /** Ends with the test. */
  onTestFinished: (end: () => Promise<void>) => void;
}

/** Starts an sshd; it ends with the test, and so does its folder. */
export async function startSshd({ port, lines = [], onTestFinished }: SshdOptions): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-sshd-'));
  // As root it wants this folder to change into.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const key = makeKey(join(folder, 'user'));
  makeKey(join(folder, 'host'));
  const known = join(folder, 'known_hosts');
  writeFileSync(known, knownLine(port, join(folder, 'host.pub')));
  const config = join(folder, 'ssh_config');
  writeFileSync(config, sshConfig({ port, key, known }));
  writeFileSync(join(folder, 'sshd_config'), sshdConfig(folder, port, lines));
  let child: ChildProcess | undefined;
  let text = '';
  const sshd: Sshd = {
    folder,
    port,
    config,
    key,
    known,
    log: () => text,
    connections: () => childrenOf(child?.pid ?? -1),
    start: async () => {
      child = spawn(sshdPath(), ['-D', '-e', '-f', join(folder, 'sshd_config')], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: withoutOurs(),
      });
      child.stderr?.setEncoding('utf8').on('data', (more: string) => (text += more));
      await eventually('sshd answers', 10_000, () => answers(port));
    },
    stop: async () => {
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      for (const pid of childrenOf(running.pid ?? -1)) kill(pid, 'SIGTERM');
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill();
      await ended;
    },
    crash: () => {
      const pids = childrenOf(child?.pid ?? -1);
      for (const pid of [child?.pid ?? -1, ...pids.flatMap(childrenOf), ...pids]) kill(pid, 'SIGKILL');
    },
  };
  onTestFinished(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await sshd.start();
  return sshd;
}

/** A key pair without a passphrase, or with one; gives the path of the private one. */
export function makeKey(path: string, passphrase = ''): string {
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', path]);
  if (made.status !== 0) throw new Error(`ssh-keygen: ${made.stderr}`);
  return path;
}

/** A line of known_hosts. */
export const knownLine = (port: number, publicKey: string): string =>
  `[127.0.0.1]:${port} ${readFileSync(publicKey, 'utf8')}`;

/** An ssh configuration in which `box` is the sshd. */
export const sshConfig = ({
  port,
  key,
  known,
  more = '',
}: {
  port: number;
  key: string;
  known: string;
  more?: string;
}): string => `UserKnownHostsFile ${known}
GlobalKnownHostsFile /dev/null
IdentitiesOnly yes
IdentityAgent none
IdentityFile ${key}
Host box
  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
${more}`;

const sshdConfig = (folder: string, port: number, lines: readonly string[]): string =>
  [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/user.pub`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'PrintMotd no',
    ...lines,
    '',
  ].join('\n');

const sshdPath = (): string => '/usr/sbin/sshd';

/** What a test has set for aftershock is not what somebody who logs in finds. */
const withoutOurs = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AFTERSHOCK_')));

function childrenOf(pid: number): number[] {
  const listed = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return listed.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 1) process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

const answers = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (is: true | undefined): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('data', () => done(true));
    socket.once('error', () => done(undefined));
    socket.setTimeout(1_000, () => done(undefined));
  });
