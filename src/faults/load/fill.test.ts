import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { processesWith, shells, type Trial, trial } from './fake-host.ts';
import { diskFill } from './fill.ts';

const MIB = 2 ** 20;
const signal = AbortSignal.timeout(300_000);
let one: Trial | undefined;
let mounted: string[] = [];

/** A file system in memory, of 64 MiB, at a path that no shell may split, expand or run. */
function disk(load: Trial, name = `a disk\n'$(touch ran)' *;"`): string {
  const path = join(load.folder, name);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'none', path]);
  mounted.push(path);
  return path;
}

const start = (shell?: (typeof shells)[number]): Trial => {
  one = trial(diskFill, shell);
  return one;
};

afterEach(async () => {
  for (const path of mounted) spawnSync('umount', ['-l', path]);
  mounted = [];
  await one?.end();
  one = undefined;
});

const free = (path: string): number => {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
};
const fileIn = (load: Trial, path: string): string => join(path, `.aftershock-${load.tag}.fill`);

describe.skipIf(process.getuid?.() !== 0).each(shells)('with %s', (shell) => {
  test.each([
    ['percent', '50%', 32],
    ['size', '16Mi', 48],
    ['reserve', '8Mi', 8],
  ])('%s: %s leaves %d MiB, and all is free again', async (key, value, left) => {
    const load = start(shell);
    const path = disk(load);
    const injection = await load.inject({ path, [key]: value });
    expect(await load.until('effect', injection)).toMatch(/our file has \d+ MiB/);
    expect(Math.abs(free(path) / MIB - left)).toBeLessThan(1);
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'no' });
    expect(await diskFill.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await diskFill.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'yes' });
    expect(readdirSync(path)).toEqual([]);
    expect(free(path)).toBe(64 * MIB);
    expect(existsSync('ran')).toBe(false);
  });

  test('a disk without a byte left is emptied, also when the record is lost', async () => {
    const load = start(shell);
    const path = disk(load);
    writeFileSync(join(path, 'theirs'), 'x'.repeat(100_000));
    const injection = await load.inject({ path, percent: '100%' });
    await load.until('effect', injection);
    expect(free(path)).toBe(0);
    spawnSync('mv', [load.record, join(load.folder, 'lost')]);
    expect(await diskFill.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'yes' });
    expect(readdirSync(path)).toEqual(['theirs']);
    spawnSync('mv', [join(load.folder, 'lost'), load.record]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('disk.fill', () => {
  test('what has the name of our file already is left alone', async () => {
    const load = start();
    const path = disk(load);
    const theirs = join(load.folder, 'theirs');
    writeFileSync(theirs, 'precious');
    symlinkSync(theirs, fileIn(load, path));
    await expect(load.inject({ path, percent: '50%' })).rejects.toThrow(/inject-failed/);
    expect(lstatSync(theirs).size).toBe(8);
  });

  test('is refused where it cannot be, with what to do instead', async () => {
    const load = start();
    const path = disk(load);
    await expect(load.prepare({ path: '/proc', percent: '50%' })).rejects.toThrow(/no disk of this host/);
    await expect(load.prepare({ path: '/nowhere', percent: '50%' })).rejects.toThrow(/no folder \/nowhere/);
    await expect(load.prepare({ path: '/etc/passwd', percent: '50%' })).rejects.toThrow(/no folder/);
    await expect(load.prepare({ path, size: '65Mi' })).rejects.toThrow(/64 MiB free, and 65 MiB/);
    writeFileSync(join(path, 'big'), Buffer.alloc(48 * MIB));
    await expect(load.prepare({ path, percent: '50%' })).rejects.toThrow(/as full as that already/);
    await expect(load.prepare({ path, reserve: '32Mi' })).rejects.toThrow(/as full as that already/);
    await expect(load.prepare({ path: load.folder, size: '1Mi' })).rejects.toThrow(
      /records that aftershock|outlive a reboot/,
    );
    const plain = disk(load, 'plain');
    process.env['AFTERSHOCK_RUN_DIR'] = join(plain, 'run');
    await expect(load.prepare({ path: plain, size: '1Mi' })).rejects.toThrow(
      /records that aftershock undoes by/,
    );
  });

  test('the host empties it by itself when the lease has run out', async () => {
    const load = start();
    const path = disk(load);
    const injection = await load.inject({ path, reserve: '0B' }, { lease_s: 6 });
    await load.until('effect', injection);
    for (let waited = 0; existsSync(load.record) && waited < 150; waited += 1) await sleep(100);
    expect(existsSync(load.record)).toBe(false);
    expect(readdirSync(path)).toEqual([]);
    expect(processesWith(`aftershock-load-${load.tag}`)).toEqual([]);
  });
});

test.each([
  [{ path: '/x' }, /exactly one/],
  [{ path: '/x', size: '1Mi', percent: '10%' }, /exactly one/],
  [{ path: 'x', size: '1Mi' }, /absolute/],
  [{ path: '/x\0', size: '1Mi' }, /absolute/],
])('%j is refused', (params, why) => {
  expect(JSON.stringify(diskFill.params.safeParse(params).error?.issues)).toMatch(why);
});
