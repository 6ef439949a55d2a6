import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Override, parseVary } from './override.ts';
import { parseSource } from './source.ts';

const FILE = `# comment
name: poll-app
signals:
  votes:
    http: { url: 'http://127.0.0.1/', method: POST }
    rate: 50/s
  backends:
    kubernetes.pods: { selector: app=x }
faults:
  - { id: kill, fault: kubernetes.pod.delete, with: { grace: 0s } }
  - id: slow
    fault: kubernetes.deployment.env
limits: &limits { targets: 1 }
more: *limits
`;

const set = (...overrides: Override[]) => parseSource('x.yaml', FILE, overrides);
const one = (path: string, value: unknown) => set({ path, value });

describe('setting', () => {
  test.each([
    ['signals.votes.rate', '200/s', ['signals', 'votes', 'rate']],
    ['signals.votes.http.method', 'GET', ['signals', 'votes', 'http', 'method']],
    ['signals.votes.timeout', '1s', ['signals', 'votes', 'timeout']],
    [
      'signals.backends.kubernetes.pods.selector',
      'app=y',
      ['signals', 'backends', 'kubernetes.pods', 'selector'],
    ],
    ['faults.kill.with.grace', '5s', ['faults', 0, 'with', 'grace']],
    ['faults.slow.with.set', { DELAY: '5' }, ['faults', 1, 'with', 'set']],
    ['faults.1.for', '20s', ['faults', 1, 'for']],
    ['timing.watch', '5s', ['timing', 'watch']],
    ['limits.targets', 3, ['limits', 'targets']],
    ['name', 'other', ['name']],
  ])('%s', (path, value, where) => {
    const source = one(path, value);
    expect(source.problems).toEqual([]);
    expect(source.valueAt(where)).toEqual(value);
    expect(parseSource('y.yaml', source.effective).value).toEqual(source.value);
    expect(source.text).toBe(FILE);
  });

  test('what is set has the place of what it replaces, and what follows keeps its own', () => {
    const source = one('signals.votes.rate', '200000000/s');
    expect(source.placeOf(['signals', 'votes', 'rate'])).toEqual({ file: 'x.yaml', line: 6, column: 11 });
    expect(source.placeOf(['signals', 'backends'])).toEqual(
      parseSource('x.yaml', FILE).placeOf(['signals', 'backends']),
    );
  });

  test('what is new has the place of what it was put into', () => {
    expect(one('signals.votes.timeout', '1s').placeOf(['signals', 'votes', 'timeout']).line).toBe(5);
  });

  test('several are set one after the other', () => {
    const source = set(
      { path: 'signals.votes.rate', value: '1/s' },
      { path: 'timing.watch', value: '5s' },
      { path: 'timing.hold', value: '2s' },
    );
    expect(source.value).toMatchObject({
      signals: { votes: { rate: '1/s' } },
      timing: { watch: '5s', hold: '2s' },
    });
  });
});

describe('what cannot be set', () => {
  test.each([
    ['signals.vote.rate', 'there is no signal `vote`', 'signals.votes.rate'],
    ['faults.kil.for', 'there is no fault `kil`', 'faults.kill.for'],
    ['faults.7.for', 'there is no fault `7`', 'Name a fault'],
    ['name.first', '`name` has nothing below it', 'Name a value'],
    ['limits', 'others refer to what stands there', 'Name a value'],
    ['more.targets', 'stands behind an alias', 'Name a value'],
  ])('%s', (path, message, fix) => {
    const [problem] = one(path, 'x').problems;
    expect(problem?.message).toContain(message);
    expect(problem?.fix).toContain(fix);
  });

  test('no path makes it throw, and either it is set or a Problem says why not', () => {
    const word = fc.constantFrom(
      'signals',
      'votes',
      'rate',
      'faults',
      'kill',
      '0',
      'with',
      'limits',
      'more',
      '',
      '__proto__',
      'a b',
      'kubernetes',
      'pods',
    );
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(['a']),
      fc.constant({ a: 1 }),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), value, (words, given) => {
        const source = one(words.join('.'), given);
        for (const { message, fix } of source.problems)
          expect(message.length * fix.length).toBeGreaterThan(0);
        if (source.problems.length === 0)
          expect(JSON.stringify(source.value)).toContain(JSON.stringify(given));
      }),
    );
  });
});

describe('--vary', () => {
  test.each([
    ['signals.votes.rate=5/s,50/s', ['5/s', '50/s']],
    ['limits.targets=1, 2', [1, 2]],
    ['faults.a.with.text="a,b",c', ['a,b', 'c']],
    ['faults.a.with.on=true,false', [true, false]],
  ])('%s', (text, values) => {
    const read = parseVary(text);
    expect(read.ok && read.value.values.map(({ value }) => value)).toEqual(values);
  });
  test.each([['rate'], ['=5/s'], ['rate='], ['rate=[5'], ['rate=5/s,5/s'], ['rate=5/s,,6/s'], ['a b=5']])(
    '%s is refused',
    (text) => {
      const read = parseVary(text);
      expect(read.ok ? '' : read.problem.fix).toContain('--vary');
    },
  );
});
