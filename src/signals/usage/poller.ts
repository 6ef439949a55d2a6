import type { Sink } from '../../model/contracts/signal.ts';
import type { Clock, KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import { nameOf, textAt, timeAt } from '../../reach/kubernetes/fields.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { isTerminating } from '../../reach/kubernetes/pod.ts';
import { type Figures, figureSeries, figuresOf, limitsOf, type PodUsage, usageOf } from './figures.ts';

interface Parts {
  api: KubernetesApi;
  clock: Clock;
  sink: Sink;
  namespace: string;
  selector: string;
  every_s: number;
}

const series = Object.keys(figureSeries) as (keyof Figures)[];
/** What can be told while a running pod has no figures yet: sums and maxima of the others are not those of all. */
const ofSome: ReadonlySet<keyof Figures> = new Set(['pods', 'cpu_mean_m', 'memory_mean_mb']);

/** After so many of its own windows without a new one a figure says nothing of now. */
const OLD_WINDOWS = 3;

/** A metrics server knows a pod after two of its looks, 15 s apart unless told; later it should. */
const KNOWN_AFTER_S = 60;

/** Reads what pods use, and writes it each time that there is something new. */
export class UsagePoller {
  readonly #parts: Parts;
  /** What was written last: pods and their timestamps. */
  #written = '';

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async poll(deadline_ms: number, signal: AbortSignal): Promise<Result<void, string>> {
    const { api, clock, namespace, selector } = this.#parts;
    const query = { labelSelector: selector };
    const ask = (resource: typeof resources.pods) =>
      listAll(api, { path: pathOf(resource, { namespace }), query, deadline_ms }, signal);
    const [metrics, listed] = await Promise.all([ask(resources.podMetrics), ask(resources.pods)]);
    if (!metrics.ok) return fail(`what the pods use cannot be read: ${metrics.problem.text}`);
    if (!listed.ok) return fail(`the pods cannot be listed: ${listed.problem.text}`);
    const t = clock.now();
    const pods = new Map(listed.value.items.map((pod) => [nameOf(pod), pod]));
    const told = metrics.value.items.flatMap((one) => usageOf(one) ?? []);
    // What is told of a pod outlives it for a while.
    const usages = told.filter((one) => {
      const pod = pods.get(one.name);
      return pod !== undefined && (isAlive(pod) || !this.#isOld(one));
    });
    if (usages.length === 0 && [...pods.values()].some(isAlive)) {
      return fail(`there are no figures of ${selector} yet: a metrics server takes a while for a new pod`);
    }
    const untold = this.#untold(pods, usages);
    if (untold !== undefined) {
      return fail(`there are no figures of pod/${untold}, which has been running for long enough`);
    }
    const old = usages.find((one) => this.#isOld(one));
    if (old !== undefined) {
      return fail(`the figures of pod/${old.name} are ${Math.round(this.#age_s(old))} s old`);
    }
    this.#write(t, usages, pods);
    return ok(undefined);
  }

  /** Nothing is known from a moment on. */
  lost(since: Nanos): void {
    for (const name of series) this.#parts.sink.point(name, { t: since, value: null });
    this.#written = '';
  }

  #write(t: Nanos, usages: readonly PodUsage[], pods: ReadonlyMap<string, JsonObject>): void {
    const told = new Set(usages.map(({ name }) => name));
    const isWhole = [...pods].every(([name, pod]) => told.has(name) || !isAlive(pod));
    const state = JSON.stringify([isWhole, ...usages.map(({ name, timestamp }) => [name, timestamp]).sort()]);
    if (state === this.#written) return;
    this.#written = state;
    const limits = new Map([...pods].map(([name, pod]) => [name, limitsOf(pod)]));
    const figures = figuresOf(usages, limits);
    const began = usages.map((one) => t - (this.#age_s(one) + one.window_s) * NANOS_PER_SECOND);
    const since = Math.max(0, Math.min(t, ...began));
    for (const name of series)
      this.#parts.sink.point(name, { t, value: isWhole || ofSome.has(name) ? figures[name] : null, since });
  }

  /** A pod that should have figures and has none, or broken ones: the figures of the others are not those of all. */
  #untold(pods: ReadonlyMap<string, JsonObject>, usages: readonly PodUsage[]): string | undefined {
    const told = new Set(usages.map(({ name }) => name));
    const startedBefore = this.#parts.api.serverTime() / 1_000 - KNOWN_AFTER_S;
    for (const [name, pod] of pods) {
      const started = timeAt(pod, 'status', 'startTime') ?? Number.POSITIVE_INFINITY;
      if (isAlive(pod) && !told.has(name) && started < startedBefore) return name;
    }
    return undefined;
  }

  #isOld(usage: PodUsage): boolean {
    return this.#age_s(usage) > OLD_WINDOWS * usage.window_s + 2 * this.#parts.every_s;
  }

  /** How long its window has been over, by the API server's clock. */
  #age_s({ timestamp }: PodUsage): number {
    return this.#parts.api.serverTime() / 1_000 - timestamp;
  }
}

const isAlive = (pod: JsonObject): boolean =>
  textAt(pod, 'status', 'phase') === 'Running' && !isTerminating(pod);
