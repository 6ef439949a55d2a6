import { createMetrics } from '../app/metrics.ts';
import { runProgram } from '../app/program.ts';
import { forwardRoutes } from './forward.ts';
import { readFrontendSettings } from './frontend-settings.ts';

/**
 * The poll app's frontend: sends what comes under `/api/` on to the backends' Service, and retries where it is told
 * to. HOST and PORT say where it listens; `FrontendSettings` says what BACKEND_URL, RETRIES, RETRY_BACKOFF_MS,
 * RETRY_ON and TRY_TIMEOUT_MS do. Its metrics set what users got against what was sent to the backends. It is ready
 * as soon as it listens: backends that are away must not take the frontend away too.
 */
const metrics = createMetrics();
const requests = metrics.counter('frontend_requests_total', 'Requests of users answered, by status.');
const attempts = metrics.counter(
  'frontend_attempts_total',
  'Tries sent to the backends, by status or why there is none (connect, reset, timeout, hung-up).',
);
const retries = metrics.counter('frontend_retries_total', 'Tries that were not the first of their request.');
const durations = metrics.histogram(
  'frontend_request_duration_seconds',
  'Time to answer a request of a user, all its tries included.',
);
retries.add({}, 0);
runProgram({
  routeOf: forwardRoutes(readFrontendSettings(), { attempts, retries }),
  metricsText: metrics.text,
  answered({ route, status, seconds }) {
    if (route !== '/api/*') return;
    const labels = { status: String(status) };
    requests.add(labels);
    durations.observe(labels, seconds);
  },
});
