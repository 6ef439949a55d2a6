import type { Host } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { type HostPeer, peerOf } from '../../reach/hosts/facts.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import type { HostKind } from './fault.ts';
import { placedScript } from './place.ts';
import { installText } from './tools.ts';

const script = placedScript(scriptFile(import.meta.dirname, 'preflight.sh'));

/** Every fault on a host needs these there: its record and its watchdog. */
export const baseTools = ['flock', 'setsid', 'dd', 'cut', 'find', 'sleep'] as const;

/** What a plan may know of a host. */
export interface Preflight {
  name: string;
  kind: HostKind;
  uid: number;
  boot: string;
  /** /etc/machine-id; `unknown` where there is none. */
  machine: string;
  init: 'systemd' | 'other';
  /** How the host sees the connection that we come by; absent where we are on it. */
  peer?: HostPeer;
}

interface Asked extends Preflight {
  missing: string[];
}

export interface Needs {
  /** The fault, for messages. */
  name: string;
  kinds: readonly HostKind[];
  why: Partial<Record<HostKind, string>>;
  root: boolean;
  tools: readonly string[];
}

/** Whether a fault can be put on a host: kind, rights, programs. Reads only. */
export async function preflight(host: Host, needs: Needs, signal: AbortSignal): Promise<Result<Preflight>> {
  if (!needs.kinds.includes(host.kind)) return fail(wrongKind(host, needs));
  const asked = await askHost(host, [...baseTools, ...needs.tools], signal);
  if (!asked.ok) return asked;
  const { missing, ...seen } = asked.value;
  if (needs.root && seen.uid !== 0) return fail(noRoot(host, needs, seen));
  if (missing.length > 0) return fail(noTools(host, needs, missing));
  return ok(seen);
}

/** Whether what a reboot would leave can be undone at boot. */
export function undoneAtBoot(host: Host, needs: Needs, seen: Preflight): Result<void> {
  if (seen.init !== 'systemd' || host.kind === 'netns') return fail(noBoot(host, needs));
  return seen.uid === 0 ? ok(undefined) : fail(noRoot(host, needs, seen));
}

/** Asks a host who we are there, and which of some programs it lacks. */
export async function askHost(
  host: Host,
  tools: readonly string[],
  signal: AbortSignal,
): Promise<Result<Asked>> {
  const what = { script, args: [...new Set(tools)], doing: 'look what is there' };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return ran;
  const said = ran.value.stdout.split('\n').map((line) => line.split(' '));
  const of = (key: string): string[] => said.find(([first]) => first === key)?.slice(1) ?? [];
  const peer = peerOf(of('peer').join(' '));
  return ok({
    name: host.name,
    kind: host.kind,
    uid: Number(of('uid')[0]),
    boot: of('boot')[0] ?? '',
    machine: of('machine')[0] ?? 'unknown',
    init: of('init')[0] === 'systemd' ? 'systemd' : 'other',
    ...(peer === undefined ? {} : { peer }),
    missing: said.flatMap(([key, tool]) => (key === 'missing' && tool !== undefined ? [tool] : [])),
  });
}

function wrongKind(host: Host, { name, kinds, why }: Needs): Problem {
  const reason = why[host.kind];
  return {
    code: 'target-unsuitable',
    message: `${name} cannot be put on the host ${host.name}, which is of kind ${host.kind}${reason === undefined ? '' : `: ${reason}`}`,
    fix: `Choose a host of kind ${kinds.join(' or ')}.`,
  };
}

const noRoot = (host: Host, { name }: Needs, { uid }: Preflight): Problem => ({
  code: 'rights-missing',
  message: `${name} needs root on the host ${host.name}, and we are uid ${uid} there`,
  fix:
    host.kind === 'ssh'
      ? 'Log in as root, or let the user use `sudo` without a password (`NOPASSWD:` in sudoers).'
      : 'Run aftershock as root.',
});

const noTools = (host: Host, { name }: Needs, missing: readonly string[]): Problem => ({
  code: 'rights-missing',
  message: `${name} needs ${missing.join(', ')} on the host ${host.name}, and ${missing.length === 1 ? 'it is' : 'they are'} not there`,
  fix: installText(missing),
});

const noBoot = (host: Host, { name }: Needs): Problem => ({
  code: 'target-unsuitable',
  message: `${name} would outlive a reboot of the host ${host.name}, and nothing there can undo it at boot (no systemd${host.kind === 'netns' ? ' in a network namespace' : ''})`,
  fix: 'Choose a host with systemd, or a fault that a reboot undoes; of `exec` say so where it does: `reboot: undoes`.',
});
