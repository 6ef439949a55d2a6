import type { AnySignal } from '../model/contracts/signal.ts';
import { command } from './command.ts';
import { dns } from './dns.ts';
import { host } from './host.ts';
import { http } from './http.ts';
import { kubernetesEvents } from './kubernetes-events.ts';
import { kubernetesPods } from './kubernetes-pods.ts';
import { kubernetesUsage } from './kubernetes-usage.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';
import { ping } from './ping.ts';
import { processes } from './process.ts';
import { tcp } from './tcp.ts';

/** Every kind of signal that a system file can name. */
export const signals: readonly AnySignal[] = [
  command,
  dns,
  host,
  http,
  kubernetesEvents,
  kubernetesPods,
  kubernetesUsage,
  log,
  metrics,
  ping,
  processes,
  tcp,
];
