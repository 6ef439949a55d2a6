import { countRequests } from '../app/http-metrics.ts';
import { createMetrics } from '../app/metrics.ts';
import { runProgram } from '../app/program.ts';
import { podName } from '../app/settings.ts';

/** Tells the time, and which pod tells it: `GET /`. HOST and PORT say where it listens. */
const metrics = createMetrics();
const pod = podName();
runProgram({
  routeOf: ({ method, path }) =>
    path === '/' && (method === 'GET' || method === 'HEAD')
      ? { route: '/', answer: () => ({ status: 200, body: { time: new Date().toISOString(), pod } }) }
      : undefined,
  metricsText: metrics.text,
  answered: countRequests(metrics),
});
