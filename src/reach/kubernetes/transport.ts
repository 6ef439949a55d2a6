import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ApiFailure, ApiRequest } from '../../model/contracts/world.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { connectionFailure } from './failure.ts';

/** Where and as whom: the server's address, and TLS and credentials as they are now (tokens are renewed). */
export interface Credentials {
  server: string;
  options(): Promise<RequestOptions>;
}

/** A request as it goes out. */
export interface WireRequest extends ApiRequest {
  /** The media type that is wanted; JSON unless told. */
  accept?: string;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** A dead peer behind a silent network is found after these milliseconds and ten probes a second apart. */
const KEEP_ALIVE_MS = 5_000;

/** An answer whose headers came: the request was received. */
export interface Answer {
  response: IncomingMessage;
  /** The connection broke or the signal ended while the body was read. */
  broken(error: unknown): ApiFailure;
}

/**
 * Sends a request and resolves with the answer's headers; never rejects. A new connection for each: a reused one
 * that the server just closed would make a write look uncertain that was never sent.
 */
export async function send(
  credentials: Credentials,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Result<Answer, ApiFailure>> {
  let call: ClientRequest;
  try {
    call = await open(credentials, request, signal);
  } catch (error) {
    return fail(whyEnded(signal) ?? { ...connectionFailure(error, 'GET', false), reason: 'credentials' });
  }
  const sent = watchSending(call);
  const broken = (error: unknown): ApiFailure => {
    const uncertain = sent() && request.method !== 'GET';
    const ended = whyEnded(signal);
    return ended === undefined ? connectionFailure(error, request.method, sent()) : { ...ended, uncertain };
  };
  return new Promise((resolve) => {
    call.once('response', (response) => resolve(ok({ response, broken })));
    call.on('error', (error) => resolve(fail(broken(error))));
    call.end(request.body === undefined ? undefined : JSON.stringify(request.body));
  });
}

async function open(
  credentials: Credentials,
  request: WireRequest,
  signal: AbortSignal,
): Promise<ClientRequest> {
  const options = await before(credentials.options(), signal);
  const url = new URL(credentials.server.replace(/\/+$/, '') + request.path);
  for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
  const { method } = request;
  const headers = { ...options.headers, ...headersOf(request) };
  const door = url.protocol === 'http:' ? http : https;
  return door.request(url, { ...options, method, headers, signal });
}

function headersOf(request: WireRequest): Record<string, string> {
  const accept = request.accept ?? 'application/json';
  const headers: Record<string, string> = { Accept: accept, 'User-Agent': 'aftershock' };
  if (request.body === undefined) return headers;
  headers['Content-Type'] =
    request.method === 'PATCH' ? patchTypes[request.patch ?? 'merge'] : 'application/json';
  headers['Content-Length'] = String(Buffer.byteLength(JSON.stringify(request.body)));
  return headers;
}

/** Tells whether anything of the request can have left: nothing does before the (TLS) connection stands. */
function watchSending(call: ClientRequest): () => boolean {
  let open = false;
  call.once('socket', (socket: Socket) => {
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (!socket.connecting && !(socket instanceof TLSSocket)) open = true;
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      open = true;
    });
  });
  return () => open;
}

/** A promise that also ends with the signal; for what cannot be cancelled, such as a credential plugin. */
async function before<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let end = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** What the signal says of the end of a call; undefined while it is not aborted. */
function whyEnded(signal: AbortSignal): ApiFailure | undefined {
  if (!signal.aborted) return undefined;
  const late = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  const text = late ? 'no answer within the deadline' : 'the call was cancelled';
  return { status: 0, reason: late ? 'timeout' : 'aborted', text, uncertain: false };
}
