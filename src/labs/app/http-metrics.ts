import type { App } from './handler.ts';
import type { Metrics } from './metrics.ts';

/** Counts and times every request that a program answers, by method, route and status. */
export function countRequests(metrics: Metrics): App['answered'] {
  const requests = metrics.counter('http_requests_total', 'Requests answered.');
  const durations = metrics.histogram('http_request_duration_seconds', 'Time to answer a request.');
  return ({ method, route, status, seconds }) => {
    const labels = { method, route, status: String(status) };
    requests.add(labels);
    durations.observe(labels, seconds);
  };
}
