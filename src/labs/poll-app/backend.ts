import { createServer } from 'node:http';
import { createMetrics } from './metrics.ts';
import { createHandler } from './routes.ts';
import { openVotes } from './votes.ts';

/**
 * The poll app's backend: HOST, PORT and VOTES_DB say where; ARTIFICIAL_DELAY_MS and ERROR_RATE make it slow or
 * faulty from its start on. On SIGTERM it is no longer ready, finishes what it has begun, and ends.
 */
const number = (name: string, otherwise: number): number => {
  const value = Number.parseFloat(process.env[name] ?? '');
  return Number.isFinite(value) ? value : otherwise;
};

const OPTIONS = ['TypeScript', 'Python', 'Rust', 'Go'];
/** Below the pod's grace of 5 s: a request that never ends must not cost the clean end of the rest. */
const LAST_CHANCE_MS = 4_000;

let ready = true;
const votes = openVotes(process.env['VOTES_DB'] ?? 'votes.db', OPTIONS);
const server = createServer(
  createHandler({
    votes,
    metrics: createMetrics(),
    name: process.env['HOSTNAME'] ?? 'backend',
    delayMs: number('ARTIFICIAL_DELAY_MS', 0),
    errorRate: number('ERROR_RATE', 0),
    ready: () => ready,
  }),
);
server.keepAliveTimeout = 65_000;

function end(): void {
  if (!ready) return;
  ready = false;
  process.stdout.write('ending: no longer ready, finishing requests\n');
  server.close(() => {
    votes.close();
    process.stdout.write('ended\n');
    process.exit(0);
  });
  setTimeout(() => server.closeAllConnections(), LAST_CHANCE_MS).unref();
}

process.once('SIGTERM', end);
process.once('SIGINT', end);
const [host, port] = [process.env['HOST'] ?? '127.0.0.1', number('PORT', 8080)];
server.listen({ host, port, backlog: 1024 }, () => process.stdout.write(`listening on ${host}:${port}\n`));
