import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Ground, Leftover } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { Injection } from '../model/injection.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { nowhere } from '../reach/world.ts';
import { faultOf, type Script, trouble } from './fake-fault.ts';
import { injectionOf } from './fixtures/injection.ts';
import { forgetRun } from './forget.ts';
import { type HealOptions, healLocal, healSystem, nothingHealed, type Reached } from './heal.ts';
import { appendStep, journalLines, openInjections } from './journal.ts';
import { noteOpen, openRuns } from './open-runs.ts';
import { own, type ProcessIdentity } from './proc.ts';

/** No process has this number. */
const dead: ProcessIdentity = { pid: 2 ** 30, startTime: '1' };

interface Scene {
  options: HealOptions;
  reached: Reached;
  told: string[];
  unlocked: string[];
  /** Notes a run that left these injections open; gives its folder. */
  leave: (run: string, injections: readonly Injection[], process?: ProcessIdentity) => string;
}

function scene(of: { script?: Script; marked?: readonly Leftover[]; unreachable?: true } = {}): Scene {
  const home = mkdtempSync(join(tmpdir(), 'aftershock-heal-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const told: string[] = [];
  const unlocked: string[] = [];
  const ground = {
    unlock: async (_world: World, { run }: { run: string }) => {
      unlocked.push(run);
      return ok(undefined);
    },
    leftovers: async () => ok({ found: of.marked ?? [], unreadable: [] }),
  } as unknown as Ground;
  const reached = { world: nowhere, grounds: [ground] };
  return {
    told,
    unlocked,
    reached,
    options: {
      home,
      faults: new Map([['kubernetes.deployment.scale', faultOf({ id: 'a', script: of.script ?? {} }, told)]]),
      connect: async () => (of.unreachable === true ? fail(trouble('the API is away')) : ok(reached)),
      proveWithin_ms: 300,
      undoWithin_ms: 300,
      onStep: () => undefined,
      onProblem: () => undefined,
      signal: new AbortController().signal,
    },
    leave: (run, injections, process = dead) => {
      const directory = join(home, 'runs', run);
      mkdirSync(directory, { recursive: true });
      for (const injection of injections) appendStep(directory, 'run', { step: 'intent', injection });
      noteOpen(home, { run, directory, process, title: run });
      return directory;
    },
  };
}

const names = (told: readonly string[]): string[] => told.filter((line) => line.endsWith(' undo()'));

test('what a dead run left is undone, its lock given back, and it is closed', async () => {
  const { leave, options, told, unlocked } = scene();
  const directory = leave('r', [injectionOf(1), injectionOf(2)]);
  const healed = await healLocal(options);
  expect(healed.clean.map(({ id }) => id)).toEqual([injectionOf(2).id, injectionOf(1).id]);
  expect(names(told)).toHaveLength(2);
  expect(openInjections(directory)).toEqual([]);
  expect(openRuns(options.home)).toEqual([]);
  expect(unlocked).toEqual(['r']);
  expect(await healLocal(options)).toEqual(nothingHealed());
});

test('a living run is left alone and named', async () => {
  const { leave, options, told } = scene();
  leave('alive', [injectionOf(1)], own());
  const healed = await healLocal(options);
  expect(healed).toEqual({ ...nothingHealed(), living: [{ run: 'alive', injections: 1 }] });
  expect(told).toEqual([]);
});

test('a fault that this version does not know is named, the rest is undone, and the run stays open', async () => {
  const { leave, options } = scene();
  leave('r', [injectionOf(1), { ...injectionOf(2), fault: 'future.fault' }]);
  const healed = await healLocal(options);
  expect(healed.clean.map(({ id }) => id)).toEqual([injectionOf(1).id]);
  expect(healed.failed[0]?.problem.message).toContain('future.fault');
  expect(openRuns(options.home)).toHaveLength(1);
});

test('a system that is not reached: it says so and keeps the run open, but not one with nothing to undo', async () => {
  const { leave, options } = scene({ unreachable: true });
  leave('r', [injectionOf(1)]);
  leave('empty', []);
  const healed = await healLocal(options);
  expect(healed.failed).toMatchObject([
    {
      problem: {
        code: 'undo-failed',
        message: 'r left 1 injection(s), and its system is not reached: the API is away',
        fix: expect.stringContaining('aftershock heal --forget r') as string,
      },
    },
  ]);
  expect(openRuns(options.home).map(({ run }) => run)).toEqual(['r']);
});

test.each([
  ['its tries', { undo: () => trouble('none that says so') }],
  ['its undo', { undo: () => trouble('to reach x: the API is away') }],
  ['its proof', { recovered: () => ({ is: 'unsure', evidence: 'the API is away' }) }],
] as const)(
  'a part that is not reached keeps nobody from what needs none: found by %s',
  async (_by, script) => {
    const { leave, options, reached, told } = scene({ script });
    const load = { ...injectionOf(2), fault: 'http.load' };
    const directory = leave('r', [injectionOf(1), load, injectionOf(3)]);
    const healed = await healLocal({
      ...options,
      proveWithin_ms: 60_000,
      undoWithin_ms: 60_000,
      faults: new Map([...options.faults, ['http.load', faultOf({ id: 'load' }, told)]]),
      connect: async () => ok({ ...reached, missing: trouble('the API is away') }),
    });
    expect(healed.clean.map(({ id }) => id)).toEqual([load.id]);
    expect(healed.failed.map(({ problem }) => problem.message)).toEqual([
      'r left 2 injection(s), and its system is not reached: the API is away',
    ]);
    expect(openInjections(directory)).toHaveLength(2);
    expect(openRuns(options.home)).toHaveLength(1);
  },
);

test('an undo that never succeeds ends with the wait, says why and what to do, and stays open', async () => {
  const { leave, options } = scene({ script: { undo: () => trouble('there is no namespace a') } });
  leave('r', [injectionOf(1)]);
  const healed = await healLocal(options);
  expect(healed.clean).toEqual([]);
  expect(healed.failed).toMatchObject([
    {
      problem: {
        message: expect.stringContaining('there is no namespace a') as string,
        fix: expect.stringContaining('aftershock heal --forget ') as string,
      },
    },
  ]);
  expect(openRuns(options.home)).toHaveLength(1);
});

test('a run that cannot be undone keeps no other one broken', async () => {
  const { leave, options, told } = scene({ script: { undo: () => trouble('never') } });
  const other = { ...injectionOf(2), fault: 'http.load', run: 'other' };
  leave('other', [other]);
  leave('stuck', [injectionOf(1)]);
  const order: string[] = [];
  const healed = await healLocal({
    ...options,
    undoWithin_ms: 15_000,
    faults: new Map([...options.faults, ['http.load', faultOf({ id: 'load' }, told)]]),
    onStep: ({ run }, step) => order.push(`${run} ${step}`),
    onProblem: () => order.push('tried again'),
  });
  expect(healed.clean.map(({ id }) => id)).toEqual([other.id]);
  expect(order.indexOf('other closed')).toBeGreaterThan(0);
  expect(order.indexOf('other closed')).toBeLessThan(order.lastIndexOf('tried again'));
  expect(order.filter((step) => step.endsWith('undoing'))).toHaveLength(2);
});

test('a target that does not come back is told, and can be healed later', async () => {
  let broken = true;
  const recovered = () => (broken ? { is: 'no', evidence: 'one pod is missing' } : undefined);
  const { leave, options } = scene({ script: { recovered } });
  leave('r', [injectionOf(1)]);
  const first = await healLocal(options);
  expect(first.failed[0]?.problem.message).toContain('one pod is missing');
  broken = false;
  expect((await healLocal(options)).clean).toHaveLength(1);
  expect(openRuns(options.home)).toEqual([]);
});

test('a payload that is gone is never undone by guess; the mark on the target heals it', async () => {
  const lost = (directory: string): void =>
    rmSync(join(directory, 'undo', `${encodeURIComponent(injectionOf(1).id)}.json`));
  const without = scene();
  lost(without.leave('r', [injectionOf(1)]));
  const failed = await healLocal(without.options);
  expect(failed.failed[0]?.problem.message).toContain('missing or damaged');
  expect(without.told).toEqual([]);
  expect(openRuns(without.options.home)).toHaveLength(1);

  const marked = scene({ marked: [{ injection: injectionOf(1), fresh: true }] });
  const directory = marked.leave('r', [injectionOf(1)]);
  lost(directory);
  expect((await healLocal(marked.options)).clean).toHaveLength(1);
  expect(openInjections(directory)).toEqual([]);
  expect(openRuns(marked.options.home)).toEqual([]);
});

test('a run whose folder was deleted is healed by the marks that name it', async () => {
  const other = { ...injectionOf(2), run: 'other' };
  const { leave, options, told } = scene({
    marked: [
      { injection: injectionOf(1), fresh: false },
      { injection: other, fresh: true },
    ],
  });
  rmSync(leave('r', [injectionOf(1)]), { recursive: true });
  expect((await healLocal(options)).clean.map(({ id }) => id)).toEqual([injectionOf(1).id]);
  expect(names(told)).toHaveLength(1);
});

test('a broken note of an open run does not keep heal from the others', async () => {
  const { leave, options } = scene();
  leave('r', [injectionOf(1)]);
  writeFileSync(join(options.home, 'open', 'a.json'), '{');
  writeFileSync(join(options.home, 'open', 'b.json'), 'null');
  expect((await healLocal(options)).clean).toHaveLength(1);
});

test('by the marks on a system: fresh ones are left alone, or taken too with all', async () => {
  const marked = [
    { injection: injectionOf(1), fresh: false },
    { injection: { ...injectionOf(2), run: 'alive' }, fresh: true },
  ];
  const some = scene({ marked });
  const healed = await healSystem(some.options, some.reached, false);
  expect(healed.clean.map(({ id }) => id)).toEqual([injectionOf(1).id]);
  expect(healed.living).toEqual([]);
  expect(healed.unsure).toEqual([marked[1]]);
  const here = scene({ marked });
  here.leave('alive', [], own());
  const known = await healSystem(here.options, here.reached, false);
  expect(known.living).toEqual([{ run: 'alive', injections: 1 }]);
  expect(known.unsure).toEqual([]);
  const all = scene({ marked });
  expect((await healSystem(all.options, all.reached, true)).clean).toHaveLength(2);
});

const forget = (of: Scene, seen: string[] = []): Promise<Result<void>> => {
  const [entry] = openRuns(of.options.home);
  if (entry === undefined) throw new Error('no run is open');
  return forgetRun({ ...of.options, onForget: ({ id }) => void seen.push(id) }, entry);
};

test.each([
  ['whose system is gone', { unreachable: true }],
  ['whose target is gone', {}],
] as const)('a dead run %s can be forgotten by hand: told, journalled, closed', async (_which, of) => {
  const left = scene(of);
  const directory = left.leave('r', [injectionOf(1)]);
  const seen: string[] = [];
  expect((await forget(left, seen)).ok).toBe(true);
  expect(seen).toEqual([injectionOf(1).id]);
  expect(journalLines(directory).at(-1)).toMatchObject({ step: 'closed', evidence: 'forgotten by hand' });
  expect(openRuns(left.options.home)).toEqual([]);
  expect(left.told).toEqual([]);
});

test('what lives, or can still be undone, is not forgotten', async () => {
  const marked = scene({ marked: [{ injection: injectionOf(1), fresh: false }] });
  const directory = marked.leave('r', [injectionOf(1)]);
  expect(await forget(marked)).toMatchObject({ problem: { code: 'undo-failed' } });
  expect(openInjections(directory)).toHaveLength(1);
  const alive = scene();
  alive.leave('r', [injectionOf(1)], own());
  expect(await forget(alive)).toMatchObject({ problem: { code: 'usage' } });
  expect(openRuns(alive.options.home)).toHaveLength(1);
});
