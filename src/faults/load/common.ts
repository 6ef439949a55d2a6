import type { Host, HostRan } from '../../model/contracts/world.ts';
import type { Result } from '../../model/result.ts';
import { runScript, scriptFile, scriptOf } from '../../reach/hosts/script.ts';
import { type HostText, hostText } from '../hosts/text.ts';

const file = (name: string): string => scriptFile(import.meta.dirname, name);
const common = file('common.sh');

/** A script of a load fault, with what all of them share before it. */
export const loadText = (name: string, args: readonly (string | number)[] = []): HostText =>
  hostText(`${common}\n${file(name)}`, args.map(String));

/** The text of a worker: it is a value of the script that starts it. */
export const workerText = (name: string): string => file(name);

/** Ends the workers; they leave nothing else. */
export const endWorkers = (): HostText => loadText('workers-undo.sh');

/** Reads what a plan must know of a host, by a script of its own. */
export const lookAt = (
  host: Host,
  { name, args = [], doing }: { name: string; args?: readonly string[]; doing: string },
  signal: AbortSignal,
): Promise<Result<HostRan>> =>
  runScript(host, { script: scriptOf(file(name)), args, doing, code: 'system-unreachable' }, signal);

/** `1 worker`, `2 workers`. */
export const workersText = (count: number): string => `${count} worker${count === 1 ? '' : 's'}`;

/** Why a load cannot be put on one network namespace. */
export const NOT_IN_NETNS = 'CPU, memory and disks belong to the host that the namespace is on';

export const KIB = 1_024;

/** Bytes for people, in whole MiB. */
export const mib = (bytes: number): string => `${Math.round(bytes / (KIB * KIB))} MiB`;
