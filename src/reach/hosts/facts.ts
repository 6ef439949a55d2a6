import type { Host } from '../../model/contracts/world.ts';
import type { HostUse } from '../../model/experiment.ts';
import { ok, type Result } from '../../model/result.ts';
import { startClock } from '../clock.ts';
import { type ClockOffset, readClockOffset } from './clock.ts';
import { runScript, scriptFile, scriptOf } from './script.ts';

/** How a host sees the connection that we come by: the words of SSH_CONNECTION (ssh(1), ENVIRONMENT). */
export interface HostPeer {
  client: string;
  clientPort: number;
  server: string;
  serverPort: number;
}

/** What a host is, as it says itself. What it does not tell is absent. */
export interface HostFacts {
  name: string;
  kind: HostUse['kind'];
  /** PRETTY_NAME of os-release. */
  distribution?: string;
  kernel: string;
  architecture: string;
  init: 'systemd' | 'openrc' | 'busybox' | 'other';
  /** As whom scripts run there. */
  uid: number;
  /** Who logged in, where scripts run through sudo. */
  login?: string;
  /** Of those asked for, the programs that are there. */
  tools: readonly string[];
  /** CPUs that it has; a container may be allowed less. */
  cores: number;
  memory_bytes: number;
  memory_available_bytes: number;
  /** Runnable tasks on average over 1, 5 and 15 minutes. */
  load: string;
  /** Another one after each start of the machine. */
  boot: string;
  machine?: string;
  peer?: HostPeer;
  /** How far its wall clock is ahead of ours; absent where it told none. */
  clock?: ClockOffset;
}

/** Programs that faults and signals use. */
const TOOLS = [
  ...['tc', 'ip', 'ss', 'nft', 'iptables', 'modprobe', 'ping', 'nsenter', 'setsid', 'flock', 'timeout'],
  ...['fallocate', 'dd', 'stress-ng', 'ps', 'awk', 'getent', 'curl', 'sudo', 'docker'],
  ...['systemctl', 'systemd-run', 'journalctl', 'rc-service', 'chronyc', 'timedatectl', 'busybox'],
];

const script = scriptOf(scriptFile(import.meta.dirname, 'facts.sh'));
const CLOCK_WITHIN_MS = 10_000;
const BYTES_PER_KB = 1_024;

/** Asks a host what it is; reads only. `tools` are looked for besides the usual ones. */
export async function factsOf(
  host: Host,
  signal: AbortSignal,
  tools: readonly string[] = [],
): Promise<Result<HostFacts>> {
  const args = [...new Set([...TOOLS, ...tools])];
  const what = { script, args, doing: 'read its facts', code: 'system-unreachable' } as const;
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  // Asked on its own: the time that opening a connection takes would be the error of the clock.
  const clock = await readClockOffset(host, { clock: startClock(), deadline_ms: CLOCK_WITHIN_MS }, signal);
  const { name, kind } = host;
  return ok({ name, kind, ...factsIn(ran.value.stdout), ...(clock.ok ? { clock: clock.value } : {}) });
}

/** Pure: what facts.sh printed. */
export function factsIn(text: string): Omit<HostFacts, 'name' | 'kind' | 'clock'> {
  const said = text.split('\n').map((line) => /^(\w+) +(.*)$/.exec(line));
  const all = (key: string): string[] =>
    said.flatMap((match) => (match?.[1] === key && match[2] !== undefined ? [match[2].trim()] : []));
  const of = (key: string): string => all(key)[0] ?? '';
  const peer = peerOf(of('peer'));
  return {
    ...some('distribution', of('distribution')),
    kernel: of('kernel'),
    architecture: of('architecture'),
    init: inits.find((one) => one === of('init')) ?? 'other',
    uid: Number(of('uid')),
    ...some('login', of('login')),
    tools: all('tool'),
    cores: Math.max(1, Number(of('cores'))),
    memory_bytes: bytesOf(of('MemTotal')),
    memory_available_bytes: bytesOf(of('MemAvailable')),
    load: of('load'),
    boot: of('boot'),
    ...some('machine', of('machine')),
    ...(peer === undefined ? {} : { peer }),
  };
}

/** `24570 kB` of /proc/meminfo. */
const bytesOf = (text: string): number => Number(/^\d+/.exec(text)?.[0] ?? 0) * BYTES_PER_KB;

const inits = ['systemd', 'openrc', 'busybox'] as const;

const some = <K extends string>(key: K, value: string): Partial<Record<K, string>> =>
  value === '' ? {} : ({ [key]: value } as Record<K, string>);

/** The words of SSH_CONNECTION. Undefined where there is none: on this machine, and in its network namespaces. */
export function peerOf(text: string): HostPeer | undefined {
  const [client, clientPort, server, serverPort] = text.split(' ');
  if (client === undefined || server === undefined || serverPort === undefined) return undefined;
  return { client, clientPort: Number(clientPort), server, serverPort: Number(serverPort) };
}
