import { expect, test } from 'vitest';
import type { InjectionStep } from '../model/injection.ts';
import type { Problem } from '../model/result.ts';
import { nowhere } from '../reach/world.ts';
import { type FakeFault, faultOf, type Script, trouble } from './fake-fault.ts';
import { injectionOf } from './fixtures/injection.ts';
import { type RestoreOptions, restore, restoreAll } from './restore.ts';

const injection = { ...injectionOf(1), target: { kind: 'thing', name: 'a', id: 'a', detail: {} } };

interface Asked {
  options: RestoreOptions;
  told: string[];
  problems: Problem[];
}

function asked(script: Script, more: Partial<RestoreOptions> & Pick<FakeFault, 'instant'> = {}): Asked {
  const told: string[] = [];
  const problems: Problem[] = [];
  const options = {
    fault: faultOf({ id: 'a', script }, told),
    world: nowhere,
    injection,
    onStep: (step: InjectionStep, evidence?: string) =>
      void told.push(`${step}${evidence === undefined ? '' : ` (${evidence})`}`),
    onProblem: (problem: Problem) => void problems.push(problem),
    proveWithin_ms: 5_000,
    signal: new AbortController().signal,
    ...more,
  };
  return { options, told, problems };
}

/** Fails, or throws, so many times, then succeeds. */
function failing(times: number, how: () => unknown): () => unknown {
  let left = times;
  return () => {
    left -= 1;
    return left >= 0 ? how() : undefined;
  };
}
const bug = (): never => {
  throw new TypeError('a bug');
};

test('undoes, proves, disarms, each told before the next', async () => {
  const { options, told } = asked({});
  expect(await restore(options)).toEqual({ ok: true, value: undefined });
  expect(told).toEqual([
    'undoing',
    'a undo()',
    'undone',
    'a recovered()',
    'recovered (seen)',
    'a disarm()',
    'closed',
  ]);
});

test.each([
  ['fails', () => trouble('the API is away')],
  ['throws', bug],
])('an undo or a disarm that %s is tried again until it succeeds', async (_how, how) => {
  const { options, told, problems } = asked({ undo: failing(2, how), disarm: failing(1, how) });
  expect((await restore(options)).ok).toBe(true);
  expect(told.filter((line) => line === 'a undo()')).toHaveLength(3);
  expect(told.at(-1)).toBe('closed');
  expect(problems).toHaveLength(3);
});

test('a recovery that is not seen yet, or throws, is looked for again', async () => {
  const looks = [bug, () => ({ is: 'unsure', evidence: 'away' }), () => ({ is: 'no', evidence: 'not yet' })];
  const { options, told } = asked({ recovered: () => looks.shift()?.() });
  expect((await restore(options)).ok).toBe(true);
  expect(told.filter((line) => line === 'a recovered()')).toHaveLength(4);
});

test('it gives up only at its own deadline, and says what is left', async () => {
  const { options, told } = asked(
    { undo: () => trouble('the API is away') },
    { signal: AbortSignal.timeout(1_000) },
  );
  const restored = await restore(options);
  expect(restored).toMatchObject({ ok: false, problem: { code: 'undo-failed' } });
  expect(JSON.stringify(restored)).toContain('the API is away');
  expect(told.filter((line) => line === 'a undo()').length).toBeGreaterThan(1);
  expect(told).not.toContain('undone');
});

test('a target that is not as before keeps its mark', async () => {
  const { options, told } = asked(
    { recovered: () => ({ is: 'no', evidence: 'one pod is missing' }) },
    { proveWithin_ms: 300 },
  );
  const restored = await restore(options);
  expect(JSON.stringify(restored)).toContain('one pod is missing');
  expect(told).toContain('undone');
  expect(told).not.toContain('a disarm()');
});

test('a look that its own deadline cut short does not replace what was seen before it', async () => {
  const looks: unknown[] = [{ is: 'no', evidence: 'it is not there any more' }];
  const cut = (signal: AbortSignal): unknown =>
    new Promise((told) => {
      signal.addEventListener('abort', () => told({ is: 'unsure', evidence: 'the API did not say' }));
    });
  const seen: string[] = [];
  const { options } = asked(
    { recovered: (signal) => looks.shift() ?? cut(signal) },
    { proveWithin_ms: 600, onLook: ({ evidence }) => seen.push(evidence) },
  );
  const restored = await restore(options);
  expect(restored.ok ? '' : restored.problem.message).toContain('it is not there any more');
  expect(restored.ok ? '' : restored.problem.fix).toContain(`aftershock heal --forget ${injection.run}`);
  expect(seen).toEqual(['it is not there any more']);
});

test('a listener that throws does not keep it from undoing', async () => {
  const { options, told } = asked({ undo: failing(1, () => trouble('once')) });
  const restored = await restore({ ...options, onStep: bug, onProblem: bug });
  expect(restored.ok).toBe(true);
  expect(told).toContain('a disarm()');
});

test('several: in order, proofs side by side, and one that fails does not hold up the next', async () => {
  const told: string[] = [];
  const one = (name: string, script: Script): RestoreOptions => ({
    ...asked({}).options,
    fault: faultOf({ id: name, script }, told),
    injection: { ...injection, entry: name, target: { ...injection.target, name } },
  });
  let tries = 0;
  const all = restoreAll(
    [
      one('a', { undo: failing(2, () => trouble('away')) }),
      one('b', {
        recovered: () => (told.includes('c recovered()') ? undefined : { is: 'no', evidence: '' }),
      }),
      one('c', {}),
    ],
    () => {
      tries += 1;
    },
  );
  expect((await all).map(({ ok }) => ok)).toEqual([true, true, true]);
  const first = ['a', 'b', 'c'].map((name) => told.indexOf(`${name} undo()`));
  expect(first).toEqual([...first].sort((x, y) => x - y));
  expect(told.lastIndexOf('a undo()')).toBeGreaterThan(told.indexOf('c undo()'));
  expect(tries).toBe(1);
});

test('the targets of one entry are undone side by side; the next entry waits for all of them', async () => {
  const told: string[] = [];
  const free = Promise.withResolvers<void>();
  const one = (entry: string, name: string, script: Script = {}): RestoreOptions => ({
    ...asked({}).options,
    fault: faultOf({ id: name, script }, told),
    injection: { ...injection, entry, target: { ...injection.target, name } },
  });
  const last = { undo: () => free.resolve() };
  const all = await restoreAll([
    one('b', 'b0', { undo: () => free.promise }),
    one('b', 'b1', last),
    one('a', 'a0'),
  ]);
  expect(all.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(told.indexOf('a0 undo()')).toBeGreaterThan(told.indexOf('b0 recovered()'));
});
