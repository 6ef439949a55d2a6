/** A field as it stands in the bytes: a number, or the bytes of a text or message. */
export interface WireField {
  number: number;
  value: bigint | Buffer;
}

/** Bytes that are no protobuf message. */
export class MalformedBytes extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Takes a protobuf message apart into its fields, in order. Throws MalformedBytes. */
export function wireFields(bytes: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined || shift > 63n) throw new MalformedBytes('truncated or overlong number');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw new MalformedBytes('truncated field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    if (type === VARINT) fields.push({ number, value: varint() });
    else if (type === BYTES) fields.push({ number, value: take(Number(varint())) });
    else if (type === FIXED64 || type === FIXED32)
      fields.push({ number, value: take(type === FIXED64 ? 8 : 4) });
    else throw new MalformedBytes(`wire type ${type}`);
  }
  return fields;
}

/** Whether a field says nothing: zero, no bytes, or a message of nothing but such fields. */
export function isEmptyField(value: bigint | Buffer): boolean {
  if (typeof value === 'bigint') return value === 0n;
  try {
    return value.length === 0 || wireFields(value).every((field) => isEmptyField(field.value));
  } catch (error) {
    if (error instanceof MalformedBytes) return false;
    throw error;
  }
}
