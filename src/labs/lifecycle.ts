import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import type { Lab, LabOptions, LabState, LabUp, UpOptions } from './lab.ts';
import { killGroup, type ProcessIdentity, signalProcess, waitForEnd } from './process/identity.ts';
import type { Message, ServeOptions } from './served.ts';
import { isSame, otherSettings } from './settings.ts';
import {
  addOwner,
  holderOf,
  isWanted,
  type LabId,
  labDirectory,
  portsOf,
  readProcesses,
  readState,
  removeDirectory,
  removeOwner,
} from './state.ts';

const UP_WITHIN_MS = 60_000;
/** The pods have 5 s to end; the rest is for a slow machine. */
const DOWN_WITHIN_MS = 15_000;
const LOOK_MS = 100;
const OWNER_GRACE_MS = 60_000;
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

interface About extends LabId {
  /** How long its start may take; a minute unless told. */
  upWithinMs?: number;
  /**
   * What is made once, before the lab's own process starts: here it may ask for what only a person at a terminal has
   * the right to.
   */
  prepare?(
    directory: string,
    making: { progress(text: string): void; signal: AbortSignal },
  ): Promise<Result<unknown>>;
}

/** A lab that runs in a process of its own; what runs there is in servers.ts, under the lab's name. */
export const defineLab = (about: About & Pick<Lab, 'summary' | 'variables' | 'hosts'>): Lab => ({
  ...about,
  up: (options, signal) => bringUp(about, options, signal),
  down: (options) => bringDown(about, options),
  release: (options, owner) => letGo(about, options, owner),
  status: (options) => readState(labDirectory(about, options)),
  ports: (home) => portsOf(about, home),
});

/** Starts a lab in a process of its own, or finds it up; resolves when it works. */
async function bringUp(lab: About, options: UpOptions, signal: AbortSignal): Promise<Result<LabUp>> {
  if (process.platform !== 'linux') return fail(notLinux(lab.name));
  const place = placeOf(lab, options);
  const { directory } = place;
  const running = readState(directory);
  if (running !== undefined) return already(place, running, { options, signal });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(lab.upWithinMs ?? UP_WITHIN_MS)]);
  const holder = holderOf(directory);
  if (holder !== undefined) return waitForOther(place, options, deadline);
  const making = { progress: (text: string) => options.progress?.(text), signal: deadline };
  const prepared = await lab.prepare?.(directory, making);
  if (prepared?.ok === false) return prepared;
  endLeftovers(directory);
  addOwner(directory, options.owner);
  return start(place, options, deadline);
}

/** Ends a lab and all that is left of it; false where there was nothing. */
async function bringDown(lab: LabId, options: LabOptions): Promise<Result<boolean>> {
  const directory = labDirectory(lab, options);
  const holder = readState(directory) ?? holderOf(directory);
  if (holder !== undefined && !(await end(holder))) return fail(willNotEnd(lab.name, holder));
  const left = readProcesses(directory);
  endLeftovers(directory);
  removeDirectory(directory);
  return ok(holder !== undefined || left.length > 0);
}

/** Whether the process of a lab has ended. */
async function end(holder: ProcessIdentity): Promise<boolean> {
  signalProcess(holder, 'SIGTERM');
  if (await waitForEnd(holder, DOWN_WITHIN_MS)) return true;
  signalProcess(holder, 'SIGKILL');
  return waitForEnd(holder, DOWN_WITHIN_MS);
}

/** Ends a lab that only `owner` needed; otherwise only notes that it does not need it any more. */
async function letGo(lab: LabId, options: LabOptions, owner: ProcessIdentity): Promise<Result<boolean>> {
  if (!removeOwner(labDirectory(lab, options), owner)) return ok(false);
  return bringDown(lab, options);
}

interface Asked {
  options: UpOptions;
  signal: AbortSignal;
}

/** It is up and will do, unless it has other settings than are asked for. */
async function already(place: Place, state: LabState, asked: Asked): Promise<Result<LabUp>> {
  const { options, signal } = asked;
  const { settings = state.settings } = options;
  if (isSame(settings, state.settings)) {
    addOwner(state.directory, options.owner);
    return ok({ ...state, alreadyUp: true });
  }
  const other = otherSettings(state, settings, place.down);
  if (isWanted(state.directory, options.owner)) return fail(other);
  options.progress?.(`${other.message}; nobody else needs it, so it is started again`);
  return (await end(state)) ? bringUp(place.lab, options, signal) : fail(willNotEnd(place.name, state));
}

/** What a lab's reaper would have ended, should that have been killed too. */
function endLeftovers(directory: string): void {
  for (const process of readProcesses(directory)) killGroup(process);
}

interface Place {
  lab: About;
  name: string;
  port: number;
  directory: string;
  /** The command that takes it down. */
  down: string;
}

function placeOf(lab: About, options: LabOptions): Place {
  const { name } = lab;
  const { port = lab.port } = options;
  const down = `aftershock lab down ${name}${port === lab.port ? '' : ` --port ${port}`}`;
  return { lab, name, port, directory: labDirectory(lab, options), down };
}

/** Somebody else is starting this very lab: theirs will do. */
async function waitForOther(place: Place, options: UpOptions, signal: AbortSignal): Promise<Result<LabUp>> {
  options.progress?.('the lab is being started by another command');
  let missing = 0;
  while (!signal.aborted && missing < 10) {
    const state = readState(place.directory);
    if (state !== undefined) return already(place, state, { options, signal });
    // Between its lock and its note of who it is there is a moment.
    missing = holderOf(place.directory) === undefined ? missing + 1 : 0;
    await sleep(LOOK_MS, signal);
  }
  return fail(notUp(place, 'it was being started by another command, which did not succeed'));
}

async function start(place: Place, options: UpOptions, signal: AbortSignal): Promise<Result<LabUp>> {
  const { ownerGraceMs = OWNER_GRACE_MS, settings = {} } = options;
  const { name: lab, directory, port } = place;
  const child = spawnServer({ lab, directory, port, settings, ownerGraceMs });
  const message = await firstWord(child, options.progress, signal);
  if (message === undefined) {
    const log = lastLog(place.directory);
    child.kill('SIGTERM');
    return fail(
      notUp(place, signal.aborted ? `it was not up when the wait ended${log}` : `its process ended${log}`),
    );
  }
  release(child);
  if (message.type === 'claimed') return waitForOther(place, options, signal);
  return message.result.ok ? ok({ ...message.result.value, alreadyUp: false }) : message.result;
}

function spawnServer(options: ServeOptions): ChildProcess {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const log = openSync(join(options.directory, 'lab.log'), 'a', 0o600);
  const script = join(import.meta.dirname, 'serve.ts');
  const child = spawn(process.execPath, [...NODE_FLAGS, script, JSON.stringify(options)], {
    detached: true,
    cwd: options.directory,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return child;
}

type Final = Exclude<Message, { type: 'progress' }>;

/** The first message that decides; undefined if the process ended, or the wait did, without one. */
function firstWord(
  child: ChildProcess,
  progress: UpOptions['progress'],
  signal: AbortSignal,
): Promise<Final | undefined> {
  return new Promise((resolve) => {
    child.on('message', (message: Message) => {
      if (message.type === 'progress') progress?.(message.text);
      else resolve(message);
    });
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    if (signal.aborted) resolve(undefined);
  });
}

function release(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  child.unref();
}

function lastLog(directory: string): string {
  try {
    const lines = readFileSync(join(directory, 'lab.log'), 'utf8').trim().split('\n').slice(-5);
    return lines.join('') === '' ? '' : `; its log ends with: ${lines.join(' | ')}`;
  } catch {
    return '';
  }
}

const notUp = ({ name, directory, down }: Place, why: string): Problem => ({
  code: 'lab-failed',
  message: `the lab ${name} did not start: ${why}`,
  fix: `Run \`${down}\`, which removes ${directory}, and try again.`,
});

const notLinux = (name: string): Problem => ({
  code: 'lab-failed',
  message: `the lab ${name} needs Linux: its pods listen on loopback addresses that only Linux has by itself`,
  fix: 'Run it in a Linux virtual machine or container, or name a cluster of your own in the system file.',
});

const willNotEnd = (name: string, { pid }: ProcessIdentity): Problem => ({
  code: 'lab-failed',
  message: `the lab ${name} (process ${pid}) does not end, not even by SIGKILL`,
  fix: `See what holds process ${pid} (ps -o stat,wchan -p ${pid}).`,
});
