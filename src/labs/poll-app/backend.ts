import { countRequests } from '../app/http-metrics.ts';
import { createMetrics } from '../app/metrics.ts';
import { runProgram } from '../app/program.ts';
import { podName } from '../app/settings.ts';
import { createBurn } from './busy.ts';
import { readKnobs } from './knobs.ts';
import { pollRoutes } from './routes.ts';
import { leak, probesOf } from './troubles.ts';
import { openVotes } from './votes.ts';

/**
 * The poll app's backend. HOST, PORT and VOTES_DB say where. The environment can make it slow, faulty, sick or greedy
 * from its start on (`kubectl set env`); `Knobs` says what each variable does, and docs/lab.md shows them in use:
 *
 * - slow: ARTIFICIAL_DELAY_MS, DELAY_PROBES, READY_DELAY_MS, SLOW_AFTER_S, CPU_MS_PER_VOTE, CPU_LIMIT
 * - faulty: ERROR_RATE, IGNORE_IDEMPOTENCY
 * - sick: NEVER_READY, LIVENESS_FAILS_AFTER_S
 * - greedy: MEMORY_LEAK_MB_PER_S
 *
 * On SIGTERM it is no longer ready, finishes what it has begun, and ends.
 */
const OPTIONS = ['TypeScript', 'Python', 'Rust', 'Go'];

const knobs = readKnobs();
const votes = openVotes(process.env['VOTES_DB'] ?? 'votes.db', OPTIONS);
const metrics = createMetrics();
const answered = countRequests(metrics);
const voted = metrics.counter('votes_total', 'Votes recorded.');
leak(knobs.memoryLeakMbPerS);
runProgram(
  {
    routeOf: pollRoutes({ votes, voted, name: podName(), knobs, burn: createBurn(knobs.cpuLimit) }),
    metricsText: metrics.text,
    probes: probesOf(knobs),
    answered,
  },
  () => votes.close(),
);
