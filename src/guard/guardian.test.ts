import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Ground } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { Injection } from '../model/injection.ts';
import { ok } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import { nowhere } from '../reach/world.ts';
import { faultOf, type Script } from './fake-fault.ts';
import { injectionOf } from './fixtures/injection.ts';
import { type GuardianEnd, type GuardianOptions, guardianOf, watchOver } from './guardian.ts';
import { appendStep, journalLines, openInjections } from './journal.ts';
import { renewLease } from './lease.ts';
import { alive, identify } from './proc.ts';

interface Watched {
  directory: string;
  told: string[];
  unlocked: string[];
  /** The process that plays the run. */
  run: ChildProcess;
  /** Ends that process, and waits until it is gone. */
  kill: () => Promise<void>;
  watching: Promise<GuardianEnd>;
}

interface Scene {
  injections?: readonly Injection[];
  script?: Script;
  lease_s?: number;
  before?: (directory: string) => void;
  options?: Partial<GuardianOptions>;
}

function watch(scene: Scene = {}): Watched {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-guardian-'));
  const run = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ending = new AbortController();
  onTestFinished(() => {
    ending.abort();
    run.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  const told: string[] = [];
  const unlocked: string[] = [];
  renewLease(directory, scene.lease_s ?? 600);
  for (const injection of scene.injections ?? []) appendStep(directory, 'run', { step: 'intent', injection });
  scene.before?.(directory);
  const fault = faultOf({ id: 'a', script: scene.script ?? {} }, told);
  const ground = {
    unlock: async (_world: World, { run: name }: { run: string }) => {
      unlocked.push(name);
      return ok(undefined);
    },
  } as unknown as Ground;
  const watched = identify(run.pid ?? -1) ?? { pid: -1, startTime: '' };
  const watching = watchOver({
    directory,
    run: 'r',
    watched,
    faults: new Map([['kubernetes.deployment.scale', fault]]),
    connect: async () => ({ world: nowhere, grounds: [ground] }),
    signal: ending.signal,
    ...scene.options,
  });
  const kill = async (): Promise<void> => {
    run.kill('SIGKILL');
    while (alive(watched)) await sleep(5);
  };
  return { directory, told, unlocked, run, kill, watching };
}

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !what(); tries += 1) await sleep(10);
  expect(what()).toBe(true);
}
const undos = (watched: Watched): number => watched.told.filter((line) => line.endsWith(' undo()')).length;

test('a run that ended clean needs no guardian; its lock is given back', async () => {
  const watched = watch({ injections: [injectionOf(1)] });
  appendStep(watched.directory, 'run', { step: 'closed', injection: injectionOf(1) });
  await until(() => guardianOf(watched.directory)?.pid === process.pid);
  await watched.kill();
  expect(await watched.watching).toBe('not-needed');
  expect(watched.told).toEqual([]);
  expect(watched.unlocked).toEqual(['r']);
});

test('a living run with a living lease is left alone, and a dead one is undone, the newest first', async () => {
  const second = { ...injectionOf(2), target: { ...injectionOf(2).target, name: 'deployment/y' } };
  const watched = watch({ injections: [injectionOf(1), second] });
  await sleep(700);
  expect(watched.told).toEqual([]);
  await watched.kill();
  expect(await watched.watching).toBe('undone');
  expect(watched.told.filter((line) => line.endsWith(' undo()'))).toEqual([
    'deployment/y undo()',
    'deployment/x undo()',
  ]);
  expect(openInjections(watched.directory)).toEqual([]);
  expect(journalLines(watched.directory).at(-1)).toMatchObject({ by: 'guardian', step: 'closed' });
  expect(watched.unlocked).toEqual(['r']);
});

test('a run that hangs is undone when its lease has run out, once, while it is still there', async () => {
  const watched = watch({ injections: [injectionOf(1)], lease_s: 0.5 });
  expect(watched.told).toEqual([]);
  await until(() => openInjections(watched.directory).length === 0);
  await sleep(600);
  expect(undos(watched)).toBe(1);
  expect(watched.run.exitCode).toBeNull();
  await watched.kill();
  expect(await watched.watching).toBe('undone');
});

test('an injection that is older than its deadline is undone though the run lives', async () => {
  const watched = watch({ injections: [{ ...injectionOf(1), deadline_s: 0.3 }, injectionOf(2)] });
  await until(() => openInjections(watched.directory).length === 1);
  expect(undos(watched)).toBe(1);
});

test('a lease that cannot be read has run out', async () => {
  const watched = watch({
    injections: [injectionOf(1)],
    before: (directory) => writeFileSync(join(directory, 'lease.json'), 'torn'),
  });
  await until(() => openInjections(watched.directory).length === 0);
});

test('it tries again while the system cannot be reached, or reaching it throws', async () => {
  let tries = 0;
  const watched = watch({
    injections: [injectionOf(1)],
    options: {
      connect: async () => {
        tries += 1;
        if (tries === 1) throw new TypeError('a bug');
        return { world: nowhere, grounds: [] };
      },
    },
  });
  await watched.kill();
  expect(await watched.watching).toBe('undone');
}, 30_000);

test('what it does not know, or cannot read, it leaves to heal, and undoes the rest', async () => {
  const unknown = { ...injectionOf(2), fault: 'future.fault' };
  const watched = watch({
    injections: [injectionOf(1), unknown, injectionOf(3)],
    before: (directory) => rmSync(join(directory, 'undo', `${injectionOf(3).id}.json`)),
  });
  await watched.kill();
  expect(await watched.watching).toBe('gave-up');
  expect(undos(watched)).toBe(1);
  expect(openInjections(watched.directory).map(({ injection }) => injection.id)).toEqual([
    injectionOf(3).id,
    unknown.id,
  ]);
});

test('a journal that lost its last lines, as on a full disk, does not make it undo again and again', async () => {
  const watched = watch({ injections: [injectionOf(1)], lease_s: 0.3 });
  const path = join(watched.directory, 'undo.jsonl');
  const intent = readFileSync(path);
  await until(() => openInjections(watched.directory).length === 0);
  writeFileSync(path, intent);
  await sleep(800);
  expect(undos(watched)).toBe(1);
  await watched.kill();
  expect(await watched.watching).toBe('undone');
  expect(undos(watched)).toBe(1);
});

test('a folder that it cannot write to is told at once, not watched', async () => {
  const watched = watch({
    before: (directory) => {
      rmSync(directory, { recursive: true });
      writeFileSync(directory, 'a file in its place');
    },
  });
  expect(await watched.watching).toBe('cannot-watch');
});
