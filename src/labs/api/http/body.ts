import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { ok } from '../../../model/result.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import { type Outcome, refuse } from '../status.ts';

const LARGEST = 3 * 1024 * 1024;
const ACCEPTED =
  'accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf';
const TOO_LARGE = `Request entity too large: limit is ${LARGEST}`;

/** A request's whole body: JSON, YAML, protobuf, or undefined when there is none. 400, 413, 415 if unreadable. */
export async function readBody(request: IncomingMessage): Promise<Outcome<unknown>> {
  const bytes = await readBytes(request);
  if (!bytes.ok || bytes.value.length === 0) return bytes.ok ? ok(undefined) : bytes;
  const type = mediaType(request);
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(bytes.value);
  if (!/[/+](json|yaml)$/.test(type))
    return refuse(415, `the body of the request was in an unknown format - ${ACCEPTED}`);
  const text = bytes.value.toString();
  try {
    return ok(type.endsWith('yaml') ? parse(text) : JSON.parse(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(400, `couldn't get version/kind; json parse error: ${why}`);
  }
}

/** The content type without its parameters. */
export const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

async function readBytes(request: IncomingMessage): Promise<Outcome<Buffer>> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += (piece as Buffer).length;
    if (size <= LARGEST) pieces.push(piece as Buffer);
  }
  return size > LARGEST ? refuse(413, TOO_LARGE) : ok(Buffer.concat(pieces));
}
