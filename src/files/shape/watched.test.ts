import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { watchedText } from './watched.ts';

test.each([
  ['process', '{ host: here, port: 8080 }', [], 'process host: here, port: 8080'],
  ['http', "{ url: 'http://x/y' }", ['at 50/s', 'timeout 2s'], 'GET http://x/y at 50/s, timeout 2s'],
  [
    'http',
    "{ url: 'http://x/y', json: { a: 1 }, connections: 9, ledger: { read: 'http://x/z', list: votes, id: id } }",
    ['at 50/s', 'timeout 2s'],
    'POST http://x/y at 50/s, timeout 2s; connections: 9; ledger: read http://x/z, list votes, id id',
  ],
  [
    'metrics',
    '{ pods: { selector: app=web, port: http }, series: { votes: votes_total, memory: { gauge: bytes, by: max } } }',
    [],
    'metrics pods: selector app=web, port http; series: votes votes_total, memory (gauge bytes, by max)',
  ],
  ['metrics', "{ url: 'http://me:pw@x/m', every: 2s }", [], 'metrics http://me:**@x/m; every: 2s'],
  ['kubernetes.events', '{ types: [Warning, Normal] }', [], 'kubernetes.events types: Warning, Normal'],
  ['kubernetes.pods', '{}', [], 'kubernetes.pods'],
] as const)('%s %s', (...[kind, yaml, beside, text]) => {
  expect(watchedText(kind, parse(yaml), beside)).toBe(text);
});
