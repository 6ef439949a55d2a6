import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostKind } from '../../src/faults/hosts/fault.ts';
import type { JsonObject } from '../../src/model/json.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** What can be done to a machine from outside of it. */
export interface Power {
  /** Cuts the network between us and it, or joins it again. */
  link(is: 'cut' | 'joined'): Promise<void>;
  /** Power off and on, at once. */
  reset(): Promise<void>;
  /** What a system asks for when it is told to reboot; comes back when the machine answers again. */
  answers(within_ms: number): Promise<void>;
}

/** A host on which drills happen. */
export interface Place {
  /** Its name in the system file, and what stands there. */
  host: string;
  use: JsonObject | string;
  kind: HostKind;
  /** For the command line. */
  env: Record<string, string>;
  /** The folders there of records, and of files that a drill makes. */
  records: string;
  folder: string;
  /** An address that it can reach. */
  peer: string;
  /** How much of the host is ours: see `scripts/fingerprint.sh`. */
  scope: 'whole' | 'netns' | 'own';
  /** Runs a script there as root, with `$1` … as given. */
  sh(script: string, args?: readonly string[], within_ms?: number): Promise<Ran>;
  /** As it was at the beginning. */
  reset(): Promise<void>;
  power?: Power;
  close(): Promise<void>;
}

export const scriptText = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'scripts', name), 'utf8');

const WITHIN_MS = 30_000;

/** Runs a program to its end. */
export const ranBy = (
  program: string,
  args: readonly string[],
  { env = process.env, within_ms = WITHIN_MS }: { env?: NodeJS.ProcessEnv; within_ms?: number } = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { env, timeout: within_ms, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end();
  });

/** What a script printed; throws where it failed. */
export async function told(place: Place, script: string, args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await place.sh(script, args);
  if (code !== 0) throw new Error(`a script on ${place.host} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** This machine, where only what lies in a folder of the drill is looked at. */
export function localPlace(): Place {
  const base = mkdtempSync(join(tmpdir(), 'aftershock-host-'));
  const [folder, records] = [join(base, 'files'), join(base, 'records')];
  const renew = async (): Promise<void> => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(records, { recursive: true, force: true });
    mkdirSync(folder);
  };
  mkdirSync(folder);
  return {
    host: 'here',
    use: 'local',
    kind: 'local',
    env: { AFTERSHOCK_RUN_DIR: records },
    records,
    folder,
    peer: '127.0.0.1',
    scope: 'own',
    sh: (script, args = [], within_ms = WITHIN_MS) =>
      ranBy('sh', ['-c', script, 'sh', ...args], { env: { ...process.env, FOLDER: folder }, within_ms }),
    reset: renew,
    close: async () => rmSync(base, { recursive: true, force: true }),
  };
}

let namespaces = 0;
const PEER = '10.99.0.2';

/** A new network namespace of this machine with a pair of devices; needs root. */
export async function netnsPlace(): Promise<Place> {
  const local = localPlace();
  namespaces += 1;
  const name = `drill-${process.pid}-${namespaces}`;
  const inside = ['netns', 'exec', name];
  const made = [
    ['netns', 'add', name],
    ['-n', name, 'link', 'set', 'lo', 'up'],
    ['-n', name, 'link', 'add', 'wire0', 'type', 'veth', 'peer', 'name', 'wire1'],
    ['-n', name, 'addr', 'add', '10.99.0.1/24', 'dev', 'wire0'],
    ['-n', name, 'link', 'set', 'wire0', 'up'],
    ['-n', name, 'link', 'set', 'wire1', 'up'],
    ['-n', name, 'neigh', 'add', PEER, 'lladdr', '02:00:00:00:00:02', 'dev', 'wire0'],
  ];
  for (const args of made) {
    const { code, stderr } = await ranBy('ip', args);
    if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  }
  return {
    ...local,
    host: 'space',
    use: { netns: name },
    kind: 'netns',
    records: join(local.records, `netns-${name}`),
    peer: PEER,
    scope: 'netns',
    sh: (script, args = [], within_ms = WITHIN_MS) =>
      ranBy('ip', [...inside, 'sh', '-c', script, 'sh', ...args], {
        env: { ...process.env, FOLDER: local.folder },
        within_ms,
      }),
    close: async () => {
      await ranBy('ip', ['netns', 'del', name]);
      await local.close();
    },
  };
}
