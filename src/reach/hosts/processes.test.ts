import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess } from './fake-process.ts';
import { localHost } from './local.ts';
import { lookAtProcesses, lookReader, type ProcessLook, watchProcesses } from './processes.ts';
import { neverTarget, type Selection, select, treeOf } from './select.ts';

const host = localHost('here', []);
const never = new AbortController().signal;

async function look(at: 'process' | 'port' = 'process'): Promise<ProcessLook> {
  const looked = await lookAtProcesses(host, at, never);
  if (!looked.ok) throw new Error(looked.problem.message);
  return looked.value;
}

const found = async (selection: Selection): Promise<number[]> =>
  select(await look('port' in selection ? 'port' : 'process'), selection).map(({ pid }) => pid);

const word = `look-${process.pid}-${Math.random().toString(36).slice(2)}`;

test('a process is found by its number, its program, its name, its command line and its port', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-look-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, word);
  copyFileSync('/bin/sleep', program, 0);
  const { pid } = startProcess(program, ['600']);
  await expect.poll(() => found({ name: word })).toEqual([pid]);
  expect(await found({ pid })).toEqual([pid]);
  expect(await found({ command: `${word} 600` })).toEqual([pid]);
  expect(await found({ name: `${word}x` })).toEqual([]);
  const server = createServer().listen(31_720, '127.0.0.1');
  onTestFinished(() => void server.close());
  await expect.poll(() => found({ port: 31_720 })).toEqual([process.pid]);
  expect(await found({ port: 31_721 })).toEqual([]);
});

test('names and arguments that look like our own marks are taken for what they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-look-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of [') R 1 1 1', 'a) (b', '@end']) {
    copyFileSync('/bin/sh', join(folder, name));
    const { pid } = startProcess(join(folder, name), ['-c', 'sleep 600; exit', '\n@end\n@stat\n', word]);
    await expect.poll(() => found({ command: `@stat\n ${word}` })).toEqual([pid]);
    const row = (await look()).rows.get(pid);
    expect(row).toMatchObject({ comm: name, ppid: process.pid, exe: join(folder, name) });
    process.kill(-pid, 'SIGKILL');
  }
});

test('a name of several lines is no other process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-look-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const before = (await look()).rows;
  copyFileSync('/bin/sleep', join(folder, 'two\n1 (x) S 1'));
  const { pid } = startProcess(join(folder, 'two\n1 (x) S 1'), ['600']);
  await expect.poll(() => found({ pid: process.pid })).toEqual([process.pid]);
  const after = (await look()).rows;
  expect(after.get(1)).toMatchObject({ comm: before.get(1)?.comm, start: before.get(1)?.start });
  expect(after.get(pid)).toMatchObject({ ppid: process.pid, state: 'S' });
});

test('what we live by is never a target', async () => {
  const { pid } = startProcess('sh', ['-c', 'sleep 600 & wait', 'ours-here']);
  await expect.poll(() => found({ command: 'ours-here' })).toEqual([pid]);
  const all = await look();
  const whyNot = (of: number): string | undefined => {
    const row = all.rows.get(of);
    return row === undefined ? 'gone' : neverTarget(all, row, ['ours-here']);
  };
  expect(whyNot(1)).toContain('init');
  expect(whyNot(process.pid)).toContain('aftershock runs below it');
  expect(whyNot(process.ppid)).toContain('aftershock runs below it');
  expect(whyNot(pid)).toContain('aftershock itself');
  const [, child] = treeOf(all, pid);
  expect(child?.ppid).toBe(pid);
  expect(whyNot(child?.pid ?? 0)).toBeUndefined();
  // The script that looks has the word in no argument, and would not be found if it had.
  expect(await found({ command: 'aftershock: a script on a host' })).toEqual([]);
});

test('one script looks again and again, and sees a process end', async () => {
  const { pid } = startProcess('sleep', ['600']);
  const looks: ProcessLook[] = [];
  const watching = new AbortController();
  const ended = watchProcesses(
    host,
    {
      at: 'process',
      every_s: 1,
      onLook: (seen) => {
        looks.push(seen);
        if (looks.length === 2) process.kill(pid, 'SIGKILL');
        if (looks.length === 4) watching.abort();
      },
    },
    watching.signal,
  );
  await ended;
  expect(looks.map(({ rows }) => rows.has(pid))).toEqual([true, true, false, false]);
  expect(looks[0]?.whole).toBe(true);
  expect(new Set(looks.map(({ self }) => self)).size).toBe(1);
});

test('lines that are no process are left out', () => {
  const read = lookReader();
  const lines = ['@self', '7', 'boot', '@units', '100', '4096', '@uptime', '5.5 1.1', '@stat'];
  const stat = `/proc/9/stat:9 (x) S 7 9 9 0 -1 4 0 0 0 0 30 20 0 0 20 0 3 0 450 1000 25 0`;
  for (const line of [...lines, stat, stat.replaceAll('9 (x) S', '8 (z) Z'), '(broken', ''])
    expect(read(line)).toBeUndefined();
  const seen = read('@end');
  expect(seen).toMatchObject({ uptime_s: 5.5, self: 7, boot: 'boot', ticksPerSecond: 100, whole: false });
  expect([...(seen?.rows.values() ?? [])]).toEqual([
    {
      pid: 9,
      comm: 'x',
      state: 'S',
      ppid: 7,
      session: 9,
      cpuTicks: 50,
      threads: 3,
      start: '450',
      rssBytes: 25 * 4096,
    },
  ]);
});
