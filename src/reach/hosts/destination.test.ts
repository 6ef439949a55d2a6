import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNetnsName, parseDestination, parseHost } from './destination.ts';

test('destinations are read as ssh reads them', () => {
  const cases: [string, unknown][] = [
    ['pg1.example', { destination: 'pg1.example' }],
    ['pg1', { destination: 'pg1' }],
    ['ops@10.0.0.2', { destination: '10.0.0.2', user: 'ops' }],
    ['ssh://ops@pg1.example:2222', { destination: 'pg1.example', user: 'ops', port: 2_222 }],
    ['ssh://pg1.example/', { destination: 'pg1.example' }],
    ['ssh://[fe80::1]:2222', { destination: 'fe80::1', port: 2_222 }],
    ['ops@fe80::1', { destination: 'fe80::1', user: 'ops' }],
    ['::1', { destination: '::1' }],
  ];
  for (const [text, value] of cases) expect(parseDestination(text), text).toEqual({ ok: true, value });
});

test('what could be an option, a command or two things at once is none', () => {
  const wrong = [
    '',
    '-oProxyCommand=x',
    'a b',
    '@a',
    'a@',
    'a:x',
    'pg1:22',
    'a;b',
    'a`b`',
    '$(a)',
    '%h',
    'ssh://',
    'ssh://a:0',
  ];
  for (const text of [...wrong, 'ssh://a:70000', 'a/b', 'a\nb', "a'b", '-l@host', 'http://a'])
    expect(parseDestination(text).ok, text).toBe(false);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseDestination(text);
      if (parsed.ok) expect(parsed.value.destination).toMatch(/^[\w.:][\w.:-]*$/);
    }),
  );
});

test('hosts without a system file', () => {
  expect(parseHost('here')).toEqual({ ok: true, value: { kind: 'local' } });
  expect(parseHost('netns:blue')).toEqual({ ok: true, value: { kind: 'netns', netns: 'blue' } });
  expect(parseHost('netns:../x').ok).toBe(false);
  expect(parseHost('ops@h')).toEqual({ ok: true, value: { kind: 'ssh', destination: 'h', user: 'ops' } });
  expect(['blue', 'a.b-1', 'x@y'].every(isNetnsName)).toBe(true);
  expect(['', '.', '..', '-x', 'a/b', 'a b'].some(isNetnsName)).toBe(false);
});
