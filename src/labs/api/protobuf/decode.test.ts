import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeProtobuf } from './decode.ts';

/** The body of `kubectl auth can-i create pods`, as kubectl 1.32 sends it. */
const CAN_I =
  '6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a65637441636365737352657669' +
  '6577123f0a100a0012001a0022002a00320038004200' +
  '12210a1f0a0764656661756c7412066372656174651a0022002a04706f647332003a001a080800120' +
  '01a0020001a002200';

test('reads what kubectl sends for auth can-i', () => {
  expect(decodeProtobuf(Buffer.from(CAN_I, 'hex'))).toEqual({
    ok: true,
    value: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { namespace: 'default', verb: 'create', resource: 'pods' } },
    },
  });
});

const text = (number: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};
const int = (number: number, value: number): Buffer => Buffer.from([number << 3, value]);
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
const envelope = (kind: string, message: Buffer): Buffer =>
  all(Buffer.from('k8s\0'), text(1, all(text(1, 'v1'), text(2, kind))), text(2, message));

test('a zero is kept where it was set on purpose, and only there', () => {
  const spec = all(int(1, 0), int(5, 0));
  expect(decodeProtobuf(envelope('Deployment', text(2, spec)))).toMatchObject({
    ok: true,
    value: { spec: { replicas: 0 } },
  });
});

test('maps, lists, bytes and intOrString', () => {
  const entry = (key: string, value: string) => all(text(1, key), text(2, value));
  const secret = envelope('Secret', all(text(2, entry('a', 'x')), text(2, entry('b', 'y'))));
  expect(decodeProtobuf(secret)).toMatchObject({ ok: true, value: { data: { a: 'eA==', b: 'eQ==' } } });
  const port = all(int(3, 80), text(4, all(int(1, 1), int(2, 0), text(3, 'http'))));
  const service = envelope('Service', text(2, all(text(1, port), text(1, int(3, 81)))));
  expect(decodeProtobuf(service)).toMatchObject({
    ok: true,
    value: { spec: { ports: [{ port: 80, targetPort: 'http' }, { port: 81 }] } },
  });
});

test('what is set but not known is refused, never left out', () => {
  expect(decodeProtobuf(envelope('Frob', Buffer.alloc(0)))).toMatchObject({
    ok: false,
    problem: { code: 415 },
  });
  expect(decodeProtobuf(envelope('Namespace', text(2, text(99 & 15, 'x'))))).toMatchObject({
    ok: false,
    problem: { code: 415 },
  });
});

test('any bytes give an outcome, never an exception', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('Deployment', 'Secret', 'Service'),
      (bytes, kind) => {
        expect(typeof decodeProtobuf(Buffer.from(bytes)).ok).toBe('boolean');
        expect(typeof decodeProtobuf(envelope(kind, Buffer.from(bytes.slice(0, 100)))).ok).toBe('boolean');
      },
    ),
  );
});
