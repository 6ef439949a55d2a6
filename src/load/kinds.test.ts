import { errors } from 'undici';
import { describe, expect, test } from 'vitest';
import { classify, endKinds, failureKinds } from './kinds.ts';

const coded = (code: string, message = `connect ${code} 127.0.0.1:1`): Error =>
  Object.assign(new Error(message), { code });

describe('classify', () => {
  test.each([
    [coded('ECONNREFUSED'), 'refused'],
    [coded('ECONNRESET', 'read ECONNRESET'), 'reset'],
    [coded('EPIPE', 'write EPIPE'), 'reset'],
    [new errors.SocketError('other side closed'), 'closed'],
    [new errors.SocketError('bad response'), 'protocol'],
    [coded('ETIMEDOUT'), 'timeout'],
    [new errors.ConnectTimeoutError('Connect Timeout Error'), 'timeout'],
    [coded('ENOTFOUND', 'getaddrinfo ENOTFOUND nothing.invalid'), 'dns'],
    [coded('EAI_AGAIN', 'getaddrinfo EAI_AGAIN nothing.invalid'), 'dns'],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'), 'tls'],
    [coded('CERT_HAS_EXPIRED', 'certificate has expired'), 'tls'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID', "does not match certificate's altnames"), 'tls'],
    [
      coded('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
      'tls',
    ],
    [new errors.ResponseContentLengthMismatchError(), 'closed'],
    [coded('EHOSTUNREACH'), 'unreachable'],
    [coded('ENETUNREACH'), 'unreachable'],
    [coded('EHOSTDOWN'), 'unreachable'],
    [coded('ENETDOWN'), 'unreachable'],
    [coded('EADDRNOTAVAIL'), 'other'],
    [new Error('something else'), 'other'],
  ])('%s is %s', (error, kind) => {
    expect(classify(error).kind).toBe(kind);
  });

  test('keeps the exact text, with the code where the text lacks it', () => {
    expect(classify(coded('ECONNRESET', 'read ECONNRESET')).detail).toBe('read ECONNRESET');
    expect(classify(coded('CERT_HAS_EXPIRED', 'certificate has expired')).detail).toBe(
      'certificate has expired (CERT_HAS_EXPIRED)',
    );
    expect(classify('a thrown text')).toEqual({ kind: 'other', detail: 'a thrown text' });
  });

  test('of several addresses, tells every text and the first code', () => {
    const several = new AggregateError([
      coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:80'),
      coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:80'),
    ]);
    expect(classify(several)).toEqual({
      kind: 'refused',
      detail: 'connect ECONNREFUSED ::1:80; connect ECONNREFUSED 127.0.0.1:80',
    });
  });
});

test('every failure is an end, beside ok and missed', () => {
  expect(endKinds).toEqual(['ok', 'missed', ...failureKinds]);
});
