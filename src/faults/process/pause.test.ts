import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identify } from '../../guard/proc.ts';
import type { Injection } from '../../model/injection.ts';
import { ok } from '../../model/result.ts';
import { startProcess } from '../../reach/hosts/fake-process.ts';
import {
  becomes,
  hereWith,
  intend,
  looked,
  namesIn,
  never,
  newWord,
  started,
  stateOf,
  take,
  unwrap,
  watchdogsIn,
} from './fake-host.ts';
import { processPause as fault } from './pause.ts';

const startOf = (pid: number): string => identify(pid)?.startTime ?? '';

const LOOP = 'while sleep 1; do :; done';

test('a process is stopped, and goes on as the same one; nothing stays', async () => {
  const { world, records } = hereWith();
  const word = newWord();
  const { pid } = started(LOOP, word);
  await becomes(pid, 'S');
  const injection = await intend(world, { fault, target: { host: 'here', command: word } });
  expect(injection.target).toMatchObject({ kind: 'process', name: expect.stringContaining(`(pid ${pid})`) });
  const made = { fault, injection };
  expect((await looked(world, made, 'effect')).is).toBe('no');
  await take(world, made, 'arm', 'act');
  expect(await looked(world, made, 'effect')).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining(`${pid}`),
  });
  expect(stateOf(pid)).toBe('T');
  expect((await looked(world, made, 'recovered')).is).toBe('no');
  await take(world, made, 'undo', 'undo');
  expect(await looked(world, made, 'recovered')).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining('the same process'),
  });
  await take(world, made, 'disarm', 'disarm');
  expect(stateOf(pid)).toBe('S');
  expect(namesIn(records)).toEqual([]);
});

test('with its children: all of them, and only what was not stopped before', async () => {
  const { world } = hereWith();
  const { pid } = started('sleep 600 & sleep 601 & wait', newWord());
  const target = { host: 'here', pid, children: true };
  const pinned = async (): Promise<number[]> => {
    const { undo } = await intend(world, { fault, target });
    const [, ...pins] = (undo['undo'] as { args: string[] }).args;
    return pins.filter((_, index) => index % 2 === 0).map(Number);
  };
  await expect.poll(pinned, { timeout: 5_000 }).toHaveLength(3);
  const [, first = 0, second = 0] = await pinned();
  process.kill(second, 'SIGSTOP');
  await becomes(second, 'T');
  expect(await pinned()).toEqual([pid, first]);
  const made = { fault, injection: await intend(world, { fault, target }) };
  await take(world, made, 'arm', 'act');
  expect((await looked(world, made, 'effect')).is).toBe('yes');
  expect([pid, first].map(stateOf)).toEqual(['T', 'T']);
  await take(world, made, 'undo');
  expect((await looked(world, made, 'recovered')).is).toBe('yes');
  expect([pid, first, second].map(stateOf)).toEqual(['S', 'S', 'T']);
  await take(world, made, 'disarm');
});

test('an act after its undo, and one without its record, stop nothing', async () => {
  const { world } = hereWith();
  const { pid } = started(LOOP, newWord());
  const injection = await intend(world, { fault, target: { host: 'here', pid } });
  const made = { fault, injection };
  expect(await fault.act(world, injection, never)).toMatchObject({ problem: { code: 'inject-failed' } });
  await take(world, made, 'arm', 'undo');
  expect(await fault.act(world, injection, never)).toMatchObject({ problem: { code: 'inject-failed' } });
  await take(world, made, 'disarm');
  expect(await fault.act(world, injection, never)).toMatchObject({ problem: { code: 'inject-failed' } });
  expect(stateOf(pid)).toBe('S');
});

test('a lost record keeps nobody stopped', async () => {
  const { world, records } = hereWith();
  const { pid } = started(LOOP, newWord());
  const made = { fault, injection: await intend(world, { fault, target: { host: 'here', pid } }) };
  await take(world, made, 'arm', 'act');
  await becomes(pid, 'T');
  rmSync(records, { recursive: true });
  await take(world, made, 'undo');
  await becomes(pid, 'S');
  expect((await looked(world, made, 'recovered')).is).toBe('yes');
});

test('a later process of the same number is left alone, and so is one of another boot', async () => {
  const { world } = hereWith();
  const { pid } = started(LOOP, newWord());
  const injection = await intend(world, { fault, target: { host: 'here', pid } });
  const later = JSON.parse(JSON.stringify(injection).replaceAll(startOf(pid), '1')) as Injection;
  await take(world, { fault, injection: later }, 'arm');
  expect(await fault.act(world, later, never)).toMatchObject({ problem: { code: 'target-missing' } });
  expect(stateOf(pid)).toBe('S');
  await take(world, { fault, injection: later }, 'undo', 'disarm');
  const boot = String(injection.target.detail['boot']);
  const rebooted = JSON.parse(JSON.stringify(injection).replaceAll(boot, 'another')) as Injection;
  process.kill(pid, 'SIGSTOP');
  await becomes(pid, 'T');
  await take(world, { fault, injection: rebooted }, 'undo');
  expect(stateOf(pid)).toBe('T');
  expect(await looked(world, { fault, injection: rebooted }, 'recovered')).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining('started anew'),
  });
  process.kill(pid, 'SIGCONT');
});

test('a process that ended meanwhile is over, and the evidence says so', async () => {
  const { world } = hereWith();
  const child = started(LOOP, newWord());
  const made = { fault, injection: await intend(world, { fault, target: { host: 'here', pid: child.pid } }) };
  await take(world, made, 'arm', 'act');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(child.pid, 'SIGKILL');
  await ended;
  await take(world, made, 'undo');
  expect(await looked(world, made, 'recovered')).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining('ended meanwhile'),
  });
});

test('what must not or cannot be stopped is refused with the reason', async () => {
  const word = newWord();
  const { world } = hereWith([word]);
  const { pid } = started(LOOP, word);
  const refusal = async (target: object): Promise<string> => {
    try {
      await intend(world, { fault, target: { host: 'here', ...target } });
      return 'accepted';
    } catch (error) {
      return String(error);
    }
  };
  expect(await refusal({ pid: 1 })).toContain('init');
  expect(await refusal({ pid: process.pid })).toContain('aftershock runs below it');
  expect(await refusal({ pid })).toContain('a process of aftershock itself');
  expect(await refusal({ command: newWord() })).toContain('target-missing');
  expect(await refusal({ host: 'there', pid })).toContain('names no host `there`');
  const stopped = started(LOOP, newWord());
  process.kill(stopped.pid, 'SIGSTOP');
  await becomes(stopped.pid, 'T');
  expect(await refusal({ pid: stopped.pid })).toContain('stopped already');
  const above = started(`sh -c '${LOOP}' ${word} & wait`, newWord());
  await expect.poll(() => refusal({ pid: above.pid, children: true })).toContain('aftershock itself');
  expect(fault.target.safeParse({ host: 'here', pid: 1, name: 'x' }).success).toBe(false);
  expect(fault.target.safeParse({ host: 'here' }).success).toBe(false);
});

test('where no private folder can be had, nothing is done', async () => {
  const { world, records } = hereWith();
  mkdirSync(records, { mode: 0o777 });
  const { pid } = started(LOOP, newWord());
  const injection = await intend(world, { fault, target: { host: 'here', pid } });
  expect(await fault.arm?.(world, injection, never)).toMatchObject({ problem: { code: 'rights-missing' } });
  expect(namesIn(records)).toEqual([]);
});

test('several that match are a set of which a part is taken away', async () => {
  const { world } = hereWith();
  const word = newWord();
  for (let index = 0; index < 4; index += 1) started(LOOP, word);
  const wanted = fault.target.parse({ host: 'here', command: word });
  await expect
    .poll(async () => unwrap(await fault.resolve(world, { target: wanted, params: {} }, never)).set, {
      timeout: 5_000,
    })
    .toEqual({ name: `processes with \`${word}\` in the command line on here`, size: 4, takenEach: 1 });
});

test('a stopped process whose name has several lines is not told as gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-pause-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'two\nlines');
  copyFileSync('/bin/sleep', program);
  const { world } = hereWith();
  const { pid } = startProcess(program, ['600']);
  await becomes(pid, 'S');
  const made = { fault, injection: await intend(world, { fault, target: { host: 'here', pid } }) };
  await take(world, made, 'arm', 'act');
  expect((await looked(world, made, 'effect')).is).toBe('yes');
  expect((await looked(world, made, 'recovered')).is).toBe('no');
  await take(world, made, 'undo');
  expect((await looked(world, made, 'recovered')).is).toBe('yes');
  await take(world, made, 'disarm');
});

test('a probe that says nothing of a process proves neither effect nor recovery', async () => {
  const { world } = hereWith();
  const { pid } = started(LOOP, newWord());
  const made = { fault, injection: await intend(world, { fault, target: { host: 'here', pid } }) };
  for (const stdout of ['', `${pid} unknown\n`, 'nonsense\n']) {
    const host = world.host('here');
    const silent = host.ok
      ? { ...host.value, run: async () => ok({ code: 0, stdout, stderr: '' }) }
      : undefined;
    const mute = { ...world, host: () => (silent === undefined ? host : ok(silent)) };
    expect((await looked(mute, made, 'effect')).is).toBe('unsure');
    expect((await looked(mute, made, 'recovered')).is).toBe('unsure');
  }
});

test('nobody renews its lease: the host lets it go on by itself', async () => {
  const { world, records } = hereWith();
  const { pid } = started('sleep 600 & wait', newWord());
  await becomes(pid, 'S');
  const target = { host: 'here', pid, children: true };
  const made = { fault, injection: await intend(world, { fault, target, lease_s: 6 }) };
  await take(world, made, 'arm', 'act');
  expect(stateOf(pid)).toBe('T');
  await expect.poll(() => stateOf(pid), { timeout: 25_000 }).toBe('S');
  await expect.poll(() => namesIn(records), { timeout: 25_000 }).toEqual([]);
});

test('a watchdog that undoes is no target, whatever is looked for', async () => {
  const { world, records } = hereWith();
  const { pid } = started(LOOP, newWord());
  const made = { fault, injection: await intend(world, { fault, target: { host: 'here', pid } }) };
  await take(world, made, 'arm');
  const [dog = 0] = watchdogsIn(records);
  await expect(intend(world, { fault, target: { host: 'here', pid: dog } })).rejects.toThrow(
    'target-missing',
  );
  await take(world, made, 'undo', 'disarm');
});

test('the process whose number stands in a file', async () => {
  const { world, records } = hereWith();
  const { pid } = started(LOOP, newWord());
  const file = join(records, '..', "it's.pid");
  writeFileSync(file, `${pid}\n`);
  const made = { fault, injection: await intend(world, { fault, target: { host: 'here', pid_file: file } }) };
  expect(made.injection.target.detail).toMatchObject({ pid });
  await take(world, made, 'arm', 'act');
  expect((await looked(world, made, 'effect')).is).toBe('yes');
  await take(world, made, 'undo', 'disarm');
  writeFileSync(file, 'nothing\n');
  await expect(intend(world, { fault, target: { host: 'here', pid_file: file } })).rejects.toThrow(
    'target-missing',
  );
});

test('over ssh, what our own way there goes through is refused unless it is meant', async () => {
  const { world } = hereWith();
  const here = unwrap(world.host('here'));
  const there = { ...world, host: () => ok({ ...here, kind: 'ssh' as const }) };
  // The script that looks runs below it, as it runs below an sshd.
  const target = { host: 'here', pid: process.pid };
  await expect(intend(there, { fault, target })).rejects.toThrow('cuts_us_off: true');
  const resolved = unwrap(
    await fault.resolve(there, { target: fault.target.parse(target), params: { cuts_us_off: true } }, never),
  );
  const [chosen] = resolved.found;
  if (chosen === undefined) throw new Error('nothing was found');
  const prepared = unwrap(
    await fault.prepare(there, { target: chosen, params: { cuts_us_off: true } }, never),
  );
  expect(prepared).toMatchObject({ cutsControlPath: true });
  expect(prepared.notes?.join()).toContain('can cut our own way');
  // On this machine nothing makes it a target.
  await expect(intend(world, { fault, target, params: { cuts_us_off: true } })).rejects.toThrow(
    'aftershock runs below it',
  );
});

test('what a fault started on a host is no target of another one', async () => {
  const { world, records } = hereWith();
  const worker = started(LOOP, newWord());
  await becomes(worker.pid, 'S');
  const of = join(records, 'r.other.0');
  mkdirSync(of, { recursive: true });
  chmodSync(records, 0o700);
  writeFileSync(join(of, 'workers'), `${worker.pid} ${startOf(worker.pid)}\n`);
  await expect(intend(world, { fault, target: { host: 'here', pid: worker.pid } })).rejects.toThrow(
    'a fault of aftershock started it',
  );
});
