import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { once } from './folder.ts';
import { missingToBuild, missingToRun, PATH, room } from './needs.ts';
import { DEBIAN_12, ownSources } from './sources.ts';

const SCRIPTS = join(import.meta.dirname, 'image');

/** Where images are kept: the folder in AFTERSHOCK_IMAGES, or `images` beside the labs. */
export function imagesFolder(labDirectory: string, env: NodeJS.ProcessEnv = process.env): string {
  const own = env['AFTERSHOCK_IMAGES'];
  return own !== undefined && own !== '' ? own : join(dirname(dirname(labDirectory)), 'images');
}

interface Recipe {
  suite: string;
  /** What apt's file says. */
  sources: string;
}

function recipe(): Recipe {
  const own = ownSources();
  return own === undefined
    ? { suite: DEBIAN_12.suite, sources: DEBIAN_12.text }
    : { suite: own.suite, sources: readFileSync(own.file, 'utf8') };
}

/** Tells apart all that makes one image differ from another: the release, its sources, and what is done with them. */
export function imageKey({ suite, sources }: Recipe, scripts = SCRIPTS): string {
  const hash = createHash('sha256').update(`${suite}\n${sources}\n`);
  for (const name of readdirSync(scripts).sort())
    hash.update(`${name}\n`).update(readFileSync(join(scripts, name)));
  return `${suite}-${hash.digest('hex').slice(0, 12)}`;
}

/** What keeps machines from being had here: programs, or the right to build their image where there is none. */
export function missingForMachines(images: string): Problem | undefined {
  const built = existsSync(join(images, imageKey(recipe())));
  return missingToRun() ?? (built ? undefined : missingForImage());
}

const missingForImage = (): Problem | undefined =>
  missingToBuild() ?? (becomeRoot() === undefined ? noRoot : undefined);

export interface Making {
  progress(text: string): void;
  signal: AbortSignal;
}

/** Finds or builds the image; its folder has base.raw, vmlinuz, initrd.gz, id_ed25519 and host_key.pub. */
export async function ensureImage(images: string, making: Making): Promise<Result<string>> {
  const wanted = recipe();
  const folder = join(images, imageKey(wanted));
  return once(folder, making, (work) => build(work, wanted, making));
}

async function build(work: string, { suite, sources }: Recipe, making: Making): Promise<Result<void>> {
  const missing = missingForImage();
  if (missing !== undefined) return fail(missing);
  const root = becomeRoot() ?? [];
  const space = room(work, 'build');
  if (!space.ok) return space;
  making.progress('building the image of a Debian machine; it is kept, so this happens once');
  const path = (name: string): string => join(work, name);
  writeFileSync(path('apt.sources'), sources);
  // apt tells the two forms of such a file by its name.
  const aptFile = /^Types:/m.test(sources) ? path('apt.sources') : path('apt.list');
  if (aptFile !== path('apt.sources')) renameSync(path('apt.sources'), aptFile);
  for (const name of ['id_ed25519', 'id_ed25519.pub']) rmSync(path(name), { force: true });
  spawnSync(
    'ssh-keygen',
    ['-q', '-t', 'ed25519', '-N', '', '-C', 'aftershock lab', '-f', path('id_ed25519')],
    {
      env: { ...process.env, PATH },
    },
  );
  const script = [...root, 'sh', join(SCRIPTS, 'build.sh'), work, suite, aptFile, path('id_ed25519.pub')];
  const ended = await runBuild(script, work, making);
  if (making.signal.aborted) return fail(interrupted);
  return ended
    ? ok(undefined)
    : fail(buildFailed(readFileSync(path('build.log'), 'utf8'), path('build.log')));
}

/** The words before a command that make it root's; undefined where that takes a password. */
function becomeRoot(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  const { status } = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return status === 0 ? ['sudo', '-n', 'env', `PATH=${PATH}`] : undefined;
}

/** Whether the build went well; its steps are told as they come. */
function runBuild(command: readonly string[], work: string, making: Making): Promise<boolean> {
  const [program = '', ...args] = command;
  const log = openSync(join(work, 'build.log'), 'w', 0o600);
  const child = spawn(program, args, {
    cwd: work,
    // sudo knows whom it has asked by the terminal, which a process of its own session has not.
    detached: program !== 'sudo',
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', making.progress);
  const abort = (): void => endBuild(program, child.pid);
  making.signal.addEventListener('abort', abort, { once: true });
  if (making.signal.aborted) abort();
  return new Promise((resolve) => {
    const done = (well: boolean): void => {
      making.signal.removeEventListener('abort', abort);
      resolve(well);
    };
    child.once('error', () => done(false));
    child.once('close', (code) => done(code === 0));
  });
}

/** What root runs, only root may end; what we run is a group of its own. */
function endBuild(program: string, pid: number | undefined): void {
  if (pid === undefined) return;
  if (program === 'sudo') spawnSync('sudo', ['-n', 'kill', String(pid)], { stdio: 'ignore' });
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended in between, or is sudo's.
  }
}

const noRoot: Problem = {
  code: 'lab-failed',
  message: 'the image of the lab hosts is built as root, once, and `sudo -n` is refused here',
  fix: 'Run `sudo -v` in this terminal and try again within a few minutes, or take an image that is there: AFTERSHOCK_IMAGES names its folder.',
};

const interrupted: Problem = {
  code: 'lab-failed',
  message: 'the lab was told to end while its image was being built',
  fix: 'Start it again.',
};

/** Lines that only say that something failed, which another one says better. */
const EMPTY = /^E: (setup failed|mmdebstrap failed|apt-get |Some index files)/;
const MOST_LINES = 3;
const LONGEST_LINE = 300;

/** The lines that say why, of apt and of what calls it. */
export function buildFailed(log: string, path: string): Problem {
  const lines = log.trim().split(/[\r\n]+/);
  const errors = lines.filter((line) => /^(E:|dpkg: error)|error:/i.test(line) && !EMPTY.test(line));
  const telling = errors.length > 0 ? errors.slice(0, MOST_LINES) : lines.slice(-MOST_LINES);
  return {
    code: 'lab-failed',
    message: 'the image of the lab hosts could not be built',
    cause: telling.map((line) => line.slice(0, LONGEST_LINE)).join(' | '),
    fix: `See ${path}. Where apt could not fetch a package, look after this machine's sources (\`sudo apt-get update\`) and try again.`,
  };
}
