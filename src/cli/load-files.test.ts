import { expect, test } from 'vitest';
import { loadExperiment } from '../files/load.ts';
import { type LoadAsked, loadFiles, loadProblems } from './load-files.ts';
import { registries } from './registries.ts';

const asked = (more: Partial<LoadAsked> = {}): LoadAsked => ({
  url: 'http://127.0.0.1:8080/vote?x=1',
  rate: '10/s',
  for: '60s',
  ...more,
});

function loaded(given: LoadAsked, env: Record<string, string> = {}) {
  const files = loadFiles(given);
  const result = loadExperiment({
    file: files.experiment,
    system: files.system,
    read: files.read,
    registries,
    env,
  });
  return result.ok ? result : { ok: false as const, problem: result.problem.map(files.told) };
}

const places = (given: LoadAsked): (string | undefined)[] => {
  const result = loaded(given);
  return result.ok ? [] : result.problem.map(({ at }) => at?.file);
};

test('a command line is an experiment without faults and its system', () => {
  const result = loaded(
    asked({
      method: 'put',
      json: '{"option":{"pick":["a","b"]},"say":"it\'s \\"x\\": # no comment"}',
      header: ['x-team: blue: green', 'authorization: Bearer ${env:TOKEN}'],
      timeout: '500ms',
      connections: '3',
      expect: '200, 300-399',
      predict: ['load.p95_ms < 200', 'load.by_error["timeout"] == 0'],
      name: 'Quick: one "test"',
    }),
    { TOKEN: 'secret-value' },
  );
  if (!result.ok) throw new TypeError(JSON.stringify(result.problem));
  const { experiment, system } = result.value;
  expect(experiment).toMatchObject({ title: 'Quick: one "test"', faults: [] });
  expect(experiment.timing.baseline + experiment.timing.watch).toBe(60);
  expect(experiment.predict.map(({ expect: { text } }) => text)).toEqual([
    'load.p95_ms < 200',
    'load.by_error["timeout"] == 0',
  ]);
  expect(system.signals).toMatchObject([
    {
      name: 'load',
      rate_per_s: 10,
      timeout_ms: 500,
      config: {
        method: 'PUT',
        json: { option: { pick: ['a', 'b'] }, say: 'it\'s "x": # no comment' },
        headers: { 'x-team': 'blue: green', authorization: 'Bearer secret-value' },
        connections: 3,
        expect: [200, '300-399'],
      },
    },
  ]);
  expect(JSON.stringify(result.value.sources)).not.toContain('secret-value');
});

test.each([
  [{ url: '127.0.0.1:80' }, '127.0.0.1:80'],
  [{ rate: '10' }, '--rate 10'],
  [{ for: '200ms' }, '--for 200ms'],
  [{ for: 'long' }, '--for long'],
  [{ timeout: '5' }, '--timeout 5'],
  [{ connections: 'x' }, '--connections x'],
  [{ expect: '700' }, '--expect 700'],
  [{ method: 'foo' }, '--method foo'],
  [{ header: ['Connection: close'] }, '--header Connection'],
  [{ predict: ['load.p95ms < 3'] }, '--predict load.p95ms < 3'],
] satisfies [Partial<LoadAsked>, string][])('%j is told of the option', (more, place) => {
  expect(places(asked(more))).toEqual([place]);
});

test('a password is not told again', () => {
  const result = loaded(asked({ url: 'http://me:secretpw@127.0.0.1/' }));
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain('secretpw');
});

test('what is written wrongly is told before what it means', () => {
  expect(loadProblems(asked({ json: '{a', header: ['nocolon', 'x: y'] })).map(({ at }) => at?.file)).toEqual([
    '--json',
    '--header',
  ]);
  expect(loadProblems(asked({ json: '{"a":1}' }))).toEqual([]);
});
