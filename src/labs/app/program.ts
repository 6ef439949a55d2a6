import { createServer } from 'node:http';
import { type App, createHandler } from './handler.ts';
import { numberSetting } from './settings.ts';

/** Below the pod's grace of 5 s: a request that never ends must not cost the clean end of the rest. */
const LAST_CHANCE_MS = 4_000;

/**
 * Runs a practice program: it listens on HOST and PORT; on SIGTERM it is no longer ready, finishes what it has begun,
 * does what `ended` says, and ends.
 */
export function runProgram(app: Omit<App, 'ending'>, ended: () => void = () => {}): void {
  let ending = false;
  const server = createServer(createHandler({ ...app, ending: () => ending }));
  server.keepAliveTimeout = 65_000;
  const end = (): void => {
    if (ending) return;
    ending = true;
    process.stdout.write('ending: no longer ready, finishing requests\n');
    server.close(() => {
      ended();
      process.stdout.write('ended\n');
      process.exit(0);
    });
    setTimeout(() => server.closeAllConnections(), LAST_CHANCE_MS).unref();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const host = process.env['HOST'] ?? '127.0.0.1';
  const port = numberSetting('PORT', 8080, { max: 65_535 });
  server.listen({ host, port, backlog: 1024 }, () => process.stdout.write(`listening on ${host}:${port}\n`));
}
