import type { Look } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { type Exits, runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from './place.ts';
import { cleanText, completeText, type HostText } from './text.ts';

const file = (name: string): string => scriptFile(import.meta.dirname, name);
const start = file('start.sh');
const boot = file('boot.sh');
const watchdog = file('watchdog.sh');
const atBoot = file('at-boot.sh');
const bootUnit = file('aftershock-boot.service');

const scripts = {
  arm: placedScript(start, boot, file('arm.sh')),
  act: placedScript(start, file('act.sh')),
  renew: placedScript(start, file('renew.sh')),
  undo: placedScript(file('undo.sh')),
  probe: placedScript(file('probe.sh')),
  disarm: placedScript(start, boot, file('disarm.sh')),
};

/** Making, acting and looking may take this long on a slow host, in milliseconds. */
const STEP_MS = 20_000;
const UNDO_MS = 14_000;

/** The scripts of one injection, with their values. */
export interface Kept {
  inject: HostText;
  undo: HostText;
  probe: HostText;
  /** What a reboot does not undo by itself. */
  lasting: boolean;
}

export interface KeptInjection {
  injection: Injection;
  kept: Kept;
}

/** Puts the record, the scripts and the watchdog of an injection on its host, and sees all of it there. */
export async function armKept(
  host: Host,
  { injection, kept }: KeptInjection,
  signal: AbortSignal,
): Promise<Result<void>> {
  const record = JSON.stringify(injection);
  const texts = [kept.inject, kept.undo, kept.probe].map((text) => completeText(injection.id, text));
  const [lease, deadline] = [injection.lease_s, injection.deadline_s].map((s) => String(Math.ceil(s)));
  const args = [injection.id, lease ?? '', deadline ?? '', kept.lasting ? 'yes' : 'no', ...texts];
  const what = {
    script: scripts.arm,
    args: [...args, watchdog, cleanText, atBoot, bootUnit],
    stdin: record,
    doing: `arm the undo of ${injection.id}`,
    deadline_ms: STEP_MS,
  };
  const ran = await runScript(
    host,
    { ...what, exits: exits(host, injection), code: 'inject-failed' },
    signal,
  );
  if (!ran.ok) return ran;
  return ran.value.stdout === record ? ok(undefined) : fail(notThere(host, injection));
}

/** Runs the inject script, only while the undo is armed and watched. */
export async function actKept(host: Host, injection: Injection, signal: AbortSignal): Promise<Result<void>> {
  const what = { script: scripts.act, args: [injection.id], doing: `inject ${injection.fault}` };
  const ran = await runScript(
    host,
    { ...what, deadline_ms: STEP_MS, exits: exits(host, injection), code: 'inject-failed' },
    signal,
  );
  return ran.ok ? ok(undefined) : ran;
}

/** Renews the lease on the host; `inject-failed` where the host has undone it, or begun to. */
export async function renewKept(
  host: Host,
  injection: Injection,
  signal: AbortSignal,
): Promise<Result<void>> {
  const what = { script: scripts.renew, args: [injection.id], doing: `renew ${injection.id}` };
  const ran = await runScript(
    host,
    { ...what, exits: exits(host, injection), code: 'system-unreachable' },
    signal,
  );
  return ran.ok ? ok(undefined) : ran;
}

/** Undoes now, by the script on the host or, where it is lost, by the one of the journal. */
export async function undoKept(
  host: Host,
  { injection, kept }: KeptInjection,
  signal: AbortSignal,
): Promise<Result<void>> {
  const args = [injection.id, completeText(injection.id, kept.undo)];
  const what = { script: scripts.undo, args, doing: `undo ${injection.fault}`, deadline_ms: UNDO_MS };
  const ran = await runScript(host, { ...what, exits: exits(host, injection), code: 'undo-failed' }, signal);
  return ran.ok ? ok(undefined) : ran;
}

/** Runs the probe of an injection; what it does not say in its own words is unsure. */
export async function probeKept(
  host: Host,
  { injection, kept, mode }: KeptInjection & { mode: 'effect' | 'recovered' },
  signal: AbortSignal,
): Promise<Look> {
  const args = [injection.id, mode, completeText(injection.id, kept.probe)];
  const what = { script: scripts.probe, args, doing: `look at ${injection.fault}`, deadline_ms: UNDO_MS };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return { is: 'unsure', evidence: ran.problem.message };
  const [, is, evidence = ''] = /^(yes|no|unsure)\b ?([^\n]*)/.exec(ran.value.stdout) ?? [];
  if (is === 'yes' || is === 'no' || is === 'unsure') return { is, evidence };
  return { is: 'unsure', evidence: `the probe said ${JSON.stringify(ran.value.stdout.slice(0, 200))}` };
}

/** Ends the watchdog of an injection that is undone, and takes its record off the host. */
export async function disarmKept(
  host: Host,
  injection: Injection,
  signal: AbortSignal,
): Promise<Result<void>> {
  const doing = `disarm ${injection.id}`;
  const what = { script: scripts.disarm, args: [injection.id], doing, deadline_ms: UNDO_MS };
  const ran = await runScript(host, { ...what, exits: exits(host, injection), code: 'undo-failed' }, signal);
  return ran.ok ? ok(undefined) : ran;
}

const exits = (host: Host, { id, target, fault }: Injection): Exits => ({
  65: () => ({
    code: 'inject-failed',
    message: `The host ${host.name} has undone ${id} by itself, or somebody else has: its undo is not armed any more.`,
    fix: 'Run it again. A lease runs out where the host was not reached for its whole length.',
  }),
  66: () => ({
    code: 'target-missing',
    message: `${target.name} on the host ${host.name} ended before anything was done to it.`,
    fix: 'Run it again: it is looked for anew.',
  }),
  67: (said) => ({
    code: 'target-unsuitable',
    message: `${fault} cannot be put on the host ${host.name} now: ${said}`,
    fix: 'Look at what it names, then run it again.',
  }),
  71: (said) => ({
    code: 'inject-failed',
    message: `The watchdog of ${id} did not start on the host ${host.name}; nothing is injected without it. ${said}`,
    fix: 'Look at its process limits and memory (and at systemd, where it has one).',
  }),
  72: (said) => ({
    code: 'inject-failed',
    message: `The unit that undoes ${fault} at boot could not be enabled on the host ${host.name}: ${said}`,
    fix: 'Look at systemd there (`systemctl status`), and whether /etc can be written.',
  }),
  74: () => ({
    code: 'disk-full',
    message: `The record of what we do cannot be written on the host ${host.name}`,
    fix: 'Free space in the folder of its records (/run/aftershock and /var/lib/aftershock, or $XDG_RUNTIME_DIR/aftershock).',
  }),
  75: () => ({
    code: 'undo-failed',
    message: `Another undo of ${id} is at work on the host ${host.name}.`,
    fix: 'It is tried again.',
  }),
  77: (said) => ({
    code: 'rights-missing',
    message: `We may not do this on the host ${host.name}${said === '' ? '' : `: ${said}`}`,
    fix: 'Run as root there, or let the user use `sudo` without a password.',
  }),
});

const notThere = (host: Host, { id }: Injection): Problem => ({
  code: 'inject-failed',
  message: `The undo of ${id} that we wrote to the host ${host.name} reads back as something else.`,
  fix: 'Look at the file system of its records (/run/aftershock).',
});
