import type { AnySignal } from '../model/contracts/signal.ts';
import { http } from './http.ts';
import { kubernetesEvents } from './kubernetes-events.ts';
import { kubernetesPods } from './kubernetes-pods.ts';
import { kubernetesUsage } from './kubernetes-usage.ts';
import { metrics } from './metrics.ts';
import { processes } from './process.ts';

/** Every kind of signal that a system file can name. */
export const signals: readonly AnySignal[] = [
  http,
  kubernetesEvents,
  kubernetesPods,
  kubernetesUsage,
  metrics,
  processes,
];
