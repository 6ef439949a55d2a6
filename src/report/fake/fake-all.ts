import type { ReportInput } from '../input.ts';
import { hostileRun } from './fake-hostile.ts';
import { loadTestRun, metricsRun } from './fake-metrics.ts';
import { bareRun, messyRun, notStartedRun } from './fake-odd.ts';
import { fakeRun } from './fake-run.ts';

/** A run of every kind, by its name. */
export const everyRun: Readonly<Record<string, ReportInput>> = {
  kill: fakeRun('kill'),
  latency: fakeRun('latency'),
  errors: fakeRun('errors'),
  scale: fakeRun('scale'),
  messy: messyRun(),
  metrics: metricsRun(),
  'load test': loadTestRun(),
  'not started': notStartedRun(),
  bare: bareRun(),
  hostile: hostileRun(),
};
