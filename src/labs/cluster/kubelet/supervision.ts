import type { Container } from '../shapes.ts';
import type { Probed } from './attempt.ts';
import type { PodContext } from './context.ts';
import { environmentOf } from './environment.ts';
import { runProber } from './prober.ts';

/** A started container, and what its probes lead to. */
export interface Supervised {
  context: PodContext;
  container: Container;
  /** Aborted when the pod ends: then only readiness is still probed. */
  stopping: AbortSignal;
  started(): void;
  ready(ready: boolean): void;
  unhealthy(probe: 'liveness' | 'startup'): void;
}

/** Runs the probes of a container until `over`: startup first, then readiness and liveness. */
export function superviseProbes(supervised: Supervised, over: AbortSignal): void {
  const { startupProbe } = supervised.container;
  if (startupProbe === undefined) {
    probeRunning(supervised, over);
    return;
  }
  const starting = new AbortController();
  const until = AbortSignal.any([over, supervised.stopping, starting.signal]);
  const settled = (success: boolean): void => {
    starting.abort();
    if (!success) {
      supervised.unhealthy('startup');
      return;
    }
    supervised.started();
    probeRunning(supervised, over);
  };
  run(supervised, { kind: 'startup', settled }, until);
}

function probeRunning(supervised: Supervised, over: AbortSignal): void {
  run(supervised, { kind: 'readiness', settled: supervised.ready }, over);
  const dead = new AbortController();
  const until = AbortSignal.any([over, supervised.stopping, dead.signal]);
  const settled = (success: boolean): void => {
    if (success) return;
    dead.abort();
    supervised.unhealthy('liveness');
  };
  run(supervised, { kind: 'liveness', settled }, until);
}

interface Kind {
  kind: 'startup' | 'readiness' | 'liveness';
  settled(success: boolean): void;
}

function run(supervised: Supervised, { kind, settled }: Kind, signal: AbortSignal): void {
  const { context, container } = supervised;
  const probe = container[`${kind}Probe`];
  if (probe === undefined) return;
  const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} probe failed: `;
  const failure = (message: string) =>
    context.report(container, { type: 'Warning', reason: 'Unhealthy', message: title + message });
  const probing = { probe, probed: probedOf(supervised), anchor: context.seenAt };
  void runProber(probing, { failure, settled }, signal);
}

function probedOf({ context, container }: Supervised): Probed {
  const { node, pod, ip } = context;
  const environment = environmentOf(node.store, pod, { container, ip, home: node.directory });
  const env = environment.ok ? environment.env : {};
  const directory = container.workingDir ?? node.directory;
  return { container, ip, reaper: node.reaper, surroundings: { env, directory } };
}
