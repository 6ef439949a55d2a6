import { once } from 'node:events';
import { sleep } from '../../../reach/clock.ts';
import { alter, isTerminating, keyOf, timestamp } from '../access.ts';
import type { Container, ContainerStatus, Pod } from '../shapes.ts';
import { ContainerRun } from './container.ts';
import { graceOf, type NodeContext, type PodContext } from './context.ts';
import { statusOf } from './status.ts';

/** Lives one pod: from its scheduling until nothing of it runs any more. */
export class PodWorker {
  readonly #node: NodeContext;
  readonly #pod: Pod;
  readonly #told = new AbortController();
  readonly #seenAt = Date.now();
  readonly #done: Promise<void>;
  #ip: string | undefined;
  #runs: ContainerRun[] = [];
  #graceMs: number | undefined;
  #over = false;

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node;
    this.#pod = pod;
    this.#done = this.#live();
  }

  get pod(): Pod {
    return this.#pod;
  }

  get runs(): readonly ContainerRun[] {
    return this.#runs;
  }

  /** Resolves when all of it has ended. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** The pod as it is stored now; once it is being deleted it ends within its grace, or a grace made shorter. */
  update(pod: Pod): void {
    if (!isTerminating(pod)) return;
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? graceOf(pod) / 1000) * 1000;
    if (this.#graceMs !== undefined && graceMs >= this.#graceMs) return;
    this.#graceMs = graceMs;
    this.#told.abort();
    for (const run of this.#runs) void run.stop(graceMs);
  }

  /** Ends all of it at once: the pod is no longer stored, or the node stops. */
  kill(): Promise<void> {
    this.#over = true;
    this.#told.abort();
    for (const run of this.#runs) void run.kill();
    return this.#done;
  }

  /** Ends all of it as the node goes down: within the grace, and nothing more is written. */
  shutDown(graceMs: number): Promise<void> {
    this.#over = true;
    this.#told.abort();
    for (const run of this.#runs) void run.stop(graceMs);
    return this.#done;
  }

  async #live(): Promise<void> {
    this.#publish(this.#pod.spec.containers.map(creating));
    await sleep(this.#node.timings.creating, this.#told.signal);
    if (!this.#told.signal.aborted) await this.#run();
    // A pod that has run to its end stays until somebody deletes it.
    if (!this.#told.signal.aborted) await once(this.#told.signal, 'abort');
    if (this.#ip !== undefined) this.#node.subnet.give(this.#ip);
    if (!this.#over) this.#finish();
  }

  async #run(): Promise<void> {
    this.#ip = this.#node.subnet.take();
    const context: PodContext = {
      node: this.#node,
      pod: this.#pod,
      ip: this.#ip,
      seenAt: this.#seenAt,
      changed: () => this.#publish(this.#runs.map((run) => run.status())),
      report: ({ name: container }, event) => this.#node.report({ about: this.#pod, container, ...event }),
    };
    this.#runs = this.#pod.spec.containers.map((container) => new ContainerRun(context, container));
    await Promise.all(this.#runs.map((run) => run.start()));
  }

  #finish(): void {
    this.#over = true;
    const key = keyOf('pods', this.#pod);
    const { store } = this.#node;
    if (this.#runs.length > 0) this.#publish(this.#runs.map((run) => run.status()));
    const now = store.get(key);
    if (now?.metadata.uid !== this.#pod.metadata.uid) return;
    if ((now.metadata.finalizers ?? []).length === 0) store.remove(key);
    else store.update(key, { ...now, metadata: { ...now.metadata, deletionGracePeriodSeconds: 0 } });
  }

  #publish(containers: ContainerStatus[]): void {
    if (containers.length === 0) return;
    const where = { key: keyOf('pods', this.#pod), uid: this.#pod.metadata.uid };
    alter<Pod>(this.#node.store, where, (pod) => {
      const ip = this.#ip === undefined ? {} : { ip: this.#ip };
      pod.status = {
        hostIP: `${this.#node.subnet.prefix}.0.1`,
        startTime: timestamp(this.#seenAt),
        ...statusOf(pod, { containers, ...ip, over: this.#over }),
      };
    });
  }
}

const creating = ({ name, image = '' }: Container): ContainerStatus => ({
  name,
  state: { waiting: { reason: 'ContainerCreating' } },
  lastState: {},
  ready: false,
  started: false,
  restartCount: 0,
  image,
  imageID: '',
});
