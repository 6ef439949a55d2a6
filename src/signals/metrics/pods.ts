import type { Clock, KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { NANOS_PER_MILLISECOND } from '../../model/time.ts';
import { numberAt, objectsAt, textAt, uidOf } from '../../reach/kubernetes/fields.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { type PodView, viewOf } from '../pods/view.ts';
import type { PodsConfig } from './config.ts';
import { ACCEPT, readPage } from './page.ts';
import type { Instance, Scrape } from './scrape.ts';

/** What is left of a scrape's time, and this in any case, is for looking whether a silent pod is still there. */
const SECOND_LOOK_MS = 1_000;

interface Parts {
  api: KubernetesApi;
  clock: Clock;
  wanted: PodsConfig;
}

/** A pod whose container runs. */
interface Target {
  pod: PodView;
  port: number | string;
  /** This run of its container: it is another one after a restart. */
  life: string;
  /** If it is silent we do not know what it counts: it serves, or it has answered before. */
  must: boolean;
}

/** Each pod's own metrics, through the API's proxy: behind a balancer a counter seems to jump between pods. */
export class PodSource {
  readonly #parts: Parts;
  readonly #path: string;
  /** The life in which each pod has answered, by uid. */
  readonly #answered = new Map<string, string>();
  /** What the first look found. */
  #first: { began_s: number; there: ReadonlySet<string> } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#path = pathOf(resources.pods, {
      namespace: parts.wanted.namespace ?? parts.api.about.namespace,
    });
  }

  /**
   * Lists the pods and reads each. One that must answer and does not makes all of it unknown, unless a second look
   * finds that it has gone. Pods that start up or go are read if they answer.
   */
  async scrape(deadline_ms: number, signal: AbortSignal): Promise<Result<Scrape, string>> {
    const { clock, wanted } = this.#parts;
    const ends = clock.now() + deadline_ms * NANOS_PER_MILLISECOND;
    const left = (): number => Math.max(1, Math.ceil((ends - clock.now()) / NANOS_PER_MILLISECOND));
    const targets = await this.#targets(left(), signal);
    if (!targets.ok) return targets;
    const answers = await Promise.all(targets.value.map((target) => this.#read(target, left(), signal)));
    const instances = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    const silent = answers.flatMap((answer) =>
      !answer.ok && answer.problem.target.must ? [answer.problem] : [],
    );
    const lost = silent.length === 0 ? undefined : await this.#stillThere(silent, signal);
    if (lost !== undefined) return fail(lost);
    if (instances.length === 0)
      return fail(`no pod of ${wanted.selector} has answered: ${targets.value.length} run`);
    return ok({ t: Math.max(...instances.map(({ t }) => t)), instances });
  }

  async #targets(deadline_ms: number, signal: AbortSignal): Promise<Result<Target[], string>> {
    const { api, wanted } = this.#parts;
    const request = { path: this.#path, query: { labelSelector: wanted.selector }, deadline_ms };
    const listed = await listAll(api, request, signal);
    if (!listed.ok) return fail(`the pods cannot be listed: ${listed.problem.text}`);
    this.#first ??= {
      began_s: Math.floor(api.serverTime() / 1_000),
      there: new Set(listed.value.items.map(uidOf)),
    };
    return ok(listed.value.items.flatMap((pod) => this.#targetOf(pod) ?? []));
  }

  #targetOf(object: JsonObject): Target | undefined {
    const pod = viewOf(object);
    const { name, port } = containerOf(object, this.#parts.wanted.port);
    const container = pod.containers.find((one) => one.name === name && !one.init);
    if (port === undefined || container?.now.state !== 'running') return undefined;
    const life = container.id ?? String(container.restarts);
    const stays = pod.deletingSince === undefined;
    return { pod, port, life, must: stays && (pod.ready || this.#answered.get(pod.uid) === life) };
  }

  async #read(
    target: Target,
    deadline_ms: number,
    signal: AbortSignal,
  ): Promise<Result<Instance, { target: Target; why: string }>> {
    const { api, clock, wanted } = this.#parts;
    const { pod, port, life } = target;
    const path = `${this.#path}/${pod.name}:${port}/proxy${wanted.path ?? '/metrics'}`;
    const answer = await api.text({ path, accept: ACCEPT, deadline_ms }, signal);
    if (!answer.ok) {
      const { status, text } = answer.problem;
      return fail({ target, why: status === 0 ? text : `HTTP ${status}: ${text}` });
    }
    const t = clock.now();
    const page = readPage(answer.value);
    if (!page.ok) return fail({ target, why: page.problem });
    this.#answered.set(pod.uid, life);
    return ok({ id: pod.uid, subject: `pod/${pod.name}`, t, born: this.#isBorn(pod), page: page.value });
  }

  /** An old pod can come too, by its labels. */
  #isBorn({ uid, createdAt = 0 }: PodView): boolean {
    return this.#first !== undefined && !this.#first.there.has(uid) && createdAt >= this.#first.began_s;
  }

  /** Why what the silent pods count is not known, or undefined where each has gone or begun anew. */
  async #stillThere(
    silent: readonly { target: Target; why: string }[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const now = await this.#targets(SECOND_LOOK_MS, signal);
    if (!now.ok) return now.problem;
    const lost = silent.find(({ target }) =>
      now.value.some(({ pod, life, must }) => pod.uid === target.pod.uid && life === target.life && must),
    );
    return lost && `pod/${lost.target.pod.name}: ${lost.why}`;
  }
}

/** The container that has a port, and the port's number; where none declares the number, the first container. */
function containerOf(pod: JsonObject, wanted: number | string): { name?: string; port?: number } {
  const containers = objectsAt(pod, 'spec', 'containers');
  for (const container of containers) {
    for (const port of objectsAt(container, 'ports')) {
      const number = numberAt(port, 'containerPort');
      if (number === undefined || (textAt(port, 'name') !== wanted && number !== wanted)) continue;
      return { name: textAt(container, 'name') ?? '', port: number };
    }
  }
  return typeof wanted === 'number' ? { name: textAt(containers[0], 'name') ?? '', port: wanted } : {};
}
