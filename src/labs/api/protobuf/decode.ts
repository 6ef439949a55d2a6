import { ok } from '../../../model/result.ts';
import { type Outcome, refuse } from '../status.ts';
import { type Fields, timestamp } from '../values.ts';
import { type FieldShape, shapeOf } from './messages.ts';
import { isEmptyField, MalformedBytes, wireFields } from './wire.ts';

const MAGIC = Buffer.from('k8s\0');

/** Something that is set but not known here: leaving it out in silence would make another object. */
class UnknownField extends Error {}

/**
 * Reads an object in the protobuf encoding of the API (magic, then runtime.Unknown with the kind and the message)
 * as the JSON that it stands for. 415 for kinds and fields that are not known here, 400 for broken bytes.
 */
export function decodeProtobuf(bytes: Buffer): Outcome<Fields> {
  if (!bytes.subarray(0, 4).equals(MAGIC))
    return refuse(
      400,
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  try {
    const envelope = new Map(wireFields(bytes.subarray(4)).map((field) => [field.number, field.value]));
    const type = new Map(wireFields(bytesOf(envelope.get(1))).map((field) => [field.number, field.value]));
    const kind = bytesOf(type.get(2)).toString();
    const apiVersion = bytesOf(type.get(1)).toString();
    return ok({ kind, apiVersion, ...message(kind, bytesOf(envelope.get(2))) });
  } catch (error) {
    if (error instanceof MalformedBytes) return refuse(400, `error decoding protobuf: ${error.message}`);
    if (error instanceof UnknownField)
      return refuse(415, `cannot read this as protobuf: ${error.message}; use JSON`);
    throw error;
  }
}

const bytesOf = (value: bigint | Buffer | undefined): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.alloc(0);

function message(name: string, bytes: Buffer): Fields {
  const shape = shapeOf(name);
  if (shape === undefined) throw new UnknownField(`kind ${name}`);
  const read: Fields = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = shape.get(number);
    if (field !== undefined) put(read, field, value);
    else if (!isEmptyField(value) && !isStatus(shape, number))
      throw new UnknownField(`field ${number} of ${name}`);
  }
  return read;
}

/** Field 3 beside metadata and spec is the status: it is the server's. */
const isStatus = (shape: Map<number, FieldShape>, number: number): boolean =>
  number === 3 && shape.get(1)?.name === 'metadata' && shape.get(2)?.name === 'spec';

function put(into: Fields, field: FieldShape, value: bigint | Buffer): void {
  if (field.map) {
    const entry = new Map(wireFields(bytesOf(value)).map((one) => [one.number, one.value]));
    const before = into[field.name] as Fields | undefined;
    const key = bytesOf(entry.get(1)).toString();
    into[field.name] = { ...before, [key]: plain(field.type, entry.get(2) ?? Buffer.alloc(0)) };
  } else if (field.list) {
    into[field.name] = [...((into[field.name] as unknown[] | undefined) ?? []), plain(field.type, value)];
  } else if (shapeOf(field.type) !== undefined) {
    const inner = message(field.type, bytesOf(value));
    if (Object.keys(inner).length > 0) into[field.name] = inner;
  } else if (field.keepsZero || !isEmptyField(value)) {
    into[field.name] = plain(field.type, value);
  }
}

function plain(type: string, value: bigint | Buffer): unknown {
  if (type === 'int') return Number(value);
  if (type === 'bool') return value !== 0n;
  const bytes = bytesOf(value);
  if (type === 'text') return bytes.toString();
  if (type === 'bytes') return bytes.toString('base64');
  if (type === 'time') return time(bytes);
  if (type === 'intOrString') return intOrString(bytes);
  return message(type, bytes);
}

function time(bytes: Buffer): string {
  const seconds = wireFields(bytes).find((field) => field.number === 1)?.value ?? 0n;
  return timestamp(new Date(Number(seconds) * 1_000));
}

function intOrString(bytes: Buffer): number | string {
  const parts = new Map(wireFields(bytes).map((field) => [field.number, field.value]));
  return parts.get(1) === 1n ? bytesOf(parts.get(3)).toString() : Number(parts.get(2) ?? 0n);
}
