import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { startReaper } from '../process/reaper.ts';
import { once } from './folder.ts';
import type { Making } from './image.ts';
import { machineProblem, startQemu, tellMachine } from './machine.ts';
import { PATH } from './needs.ts';
import { accelerator, QEMU, qemuCommand } from './qemu.ts';
import { human } from './qmp.ts';
import { configPath, sshUntil, writeSshFiles } from './ssh.ts';

/** The snapshot's name inside the disk. */
export const READY = 'ready';
const NAME = 'machine';
const BOOT_WITHIN_MS = 300_000;
const TELL_WITHIN_MS = 60_000;

/**
 * Finds or makes the disk whose snapshot `ready` is a machine that has booted; every machine of a lab is a copy that
 * wakes up from it. @param port where its ssh may answer meanwhile.
 */
export async function ensureSnapshot(image: string, port: number, making: Making): Promise<Result<string>> {
  const made = await once(join(image, `ready-${snapshotKey(image)}`), making, (work) =>
    boot(work, { image, port }, making),
  );
  return made.ok ? ok(join(made.value, NAME, 'disk.qcow2')) : made;
}

/** A snapshot wakes up only on what it was made on: this image, QEMU's version, its processor and command line. */
function snapshotKey(image: string): string {
  const { mtimeMs, size } = statSync(join(image, 'base.raw'));
  const { stdout } = spawnSync(QEMU, ['--version'], { encoding: 'utf8', env: { ...process.env, PATH } });
  const how = accelerator();
  const command = qemuCommand({ folder: '' }, { folder: '', peer: '', port: 0 }, how);
  const all = JSON.stringify([mtimeMs, size, stdout, how, command]);
  return createHash('sha256').update(all).digest('hex').slice(0, 12);
}

async function boot(
  work: string,
  { image, port }: { image: string; port: number },
  { progress, signal }: Making,
): Promise<Result<void>> {
  progress('booting a machine once; its snapshot is kept');
  const folder = join(work, NAME);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const created = qemuImg([
    'create',
    '-q',
    '-f',
    'qcow2',
    '-b',
    join(image, 'base.raw'),
    '-F',
    'raw',
    disk(folder),
  ]);
  if (!created.ok) return created;
  writeSshFiles(work, [{ name: NAME, port }], image);
  const reaper = startReaper(() => [running.identity.pid]);
  const running = startQemu(
    { reaper, image: { folder: image }, directory: work },
    { folder: NAME, peer: 'nobody', port },
  );
  const ended = new AbortController();
  void running.exited.then(() => ended.abort());
  try {
    const alive = AbortSignal.any([signal, ended.signal]);
    const line = 'systemctl is-system-running --wait; sync';
    const command = { config: configPath(work), host: NAME, line, timeout_ms: BOOT_WITHIN_MS };
    const up = await sshUntil({ ...command, within_ms: BOOT_WITHIN_MS }, alive);
    if (up.code !== 0) return fail(machineProblem(work, NAME, 'of the snapshot did not boot'));
    const deadline = AbortSignal.any([alive, AbortSignal.timeout(TELL_WITHIN_MS)]);
    const commands = [human(`savevm ${READY}`), { execute: 'quit' }];
    const saved = await tellMachine({ pid: running.identity.pid, name: NAME }, commands, deadline);
    if (!saved.ok) return saved;
    await running.exited;
    return ok(undefined);
  } finally {
    running.kill();
    await reaper.stop();
    for (const name of ['id_ed25519', 'known_hosts', 'ssh_config']) rmSync(join(work, name), { force: true });
  }
}

const disk = (folder: string): string => join(folder, 'disk.qcow2');

/** Gives a machine a disk of its own, in which the snapshot is. */
export function copyDisk(snapshot: string, folder: string, image: string): Result<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(snapshot, disk(folder), constants.COPYFILE_FICLONE);
  // The image may have moved since, with the folder that all images are in.
  return qemuImg(['rebase', '-u', '-b', join(image, 'base.raw'), '-F', 'raw', disk(folder)]);
}

function qemuImg(args: readonly string[]): Result<void> {
  const { status, stderr, error } = spawnSync('qemu-img', args, {
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  return status === 0 ? ok(undefined) : fail(noDisk(`${error?.message ?? ''}${stderr}`.trim()));
}

const noDisk = (cause: string): Problem => ({
  code: 'lab-failed',
  message: "a machine's disk could not be made",
  cause,
  fix: 'Make room on the disk, or look after qemu-img.',
});
