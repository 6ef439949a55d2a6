import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeText, tagOf } from '../hosts/text.ts';
import { diskText, readDisk } from './disk.ts';
import { shells } from './fake-host.ts';

const ID = 'run-7f3a.full.0';
const words = [
  "'",
  '"',
  '`touch ran`',
  '$(touch ran)',
  ';touch ran;',
  '\n',
  ' ',
  '*',
  '-rf',
  '\\',
  '$path',
  '%s',
  'é',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join('').replaceAll(/[/\0]/g, '_'))
  .filter((name) => !/^\.\.?$/.test(name) && Buffer.byteLength(name) < 200);

test.each(shells)('undo and probe of a folder of any name take our file alone (%s)', (shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-disk-'));
  const [command, ...first] = shell === 'busybox' ? ['busybox', 'sh'] : ['dash'];
  const run = (text: string, ...args: string[]) =>
    spawnSync(command ?? '', [...first, '-c', text, 'sh', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, AFTERSHOCK_RUN_DIR: join(folder, 'run') },
    });
  try {
    fc.assert(
      fc.property(hostile, fc.constantFrom('fill', 'load.1'), (name, kind) => {
        const path = join(folder, 'in', name);
        mkdirSync(path, { recursive: true });
        const beside = [`.aftershock-${tagOf('another')}.${kind}`, kind, '.aftershock-'];
        for (const file of [...beside, `.aftershock-${tagOf(ID)}.${kind}`])
          writeFileSync(join(path, file), '');
        const probe = diskText('fill-probe.sh', [path, 'size', 4, '']);
        const undo =
          kind === 'fill' ? diskText('fill-undo.sh', [path, '']) : diskText('disk-load-undo.sh', [path]);
        if (kind === 'fill') expect(run(completeText(ID, probe), 'recovered').stdout).toMatch(/^no the file/);
        const undone = run(completeText(ID, undo));
        expect(undone.stderr + undone.status).toBe('0');
        if (kind === 'fill')
          expect(run(completeText(ID, probe), 'recovered').stdout).toMatch(/^yes no worker/);
        expect(readdirSync(path).sort()).toEqual(beside.toSorted());
        expect(readdirSync(folder)).toEqual(['in']);
        expect(readdirSync(join(folder, 'in'))).toEqual([name]);
        rmSync(join(folder, 'in'), { recursive: true });
      }),
      { numRuns: 12 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** As the kernel writes it: proc_pid_mountinfo(5). */
const escaped = (path: string): string =>
  [...Buffer.from(path)]
    .map((byte) =>
      ' \t\n\\#'.includes(String.fromCharCode(byte)) ? `\\${byte.toString(8).padStart(3, '0')}` : byte,
    )
    .map((part) => (typeof part === 'number' ? String.fromCharCode(part) : part))
    .join('');
const printed = (path: string, ...mounts: string[]): string =>
  ['4096 1000 600 500 2049 24 yes 2048', ...mounts, 'path', path, ''].join('\n');
const ROOT = '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw';

test('a folder lies on the deepest mount above it, whatever they are called', () => {
  fc.assert(
    fc.property(hostile, hostile, (name, inside) => {
      const ascii = name.replaceAll(/[^\0-\x7f]/g, 'x');
      const mount = `28 27 8:1 / ${escaped(`/mnt/${ascii}`)} rw - xfs /dev/sdb ro`;
      const found = readDisk(printed(`/mnt/${ascii}/${inside}`, ROOT, mount));
      expect(found).toMatchObject({
        path: `/mnt/${ascii}/${inside}`,
        type: 'xfs',
        device: '8:1',
        readOnly: true,
      });
      expect(found?.mount).toBe(`/mnt/${ascii}`);
      expect(readDisk(printed(`/mnt/${ascii}x`, ROOT, mount))).toMatchObject({ type: 'ext4', mount: '' });
    }),
  );
});

test('what it lies on is told in bytes; a file system in memory and a bound folder need no mount', () => {
  const disk = readDisk(printed('/srv', ROOT));
  expect(disk).toMatchObject({
    used: 400 * 4_096,
    free: 500 * 4_096,
    memory: 2 ** 21,
    writable: true,
    ours: false,
  });
  const bound = '28 27 254:0 /data /srv rw - ext4 /dev/vda rw';
  expect(readDisk(printed('/srv', ROOT, bound))?.mount).toBe('');
  const memory = '28 27 0:40 / /srv rw - tmpfs none rw';
  expect(readDisk(printed('/srv/x', ROOT, memory))).toMatchObject({ mount: '', type: 'tmpfs' });
  const covered = '29 28 8:2 / /srv rw - ext4 /dev/sdc rw';
  expect(readDisk(printed('/srv', ROOT, memory, covered))).toMatchObject({ mount: '/srv', device: '8:2' });
  expect(readDisk('missing\n')).toBeUndefined();
});
