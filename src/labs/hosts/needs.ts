import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { QEMU } from './qemu.ts';

/** Debian's package for each program. */
const PACKAGES: Readonly<Record<string, string>> = {
  [QEMU]: 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  ssh: 'openssh-client',
  mmdebstrap: 'mmdebstrap',
  cpio: 'cpio',
  modprobe: 'kmod',
  'mkfs.ext4': 'e2fsprogs',
  'ssh-keygen': 'openssh-client',
};
const TO_RUN = [QEMU, 'qemu-img', 'ssh'];
/** An administrator's programs are not on everybody's PATH. */
export const PATH = `${process.env['PATH'] ?? ''}${delimiter}/usr/local/sbin:/usr/sbin:/sbin`;

/** What machines take on the disk: a copy of the snapshot each, a point to come back to, and what they write. */
const RUN_MB = 1_000;
const BUILD_MB = 2_000;

/** What is missing to run machines whose image is there, as a sentence with its remedy. */
export const missingToRun = (path = PATH): Problem | undefined => missing(TO_RUN, path);

/** What is missing to build an image. */
export const missingToBuild = (path = PATH): Problem | undefined => missing(Object.keys(PACKAGES), path);

function missing(programs: readonly string[], path: string): Problem | undefined {
  const wrong = machineProblem(process.arch);
  if (wrong !== undefined) return wrong;
  const absent = programs.filter((program) => !isThere(program, path));
  if (absent.length === 0) return undefined;
  const packages = [...new Set(Object.values(PACKAGES))].filter((name) =>
    absent.some((program) => PACKAGES[program] === name),
  );
  return {
    code: 'lab-failed',
    message: `the lab hosts needs ${absent.join(', ')}`,
    fix: `Install it: \`sudo apt-get install --no-install-recommends ${packages.join(' ')}\` on Debian or Ubuntu.`,
  };
}

/** The image is of Debian's for 64-bit PCs, and translating another processor's code was never tried. */
export function machineProblem(arch: string): Problem | undefined {
  if (arch === 'x64') return undefined;
  return {
    code: 'lab-failed',
    message: `the lab hosts runs on 64-bit PCs (x64) only, and this machine is ${arch}`,
    fix: 'Run it on another machine, or name hosts of your own under `hosts:` in the system file.',
  };
}

const isThere = (program: string, path: string): boolean =>
  path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });

/** Whether a folder's disk has room to run machines, or to build their image first. */
export function room(folder: string, what: 'run' | 'build'): Result<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  const wanted = what === 'run' ? RUN_MB : BUILD_MB;
  if (free >= wanted) return ok(undefined);
  return fail({
    code: 'lab-failed',
    message: `${folder} has ${free} MB free, and ${what === 'run' ? 'the machines need' : 'building their image needs'} ${wanted} MB`,
    fix: 'Make room there, or name another place: AFTERSHOCK_HOME for labs and images, AFTERSHOCK_IMAGES for images alone.',
  });
}
