import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { request as requestTls } from 'node:https';
import { failure } from '../status.ts';
import type { Location } from '../verbs/locate.ts';
import { send } from './send.ts';
import { goWords } from './words.ts';

/** Headers that are about one connection, or for the API alone. */
const NOT_PASSED_ON = new Set([
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Passes a request on to a pod, and its answer back, piece by piece. There is no time limit, as the real API has none
 * here: it ends with the pod, or when the client goes away. A pod that cannot be reached is a 503.
 */
export function passOn(
  { from, response }: { from: IncomingMessage; response: ServerResponse },
  to: Location & { path: string },
): void {
  const { scheme, host, port, path } = to;
  const headers = {
    ...passedOn(from),
    host: `${host}:${port}`,
    'x-forwarded-for': from.socket.remoteAddress ?? '',
  };
  const options = { host, port, path, method: from.method ?? 'GET', agent: false as const, headers };
  // The real API does not check a pod's certificate either: nobody could have signed it for its address.
  const ask: ClientRequest =
    scheme === 'http' ? request(options) : requestTls({ ...options, rejectUnauthorized: false });
  ask.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer));
    answer.pipe(response);
    // What breaks off in the middle must not look like an end.
    answer.once('error', () => response.destroy());
  });
  ask.once('error', (error) => {
    const status = failure(503, `error trying to reach service: ${goWords(error, `${host}:${port}`)}`);
    if (response.headersSent || response.destroyed) response.destroy();
    else send(from, response, { code: status.code, body: status });
  });
  response.once('close', () => ask.destroy());
  from.pipe(ask);
}

const passedOn = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name)));
