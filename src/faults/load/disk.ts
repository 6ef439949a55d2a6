import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from '../hosts/place.ts';
import type { HostText } from '../hosts/text.ts';
import { KIB, loadText, mib } from './common.ts';

/** The folder of a file that a fault makes. */
export const folderField = z
  .string()
  .regex(/^\/[^\0]*$/s, 'must be an absolute path')
  .describe('A folder on the host; the file system that it lies on is meant');

/** The file system that a folder lies on; sizes in bytes. */
export interface Disk {
  /** The folder itself, without symbolic links: what the undo looks at, whatever becomes of the links. */
  path: string;
  /** As /proc/self/mountinfo names it. */
  type: string;
  /** The mount point, where what lies there cannot be seen unless it is mounted; empty where that is always so. */
  mount: string;
  /** `major:minor`. */
  device: string;
  /** As df counts: what only root may take is neither used nor free. */
  used: number;
  free: number;
  readOnly: boolean;
  writable: boolean;
  /** The records that we keep on the host lie on it. */
  ours: boolean;
  /** MemAvailable: a file system in memory takes from it. */
  memory: number;
}

/** What a plan is shown with where there is no host. */
export const shownDisk: Disk = {
  path: '/var/lib/postgresql',
  type: 'ext4',
  mount: '',
  device: '8:1',
  used: 30 * 2 ** 30,
  free: 70 * 2 ** 30,
  readOnly: false,
  writable: true,
  ours: false,
  memory: 3 * 2 ** 30,
};

const look = placedScript(scriptFile(import.meta.dirname, 'disk-look.sh'));
const disk = scriptFile(import.meta.dirname, 'disk.sh');

/** A script of a fault on a disk. */
export function diskText(name: string, args: readonly (string | number)[]): HostText {
  const { script, args: values } = loadText(name, args);
  return { script: `${disk}\n${script}`, args: values };
}

/** Reads what a folder on a host lies on; a Problem where nothing can be put there. */
export async function diskOf(host: Host, path: string, signal: AbortSignal): Promise<Result<Disk>> {
  const what = { script: look, args: [path], doing: `look at ${path}`, code: 'system-unreachable' } as const;
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  const found = readDisk(ran.value.stdout);
  if (found === undefined) return fail(noFolder(host.name, path));
  const no = unfit(host.name, found);
  return no === undefined ? ok(found) : fail(no);
}

/** Reads what `disk-look.sh` prints; undefined where there is no such folder. */
export function readDisk(said: string): Disk | undefined {
  const [first = '', ...rest] = said.split('\n');
  if (first === 'missing') return undefined;
  const [numbers, [writable, memory]] = [first.split(' ').slice(0, 6).map(Number), first.split(' ').slice(6)];
  const [block = 0, blocks = 0, unused = 0, available = 0, own, records] = numbers;
  const end = rest.indexOf('path');
  // Its last newline is that of `pwd`; the path may hold others.
  const path = rest.slice(end + 1, -1).join('\n');
  const mounts = rest.slice(0, end).map(readMount);
  const at = mountOf(mounts, path);
  const above =
    at.point === '/'
      ? at
      : mountOf(
          mounts.filter(({ point }) => point !== at.point),
          at.point,
        );
  return {
    path,
    type: at.type,
    // A folder that is bound to another of its own file system shows the same files when it is not.
    mount: above.device === at.device || inMemory.includes(at.type) ? '' : at.point,
    device: at.device,
    used: block * (blocks - unused),
    free: block * available,
    readOnly: at.readOnly,
    writable: writable === 'yes',
    ours: own === records,
    memory: Number(memory) * KIB,
  };
}

interface Mount {
  point: string;
  type: string;
  device: string;
  readOnly: boolean;
}

/** A line of /proc/self/mountinfo: proc_pid_mountinfo(5). */
function readMount(line: string): Mount {
  const [before = '', after = ''] = line.split(' - ');
  const [, , device = '', , point = '', options = ''] = before.split(' ');
  const [type = '', , ofDisk = ''] = after.split(' ');
  const readOnly = [options, ofDisk].some((list) => list.split(',').includes('ro'));
  return { point: unescaped(point), type, device, readOnly };
}

const unescaped = (text: string): string =>
  Buffer.from(
    text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  ).toString();

const nowhere: Mount = { point: '/', type: '', device: '', readOnly: false };

/** The mount that a path lies on: the deepest, of equal ones the last. */
const mountOf = (mounts: readonly Mount[], path: string): Mount =>
  mounts
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .reduce((best, mount) => (mount.point.length >= best.point.length ? mount : best), nowhere);

/** File systems that a reboot empties. */
const inMemory: readonly string[] = ['tmpfs', 'ramfs'];

export const isInMemory = ({ type }: Disk): boolean => inMemory.includes(type);

/** What is not this host's own disk, or no disk at all. */
const others = /^(nfs.*|cifs|smb.*|9p|virtiofs|ceph|glusterfs|afs|lustre|fuse\..*|autofs|devtmpfs)$/;

/** Why nothing can be put there; undefined where it can. */
function unfit(host: string, { type, path, readOnly, writable, used, free }: Disk): Problem | undefined {
  const no = (why: string, fix = 'Choose a folder on a disk of the host.'): Problem => ({
    code: 'target-unsuitable',
    message: `${path} on the host ${host} ${why}`,
    fix,
  });
  if (others.test(type) || used + free === 0) return no(`lies on ${type}, which is no disk of this host`);
  if (readOnly) return no('lies on a file system that is mounted read-only');
  if (!writable)
    return {
      code: 'rights-missing',
      message: `We may not write to ${path} on the host ${host}`,
      fix: 'Log in as root or as the user whom the folder belongs to, or choose another folder.',
    };
  return undefined;
}

const noFolder = (host: string, path: string): Problem => ({
  code: 'target-missing',
  message: `There is no folder ${path} on the host ${host}`,
  fix: 'Name a folder that exists there; for a file, the folder that it is in.',
});

/** Memory that a file in memory must leave, as `memory.load` does. */
const LEFT_OF_MEMORY = 64 * KIB * KIB;

/** Why a file of this size in memory would be too much for the host; undefined where it is not. */
export const tooMuchMemory = (host: string, found: Disk, bytes: number): Problem | undefined =>
  isInMemory(found) && bytes > found.memory - LEFT_OF_MEMORY
    ? {
        code: 'target-unsuitable',
        message: `${found.path} on the host ${host} lies in memory (${found.type}), of which ${mib(found.memory)} are available: ${mib(bytes)} would not fit`,
        fix: 'Choose a smaller size, or a folder on a disk.',
      }
    : undefined;
