import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';

/** What is sent on to a backend; the same for each try. */
export interface Forwarded {
  method: string;
  /** Path and query. */
  path: string;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** What came of one try: an answer, or why there was none. `hung-up`: nobody waits for it any more. */
export type Attempt =
  | { outcome: 'answered'; status: number; type: string; body: Buffer }
  | { outcome: 'connect' | 'reset' | 'timeout' | 'hung-up' };

/**
 * Tries once, on a connection of its own, so that the Service chooses a backend for each try (what nginx does too
 * unless told otherwise).
 */
export function attempt(
  { method, path, headers, body }: Forwarded,
  { backend, tryTimeoutMs }: { backend: URL; tryTimeoutMs: number },
  gone: AbortSignal,
): Promise<Attempt> {
  return new Promise((resolve) => {
    let connected = false;
    let late = false;
    const sent = request({
      host: backend.hostname,
      port: backend.port,
      method,
      path,
      headers: { ...headers, 'content-length': body.length, connection: 'close' },
      agent: false,
      signal: gone,
    });
    const timer = setTimeout(() => {
      late = true;
      sent.destroy();
    }, tryTimeoutMs);
    const end = (made: Attempt): void => {
      clearTimeout(timer);
      resolve(made);
    };
    const lost = (): void => {
      if (gone.aborted) end({ outcome: 'hung-up' });
      else if (late) end({ outcome: 'timeout' });
      else end({ outcome: connected ? 'reset' : 'connect' });
    };
    sent.once('socket', (socket) => {
      socket.once('connect', () => {
        connected = true;
      });
    });
    sent.once('error', lost);
    sent.once('response', (response) => {
      read(response).then((content) => end(answered(response, content)), lost);
    });
    sent.end(body);
  });
}

const answered = ({ statusCode: status = 502, headers }: IncomingMessage, body: Buffer): Attempt => ({
  outcome: 'answered',
  status,
  type: headers['content-type'] ?? 'application/octet-stream',
  body,
});

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
