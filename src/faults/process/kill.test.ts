import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { World } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { endGroup } from '../../reach/hosts/fake-process.ts';
import { lookAtProcesses } from '../../reach/hosts/processes.ts';
import { select } from '../../reach/hosts/select.ts';
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
} from './fake-host.ts';
import { processKill as fault } from './kill.ts';

const LOOP = 'while sleep 1; do :; done';
const again = (word: string): string => `exec sh -c '${LOOP}' ${word}`;

/** Pids with the word in the command line; those that are left end with the test. */
function finder(world: World, word: string): () => Promise<number[]> {
  const find = async (): Promise<number[]> => {
    const host = unwrap(world.host('here'));
    const look = unwrap(await lookAtProcesses(host, 'process', never));
    return select(look, { command: word }).map(({ pid }) => pid);
  };
  onTestFinished(async () => {
    for (const pid of await find()) endGroup(pid);
  });
  return find;
}

interface Scene {
  params?: JsonObject;
  script?: string;
  target?: JsonObject;
}

async function scene(of: Scene = {}) {
  const { world, records } = hereWith();
  const word = newWord();
  const child = started(of.script ?? LOOP, word);
  await becomes(child.pid, 'S');
  const find = finder(world, word);
  const target = of.target ?? { host: 'here', command: word };
  const params = of.params ?? { restart: again(word) };
  const injection = await intend(world, { fault, target, params });
  return { world, records, word, pid: child.pid, find, made: { fault, injection } };
}

test('a process is killed and started again, once, with its folder and its environment', async () => {
  const { world, records, pid, find, made } = await scene();
  await take(world, made, 'arm');
  expect((await looked(world, made, 'effect')).is).toBe('no');
  await take(world, made, 'act');
  await expect.poll(async () => (await looked(world, made, 'effect')).is).toBe('yes');
  expect(await looked(world, made, 'recovered')).toMatchObject({
    is: 'no',
    evidence: expect.stringContaining('nothing has been started'),
  });
  await Promise.all([take(world, made, 'undo'), take(world, made, 'undo')]);
  await take(world, made, 'undo');
  await expect.poll(() => find(), { timeout: 10_000 }).toHaveLength(1);
  const [next = 0] = await find();
  expect(next).not.toBe(pid);
  const look = await looked(world, made, 'recovered');
  expect(look).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining(`started by us as pid ${next}`),
  });
  expect(readFileSync(`/proc/${next}/environ`, 'utf8').split('\0')).toContain(`HOME=${process.env['HOME']}`);
  await take(world, made, 'disarm');
  expect(namesIn(records)).toEqual([]);
  expect(await find()).toEqual([next]);
});

test('hostile words stay words: in the command, the folder and the environment', async () => {
  const { world, records, word } = await scene();
  const odd = `a'b"c $(exit 9) \\ ;\n\`d\` é`;
  const out = join(records, '..', 'out');
  const folder = join(records, '..', "it's $HOME");
  mkdirSync(folder);
  const restart = `printf '%s|%s' "$ODD" "$PWD" >'${out}'; ${again(word)}`;
  const params = { restart, cwd: folder, env: { ODD: odd } };
  const injection = await intend(world, { fault, target: { host: 'here', command: word }, params });
  await take(world, { fault, injection }, 'arm', 'act', 'undo');
  await expect.poll(() => readText(out)).toBe(`${odd}|${folder}`);
  await expect.poll(async () => (await looked(world, { fault, injection }, 'recovered')).is).toBe('yes');
});

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

test('a process that was never killed is not started again', async () => {
  const { world, pid, find, made } = await scene();
  await take(world, made, 'undo');
  expect(await find()).toEqual([pid]);
  expect((await looked(world, made, 'recovered')).is).toBe('yes');
  await take(world, made, 'arm', 'undo');
  expect(await find()).toEqual([pid]);
  expect(await fault.act(world, made.injection, never)).toMatchObject({
    problem: { code: 'inject-failed', message: expect.stringContaining('not armed any more') },
  });
  await take(world, made, 'disarm');
});

test('a process that ended by itself before our signal is not ours to bring back', async () => {
  const { world, pid, find, made } = await scene();
  await take(world, made, 'arm');
  endGroup(pid);
  await expect.poll(() => find(), { timeout: 10_000 }).toEqual([]);
  expect(await fault.act(world, made.injection, never)).toMatchObject({
    problem: { code: 'target-missing' },
  });
  await take(world, made, 'undo');
  expect(await find()).toEqual([]);
  expect(await looked(world, made, 'recovered')).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining('by itself'),
  });
});

test('with a supervisor we only look: another process of the same selection', async () => {
  const { world, word, pid, find, made } = await scene({ params: { supervisor: 'the test' } });
  await take(world, made, 'arm', 'act');
  await expect.poll(() => find(), { timeout: 10_000 }).toEqual([]);
  await take(world, made, 'undo');
  expect(await looked(world, made, 'recovered')).toMatchObject({
    is: 'no',
    evidence: expect.stringContaining('the test has not started'),
  });
  const next = started(LOOP, word);
  await expect.poll(async () => (await looked(world, made, 'recovered')).is).toBe('yes');
  expect(await find()).toEqual([next.pid]);
  expect(stateOf(pid)).not.toBe('S');
});

test('what takes its time to end is waited for before it is started again', async () => {
  const script = "trap 'sleep 1; exit 0' TERM; while :; do sleep 0.1; done";
  const word = newWord();
  const { world, pid, find, made } = await scene({
    script,
    params: { signal: 'TERM', restart: again(word) },
  });
  const findNext = finder(world, word);
  await take(world, made, 'arm', 'act');
  expect(await fault.undo(world, made.injection, never)).toMatchObject({
    problem: { code: 'undo-failed', cause: expect.stringContaining('has not ended yet') },
  });
  expect(await findNext()).toEqual([]);
  await expect.poll(() => find(), { timeout: 10_000 }).toEqual([]);
  await take(world, made, 'undo');
  await expect.poll(() => findNext()).toHaveLength(1);
  expect(stateOf(pid)).not.toBe('S');
});

test('what we start in vain is told, and tried again by the next undo', async () => {
  const { world, records, word, find, made } = await scene({ params: { restart: 'exit 3' } });
  await take(world, made, 'arm', 'act');
  await expect.poll(() => find(), { timeout: 10_000 }).toEqual([]);
  await take(world, made, 'undo');
  await expect
    .poll(() => looked(world, made, 'recovered'))
    .toMatchObject({ is: 'no', evidence: expect.stringContaining('which we started, has ended') });
  const first = readText(join(records, made.injection.id, 'started'));
  await take(world, made, 'undo');
  expect(readText(join(records, made.injection.id, 'started'))).not.toBe(first);
  // Somebody starts it by hand.
  started(LOOP, word);
  await expect.poll(async () => (await looked(world, made, 'recovered')).is).toBe('yes');
  const by = readText(join(records, made.injection.id, 'started'));
  await take(world, made, 'undo');
  expect(readText(join(records, made.injection.id, 'started'))).toBe(by);
});

test('with a record that was lost it is started again all the same, by number too', async () => {
  const { world, records, word, pid, find } = await scene();
  const params = { restart: again(word) };
  const injection = await intend(world, { fault, target: { host: 'here', pid }, params });
  const made = { fault, injection };
  await take(world, made, 'arm', 'act');
  await expect.poll(() => find(), { timeout: 10_000 }).toEqual([]);
  await take(world, made, 'disarm');
  expect(namesIn(records)).toEqual([]);
  await take(world, made, 'undo');
  await expect.poll(() => find(), { timeout: 10_000 }).toHaveLength(1);
  await expect.poll(async () => (await looked(world, made, 'recovered')).is).toBe('yes');
  await take(world, made, 'disarm');
  expect(namesIn(records)).toEqual([]);
});

test('a tree is killed as a whole', async () => {
  const { world, pid } = await scene({ script: 'sleep 600 & wait' });
  const target = { host: 'here', pid, children: true };
  const injection = await intend(world, { fault, target, params: { supervisor: true } });
  const host = unwrap(world.host('here'));
  const below = async (): Promise<number[]> => {
    const { rows } = unwrap(await lookAtProcesses(host, 'process', never));
    return [...rows.values()].filter(({ session }) => session === pid).map((row) => row.pid);
  };
  expect(await below()).toHaveLength(2);
  await take(world, { fault, injection }, 'arm', 'act');
  await expect.poll(below).toEqual([]);
});

test('without restart and supervisor it is irreversible, and is over with the process', async () => {
  const { world, find, made } = await scene({ params: {} });
  expect(fault.irreversible?.({})).toBe(true);
  expect(fault.irreversible?.({ supervisor: true })).toBe(false);
  await take(world, made, 'arm', 'act', 'undo');
  await expect.poll(() => find(), { timeout: 10_000 }).toEqual([]);
  expect(await looked(world, made, 'recovered')).toMatchObject({
    is: 'yes',
    evidence: expect.stringContaining('limits.allow'),
  });
});

test('what makes no sense is refused', async () => {
  const wrong: JsonObject[] = [
    { restart: 'x', supervisor: true },
    { cwd: '/tmp' },
    { env: { A: '1' } },
    { restart: 'x', env: { 'A B': '1' } },
    { signal: 'STOP' },
    { signal: 9 },
  ];
  for (const params of wrong)
    expect(fault.params.safeParse(params).success, JSON.stringify(params)).toBe(false);
  const { world, pid } = await scene();
  const missing = { restart: 'x', cwd: '/no/such/folder' };
  await expect(intend(world, { fault, target: { host: 'here', pid }, params: missing })).rejects.toThrow(
    '/no/such/folder',
  );
});

test('nobody renews its lease: the host starts it again by itself, as it was to the OOM killer', async () => {
  const { world, records, pid, find, word } = await scene();
  writeFileSync(`/proc/${pid}/oom_score_adj`, '77');
  const params = { restart: again(word), env: { EXTRA: 'e' } };
  const target = { host: 'here', command: word };
  const injection = await intend(world, { fault, target, params, lease_s: 6 });
  const made = { fault, injection };
  await take(world, made, 'arm', 'act');
  await expect.poll(() => stateOf(pid)).toBe('gone');
  await expect.poll(() => find(), { timeout: 25_000 }).toHaveLength(1);
  const [next = 0] = await find();
  expect(next).not.toBe(pid);
  expect(readText(`/proc/${next}/oom_score_adj`)).toBe('77\n');
  const environment = readText(`/proc/${next}/environ`).split('\0');
  expect(environment).toContain('EXTRA=e');
  expect(environment).toContain(`HOME=${process.env['HOME']}`);
  expect(environment.filter((pair) => pair.startsWith('AFTERSHOCK_RECORD='))).toEqual([]);
  await expect.poll(() => namesIn(records), { timeout: 25_000 }).toEqual([]);
  expect(await find()).toEqual([next]);
});

test('what the host itself has started again is not started twice by whoever heals later', async () => {
  const { world, word, pid, find } = await scene();
  for (const target of [
    { host: 'here', command: word },
    { host: 'here', pid },
  ]) {
    const [now = 0] = await find();
    const chosen = 'pid' in target ? { host: 'here', pid: now } : target;
    const params = { restart: again(word) };
    const planned = await intend(world, { fault, target: chosen, params });
    const made = { fault, injection: planned };
    await take(world, made, 'arm', 'act', 'undo');
    await expect.poll(() => find(), { timeout: 10_000 }).toHaveLength(1);
    const [next] = await find();
    // As the watchdog does at its end.
    await take(world, made, 'disarm', 'undo', 'undo');
    expect(await looked(world, made, 'recovered')).toMatchObject({
      is: 'yes',
      evidence: expect.stringContaining(`pid ${next}, which we started, runs`),
    });
    expect(await find()).toEqual([next]);
  }
});

test('where it cannot be noted, as on a full disk, it is started all the same, and once', async () => {
  const { world, records, find, made } = await scene();
  await take(world, made, 'arm', 'act');
  mkdirSync(join(records, made.injection.id, 'started.new', 'in-the-way'), { recursive: true });
  await take(world, made, 'undo');
  await expect.poll(() => find(), { timeout: 10_000 }).toHaveLength(1);
  await take(world, made, 'undo');
  expect(await looked(world, made, 'recovered')).toMatchObject({ is: 'yes' });
  expect(await find()).toHaveLength(1);
});
