import { existsSync } from 'node:fs';
import type { HostFailure } from '../../../model/contracts/world.ts';
import type { SshUse } from '../../../model/experiment.ts';
import { runChild } from '../child.ts';
import { sshEnvironment, sshOptions, sshWords, wholePath } from './options.ts';
import { sshTrouble } from './trouble.ts';

/** How a host is reached, and the configuration that was made for it. */
interface Way {
  use: SshUse;
  config: string;
}

/**
 * What a jump host (or another proxy) said: a control master does not pass that on, so one more connection is made
 * without one. Undefined where none is on the way, or where it is not the reason.
 */
export async function jumpTrouble(
  { use, config }: Way,
  { within_ms, signal }: { within_ms: number; signal: AbortSignal },
): Promise<HostFailure | undefined> {
  const settings = await settingsOf({ use, config });
  if (settings?.hasProxy !== true) return undefined;
  const args = [...sshOptions(use, config), '-o', 'ControlPath=none', '--', use.destination, 'exit 0'];
  const carrier = { command: 'ssh', args, env: sshEnvironment(), input: '' };
  const ran = await runChild(carrier, { deadline_ms: within_ms }, signal);
  if (!ran.ok) return undefined;
  const own = ran.value.stderr
    .split('\n')
    .filter((line) => !/^kex_exchange_identification|^Connection (closed|reset)/.test(line))
    .join('\n')
    .trim();
  if (own === '') return undefined;
  const { kind, text, fix = '' } = sshTrouble(own, use);
  return {
    kind,
    text: `the jump host on the way failed: ${text}`,
    fix: `The jump host (ProxyJump or ProxyCommand in the ssh configuration): ${fix}`,
  };
}

/** A refusal with its reason, where it is one of keys: which there are, which are encrypted, and what the agent has. */
export async function deniedWhy(failure: HostFailure, { use, config }: Way): Promise<HostFailure> {
  if (!/Permission denied \(/i.test(failure.text) || /too open/i.test(failure.text)) return failure;
  const settings = await settingsOf({ use, config });
  if (settings === undefined) return failure;
  const keys = settings.keys.filter((path) => existsSync(path));
  const encrypted = (await Promise.all(keys.map(isEncrypted))).flatMap((is, index) =>
    is ? [keys[index]] : [],
  );
  const why = reason({ use, keys, encrypted: encrypted[0], agent: await agentOf(settings.agent), settings });
  return { ...failure, text: `${failure.text}: ${why.text}`, fix: why.fix };
}

interface Settings {
  user: string;
  keys: string[];
  /** The agent's socket; undefined where there is none. */
  agent: string | undefined;
  hasProxy: boolean;
}

interface Known {
  use: SshUse;
  keys: readonly string[];
  encrypted: string | undefined;
  agent: 'none' | 'silent' | 'empty' | 'keys';
  settings: Settings;
}

/** Pure: what to say and to do. */
function reason({ use, keys, encrypted, agent, settings }: Known): { text: string; fix: string } {
  const words = sshWords({ ...use, user: use.user ?? settings.user });
  const agents = {
    none: 'no agent runs (SSH_AUTH_SOCK is not set)',
    silent: 'the agent does not answer (SSH_AUTH_SOCK)',
    empty: 'the agent has no key',
    keys: "none of the agent's keys is accepted",
  }[agent];
  if (encrypted !== undefined) {
    const start = agent === 'none' || agent === 'silent' ? 'eval "$(ssh-agent)" && ' : '';
    return {
      text: `the key ${encrypted} is encrypted, and ${agents}`,
      fix: `Give it to an agent: \`${start}ssh-add ${encrypted}\`; then try again in that shell.`,
    };
  }
  if (keys.length === 0 && agent !== 'keys') {
    const named = use.key === undefined ? '' : ` (${wholePath(use.key)} does not exist)`;
    return {
      text: `there is no key${named}, and ${agents}`,
      fix: `Name one (\`key: ~/.ssh/…\`), or make one and put it there: \`ssh-keygen\`, then \`ssh-copy-id ${words}\`.`,
    };
  }
  const offered = keys.length === 0 ? agents : `${keys.join(', ')} is not accepted for ${settings.user}`;
  return {
    text: offered,
    fix: `Put its public key there (\`ssh-copy-id${keys[0] === undefined ? '' : ` -i ${keys[0]}`} ${words}\`), or correct the user.`,
  };
}

const never = new AbortController().signal;
const LOOK_WITHIN_MS = 5_000;

async function said(command: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  const carrier = { command, args, env: sshEnvironment(), input: '' };
  const ran = await runChild(carrier, { deadline_ms: LOOK_WITHIN_MS }, never);
  return ran.ok
    ? { code: ran.value.code, text: ran.value.stdout + ran.value.stderr }
    : { code: -1, text: '' };
}

/** What ssh makes of its configuration (`ssh -G`). */
async function settingsOf({ use, config }: Way): Promise<Settings | undefined> {
  const { code, text } = await said('ssh', [...sshOptions(use, config), '-G', '--', use.destination]);
  if (code !== 0) return undefined;
  const of = (name: string): string[] =>
    text.split('\n').flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const agent = of('identityagent')[0] ?? 'SSH_AUTH_SOCK';
  return {
    user: of('user')[0] ?? '',
    hasProxy: [...of('proxyjump'), ...of('proxycommand')].some((value) => value !== 'none'),
    keys: of('identityfile').map((path) => wholePath(path.replaceAll('"', ''))),
    agent:
      agent === 'none'
        ? undefined
        : agent === 'SSH_AUTH_SOCK'
          ? process.env['SSH_AUTH_SOCK']
          : wholePath(agent),
  };
}

const isEncrypted = async (path: string): Promise<boolean> =>
  /incorrect passphrase|bad decrypt/i.test((await said('ssh-keygen', ['-y', '-P', '', '-f', path])).text);

async function agentOf(socket: string | undefined): Promise<Known['agent']> {
  if (socket === undefined || socket === '') return 'none';
  const carrier = {
    command: 'ssh-add',
    args: ['-l'],
    env: { ...sshEnvironment(), SSH_AUTH_SOCK: socket },
    input: '',
  };
  const ran = await runChild(carrier, { deadline_ms: LOOK_WITHIN_MS }, never);
  if (!ran.ok) return 'silent';
  return ran.value.code === 0 ? 'keys' : ran.value.code === 1 ? 'empty' : 'silent';
}
