import type { ServerResponse } from 'node:http';
import type { Sink } from './call.ts';

/** A watcher that has this much unread is too slow: it is cut off, and lists again. */
const MOST_UNREAD = 8 * 1024 * 1024;

/** A streamed response as the verbs see it. */
export function sinkOf(response: ServerResponse): Sink {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.on('error', () => gone.abort());
  if (response.destroyed) gone.abort();
  return {
    signal: gone.signal,
    open: (contentType) => {
      if (response.destroyed) return;
      response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-cache, private' });
      response.flushHeaders();
    },
    write: (text) => {
      if (response.destroyed || response.writableEnded) return false;
      response.write(text);
      if (response.writableLength <= MOST_UNREAD) return true;
      response.destroy();
      return false;
    },
    end: () => {
      if (!response.writableEnded) response.end();
    },
  };
}
