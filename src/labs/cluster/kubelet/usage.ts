import { cpus, freemem, totalmem } from 'node:os';
import { sleep } from '../../../reach/clock.ts';
import type { PodUsage, Usage, UsageSource } from '../../api/usage.ts';
import type { Contained } from '../../process/contained.ts';
import type { TreeUsage } from '../../process/tree.ts';
import { NODE_NAME } from '../access.ts';
import type { ContainerRun } from './container.ts';
import type { PodWorker } from './worker.ts';

const EVERY_MS = 1_000;
/** A timer may fire a little early: so the sample falls into the second whose name it gets. */
const AFTER_SECOND_MS = 5;

/** Counters at a moment; `ms` is of a clock that nobody sets. */
interface Sample extends TreeUsage {
  ms: number;
  at: number;
}

interface Measured {
  at: number;
  windowMs: number;
  usage: Usage;
}

/** Two samples of the same thing, one after the other. */
class Meter {
  #last: Sample | undefined;
  measured: Measured | undefined;

  take(now: Sample): void {
    const before = this.#last;
    this.#last = now;
    if (before === undefined) return;
    const windowMs = now.ms - before.ms;
    const cores = (now.cpuSeconds - before.cpuSeconds) / (windowMs / 1000);
    this.measured = { at: now.at, windowMs, usage: { cores, memoryBytes: now.rssBytes } };
  }
}

/** A sampler of what the node's pods use. */
export interface Sampler extends UsageSource {
  stop(): void;
}

/**
 * Samples every container's process tree, and the machine, once a second, on the second: each sample has a timestamp
 * of its own though the API's have whole seconds only. A pod is left out until each of its running containers has had
 * a whole window (as metrics-server does): a container that was just started, or started again, has none.
 */
export function startSampler(workers: () => Iterable<PodWorker>): Sampler {
  const meters = new WeakMap<Contained, Meter>();
  const machine = new Meter();
  const stopping = new AbortController();
  const sample = (): void => {
    const moment = { ms: performance.now(), at: Date.now() };
    machine.take({ ...machineUsage(), ...moment });
    for (const run of [...workers()].flatMap(({ runs }) => runs)) {
      const usage = run.usage();
      if (run.process === undefined || usage === undefined) continue;
      const meter = meters.get(run.process) ?? new Meter();
      meters.set(run.process, meter);
      meter.take({ ...usage, ...moment });
    }
  };
  const measured = ({ process }: ContainerRun) => process && meters.get(process)?.measured;
  void repeat(sample, stopping.signal);
  return {
    nodes: () => (machine.measured === undefined ? [] : [{ node: NODE_NAME, ...machine.measured }]),
    pods: () => [...workers()].flatMap((worker) => podUsage(worker, measured)),
    stop: () => stopping.abort(),
  };
}

async function repeat(work: () => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(EVERY_MS - ((Date.now() - AFTER_SECOND_MS) % EVERY_MS), signal);
    if (signal.aborted) return;
    work();
  }
}

function podUsage(worker: PodWorker, of: (run: ContainerRun) => Measured | undefined): PodUsage[] {
  const running = worker.runs.filter((run) => run.process !== undefined);
  const measured = running.flatMap((run) => {
    const found = of(run);
    return found === undefined ? [] : [{ name: run.name, ...found }];
  });
  const [first] = measured;
  if (first === undefined || measured.length < running.length) return [];
  const { name: pod, namespace = '' } = worker.pod.metadata;
  const containers = measured.map(({ name, usage }) => ({ name, usage }));
  return [{ namespace, pod, at: first.at, windowMs: first.windowMs, containers }];
}

/** The node is this machine: all that runs on it, as a kubelet reports its root cgroup. */
function machineUsage(): TreeUsage {
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { cpuSeconds: busyMs / 1000, rssBytes: totalmem() - freemem() };
}
