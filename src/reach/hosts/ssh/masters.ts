import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFailure } from '../../../model/contracts/world.ts';
import type { SshUse } from '../../../model/experiment.ts';
import { fail, ok, type Result } from '../../../model/result.ts';
import { sleep } from '../../clock.ts';
import { readText, writeWhole } from '../../files.ts';
import { runChild } from '../child.ts';
import { sshFolder, tidyFolder } from './folder.ts';
import {
  configText,
  masterOptions,
  sessionOptions,
  sshEnvironment,
  sshOptions,
  wholePath,
} from './options.ts';
import { shared } from './shared.ts';
import { isCrowded, sshTrouble } from './trouble.ts';
import { deniedWhy, jumpTrouble } from './why.ts';

/** How long a master is given to end, in milliseconds. */
const END_WITHIN_MS = 5_000;
/** An sshd takes 10 sessions over one connection (MaxSessions) unless told. */
const SESSIONS = 8;
/** How long opening may take in all, jump hosts and further tries included, in milliseconds. */
const OPEN_WITHIN_MS = 30_000;
/** Tries where the sshd has too many at its door, and the wait before the next, in milliseconds. */
const TRIES = 4;
const AGAIN_AFTER_MS = 700;

/** A connection that several scripts share. */
export interface Master {
  readonly config: string;
  readonly socket: string;
  /** Scripts that use it now. */
  busy: number;
}

/** The control masters of one host: as many as its scripts need at once, each opened when it is needed. */
export interface Masters {
  /** One with room; opens it where there is none. Give it back. The signal ends the wait for it. */
  take(signal: AbortSignal): Promise<Result<Master, HostFailure>>;
  give(master: Master): void;
  /** Nobody takes this one any more; what runs over it goes on, and it ends by itself. */
  abandon(master: Master): void;
  close(): Promise<void>;
}

const known = new Map<string, Masters>();

/** Those of a host, which all who reach it in the same way share within this process. */
export function sshMasters(use: SshUse): Masters {
  const key = JSON.stringify(Object.entries(use).sort());
  const masters = known.get(key) ?? newMasters(use);
  known.set(key, masters);
  return masters;
}

function newMasters(use: SshUse): Masters {
  let masters: Master[] = [];
  /** Nobody takes them any more, but they may still be there. */
  let abandoned: Master[] = [];
  const name = nextName();
  // One at a time: an sshd turns away many that have not logged in yet.
  const open = shared(async (signal) => {
    const opened = await openMaster(use, name, signal);
    if (opened.ok) masters.push(opened.value);
    return opened;
  });
  const take = async (signal: AbortSignal): Promise<Result<Master, HostFailure>> => {
    for (;;) {
      // A master whose connection is gone has ended and removed its socket.
      masters = masters.filter(isThere);
      const free = masters.find(({ busy }) => busy < SESSIONS);
      if (free !== undefined) {
        free.busy += 1;
        return ok(free);
      }
      const opened = await open(signal);
      if (!opened.ok) return opened;
      if (!isThere(opened.value)) return fail(gone);
    }
  };
  return {
    take,
    give: (master) => {
      master.busy -= 1;
    },
    abandon: (master) => {
      if (!masters.includes(master)) return;
      masters = masters.filter((one) => one !== master);
      abandoned = [...abandoned.filter(isThere), master];
    },
    close: async () => {
      const all = [...masters, ...abandoned];
      masters = [];
      abandoned = [];
      await Promise.all(all.map((master) => end(use, master)));
      tidyFolder();
    },
  };
}

const isThere = ({ socket }: Master): boolean => existsSync(socket);

const gone: HostFailure = {
  kind: 'lost',
  text: 'the connection was cut as soon as it was open',
  fix: 'Look at the log of its sshd.',
};

let names = 0;
const nextName = (): string => {
  names += 1;
  return String(names);
};

/** @param name of the host in our folder: its configuration, which is written anew, and its sockets. */
async function openMaster(
  use: SshUse,
  name: string,
  signal: AbortSignal,
): Promise<Result<Master, HostFailure>> {
  const folder = sshFolder();
  if (!folder.ok) return fail(noFolder(folder.problem.text));
  const config = join(folder.value, `${name}.conf`);
  const written = writeConfig(config, use);
  if (written !== undefined) return fail(written);
  const socket = join(folder.value, nextName());
  const master = { config, socket, busy: 0 };
  const args = [...sshOptions(use, config), ...masterOptions(socket), '--', use.destination];
  const carrier = { command: 'ssh', args, env: sshEnvironment(), input: '', staysBehind: true };
  for (let tries = 1; ; tries += 1) {
    const ran = await runChild(carrier, { deadline_ms: OPEN_WITHIN_MS }, signal);
    if (!ran.ok) return fail(notOpened(ran.problem, use));
    if (ran.value.code === 0) return ok(master);
    const said = ran.value.stderr;
    if (!isCrowded(said)) return fail(await deniedWhy(sshTrouble(said, use), { use, config }));
    const jump = await jumpTrouble({ use, config }, { within_ms: OPEN_WITHIN_MS, signal });
    if (jump !== undefined || tries === TRIES) return fail(jump ?? sshTrouble(said, use));
    await sleep(AGAIN_AFTER_MS * tries, signal);
  }
}

function writeConfig(path: string, { config }: SshUse): HostFailure | undefined {
  const given = config === undefined ? undefined : readText(wholePath(config));
  if (given?.ok === false) {
    return {
      kind: 'refused',
      text: `the ssh configuration cannot be read: ${given.problem.text}`,
      fix: 'Correct its path: `config:` of the host, or --ssh-config.',
    };
  }
  const written = writeWhole(path, configText(given?.value), 0o600);
  return written.ok ? undefined : noFolder(written.problem.text);
}

/** Ends a master at once, where it still listens. */
async function end(use: SshUse, { config, socket }: Master): Promise<void> {
  if (existsSync(socket)) {
    const args = [...sshOptions(use, config), ...sessionOptions(socket), '-O', 'exit', '--', use.destination];
    const carrier = { command: 'ssh', args, env: sshEnvironment(), input: '' };
    await runChild(carrier, { deadline_ms: END_WITHIN_MS }, new AbortController().signal);
  }
  for (const path of [config, socket]) rmSync(path, { force: true });
}

const noFolder = (text: string): HostFailure => ({
  kind: 'failed',
  text: `there is no private folder for the connection: ${text}`,
  fix: 'Make $XDG_RUNTIME_DIR, or /tmp, a folder in which we can write.',
});

function notOpened(failure: HostFailure, use: SshUse): HostFailure {
  if (failure.kind === 'aborted') return { kind: 'aborted', text: failure.text };
  if (failure.kind === 'timeout') {
    const said = `no connection to ${use.destination}: timed out after ${OPEN_WITHIN_MS / 1_000} s`;
    return sshTrouble(said, use);
  }
  return {
    kind: 'failed',
    text: /ENOENT/.test(failure.text) ? 'there is no ssh on this machine' : failure.text,
    fix: 'Install OpenSSH (Debian: openssh-client).',
  };
}
