import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { createRedactor } from './redact.ts';

const letters = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'b', '/', '+', '%', '"', '\\', "'", ' ', '[', 'é', '\n') }),
);
const secret = letters.filter((text) => text.trim().length >= 4).map((text) => text.toWellFormed());
const noise = fc.oneof(
  fc.string(),
  fc.constantFrom('', ' ', '://', 'a:b@', 'secret', '[secret]', 'Bearer ', '%', '\\'),
);
const wellFormed = noise.map((text) => text.toWellFormed());

/** Whoever reads a message may decode it; each way there is one back. */
const ways: Record<string, { put: (text: string) => string; get: (text: string) => string[] }> = {
  plain: { put: (text) => text, get: () => [] },
  'in a URL': { put: encodeURIComponent, get: (text) => [decodeURIComponent(text)] },
  'in a URL, lower case': {
    put: (text) => encodeURIComponent(text).replaceAll(/%../g, (found) => found.toLowerCase()),
    get: (text) => [decodeURIComponent(text)],
  },
  'in a query': {
    put: (text) => new URLSearchParams([['q', text]]).toString(),
    get: (text) => [new URLSearchParams(text).get('q') ?? ''],
  },
  'in JSON': { put: JSON.stringify, get: (text) => [JSON.parse(text)] },
  'in JSON in JSON': {
    put: (text) => JSON.stringify(JSON.stringify(text)),
    get: (text) => [JSON.parse(JSON.parse(text))],
  },
  'in ASCII JSON': {
    put: (text) =>
      JSON.stringify(text).replaceAll(
        /[^ -~]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    get: (text) => [JSON.parse(text)],
  },
  'in shell quotes': {
    put: (text) => `'${text.replaceAll("'", "'\\''")}'`,
    get: (text) => [text.replaceAll("'\\''", "'")],
  },
  'in base64': { put: (text) => Buffer.from(text).toString('base64'), get: decoded },
  'in base64url': { put: (text) => Buffer.from(text).toString('base64url'), get: decoded },
};

/** At every offset, since what is left of a base64 text may begin anywhere. */
function decoded(text: string): string[] {
  return [0, 1, 2, 3].map((offset) => Buffer.from(text.slice(offset), 'base64').toString());
}

/** What a reader makes of a text; what cannot be decoded any more gives nothing away. */
function readings(way: string, text: string): string[] {
  try {
    return [text, ...(ways[way]?.get(text) ?? [])];
  } catch {
    return [text];
  }
}

describe('a redactor', () => {
  test('leaves no secret in any form', () => {
    const said = fc.record({
      before: wellFormed,
      after: wellFormed,
      way: fc.constantFrom(...Object.keys(ways)),
    });
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        said,
        (secrets, { before, after, way }) => {
          const redact = createRedactor(secrets);
          for (const one of secrets) {
            const clean = redact.text(ways[way]?.put(before + one + after) ?? '');
            expect(redact.text(clean)).toBe(clean);
            for (const reading of readings(way, clean)) {
              for (const other of secrets) expect(reading).not.toContain(other);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('leaves no secret in any string or key of a JSON value, and its shape as it is', () => {
    const value = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.constant('SECRET'),
        fc.array(tie('json')),
        fc.dictionary(fc.string(), tie('json')),
      ),
    })).json;
    fc.assert(
      fc.property(value, secret, (json, hidden) => {
        const given = JSON.parse(
          JSON.stringify({ json, list: ['SECRET'] }).replaceAll('SECRET', () =>
            JSON.stringify(hidden).slice(1, -1),
          ),
        ) as Json;
        const clean = createRedactor([hidden]).json({ [`key ${hidden}`]: given, count: 12345 });
        expect(Object.values(clean)[1]).toBe(12345);
        const strings: string[] = [];
        JSON.stringify(clean, (key, item: unknown) => {
          strings.push(key, ...(typeof item === 'string' ? [item] : []));
          return item;
        });
        for (const text of strings) expect(text).not.toContain(hidden);
      }),
    );
  });

  test('never throws and leaves alone what is no secret', () => {
    const redact = createRedactor(['hunter2!']);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof redact.text(text) === 'string'));
    for (const text of [
      'connect ECONNREFUSED 127.0.0.1:3000',
      'http://host:8080/a?b=c@d',
      'ssh://root@host',
      'basic authentication',
      'the bearer of news',
      'passwords differ',
      'a@b:c',
    ]) {
      expect(redact.text(text)).toBe(text);
    }
  });

  test.each([
    ['postgres://app:hunter2!@db:5432/app', 'postgres://app:[secret]@db:5432/app'],
    ['postgres://app:p@ss:word@db/app', 'postgres://app:[secret]@db/app'],
    ['"url":"amqp:\\/\\/u:p\\/\\/h"', '"url":"amqp:\\/\\/u:p\\/\\/h"'],
    ['Authorization: Bearer abc.def-1', 'Authorization: [secret]'],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"[secret]"}'],
    ['sent Bearer eyJhbGciOi1.x', 'sent Bearer [secret]'],
    ['host=db password=geheim user=x', 'host=db password=[secret] user=x'],
    ['?access_token=abc&x=1', '?access_token=[secret]&x=1'],
  ])('takes credentials out of %s', (text, clean) => {
    expect(createRedactor([]).text(text)).toBe(clean);
  });

  test('covers overlapping secrets as a whole, and lines of a long one', () => {
    expect(createRedactor(['xabc', 'abcdefgh']).text('<xabcdefgh>')).toBe('<[secret]>');
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nAQEFAASCBKcwggSjAgEA\n-----END KEY-----\n';
    const redact = createRedactor([key]);
    expect(redact.text('bad line: MIIEvQIBADANBgkqhkiG9w0')).toBe('bad line: [secret]');
    expect(redact.text(`key ${key.trim()}`)).toBe('key [secret]');
    expect(redact.text('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  });

  test('takes a placeholder that is no part of a secret', () => {
    expect(createRedactor(['secret']).text('my secret!')).toBe('my (hidden)!');
    expect(createRedactor(['abc']).text('abc')).toBe('abc');
  });
});
