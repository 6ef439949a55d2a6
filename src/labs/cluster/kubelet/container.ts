import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { sleep } from '../../../reach/clock.ts';
import { type Contained, type Ending, runContained } from '../../process/contained.ts';
import { followTree, type ProcessTree, type TreeUsage } from '../../process/tree.ts';
import { timestamp } from '../access.ts';
import type { Container, ContainerState, ContainerStatus, Terminated } from '../shapes.ts';
import { type BackOff, createBackOff } from './backoff.ts';
import { graceOf, type PodContext } from './context.ts';
import { environmentOf } from './environment.ts';
import { commandOf } from './images.ts';
import { openLog } from './logs.ts';
import { watchMemory } from './memory.ts';
import { superviseProbes } from './supervision.ts';

interface End extends Ending {
  /** Its memory limit ended it. */
  outOfMemory: boolean;
}

/** One container of a pod: started, probed, restarted as the pod's policy says, and ended. */
export class ContainerRun {
  readonly #context: PodContext;
  readonly #container: Container;
  readonly #stopping = new AbortController();
  readonly #backOff: BackOff;
  readonly #pullBackOff: BackOff;
  #done: Promise<void> = Promise.resolve();
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #restarts = 0;
  #ready = false;
  #started = false;
  #id: string | undefined;
  #process: Contained | undefined;
  #tree: ProcessTree | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(context: PodContext, container: Container) {
    this.#context = context;
    this.#container = container;
    this.#backOff = createBackOff(context.node.timings);
    this.#pullBackOff = createBackOff(context.node.timings);
  }

  /** The running process, if there is one. */
  get process(): Contained | undefined {
    return this.#process;
  }

  get name(): string {
    return this.#container.name;
  }

  /** What its process, and all that this started, use now; undefined where none runs. */
  usage(): TreeUsage | undefined {
    return this.#process === undefined ? undefined : this.#tree?.usage();
  }

  /** Starts it; resolves when it has ended and will not start again. */
  start(): Promise<void> {
    this.#done = this.#live();
    return this.#done;
  }

  status(): ContainerStatus {
    const image = this.#container.image ?? '';
    return {
      name: this.#container.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.#ready,
      started: this.#started,
      restartCount: this.#restarts,
      image,
      imageID: this.#id === undefined ? '' : `practice/image@${image}`,
      ...(this.#id === undefined ? {} : { containerID: this.#id }),
    };
  }

  /** SIGTERM now, SIGKILL after the grace; called again, a shorter grace counts. No restart after that. */
  stop(graceMs: number): Promise<void> {
    const first = !this.#stopping.signal.aborted;
    this.#stopping.abort();
    const process = this.#process;
    if (first && process !== undefined) {
      this.#tell('Killing', `Stopping container ${this.#container.name}`);
      setTimeout(() => process.signal('SIGTERM'), this.#context.node.timings.stopping);
    }
    this.#killAfter(graceMs);
    return this.#done;
  }

  /** SIGKILL at once. */
  kill(): Promise<void> {
    this.#stopping.abort();
    this.#process?.kill();
    return this.#done;
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedAt = Date.now();
      const launched = await this.#launch();
      if (launched === undefined) continue;
      const ending = await this.#watch(launched);
      if (!signal.aborted) await sleep(this.#context.node.timings.noticing, signal);
      this.#set({ terminated: this.#terminated(ending, startedAt) });
      if (signal.aborted || !this.#mayRestart(ending)) return;
      await this.#waitForRestart(Date.now() - startedAt);
    }
  }

  /** Starts the program; undefined where something is missing, after a wait. */
  async #launch(): Promise<Contained | undefined> {
    const { node, pod, ip } = this.#context;
    const container = this.#container;
    const command = commandOf(container, node.images);
    if (command === undefined) return this.#cannotPull();
    this.#tell('Pulled', `Container image "${container.image ?? ''}" already present on machine`);
    const environment = environmentOf(node.store, pod, { container, ip, home: node.directory });
    if (!environment.ok) return this.#cannotConfigure(environment.message);
    this.#tell('Created', `Created container: ${container.name}`);
    const log = openLog(node.directory, pod, { container: container.name, restarts: this.#restarts });
    const process = runContained(node.reaper, {
      command,
      env: environment.env,
      directory: container.workingDir ?? node.directory,
      output: log,
    });
    if (log !== 'ignore') closeSync(log);
    node.track(process, true);
    this.#process = process;
    this.#tree = followTree(process.identity);
    this.#id = `containerd://${randomBytes(32).toString('hex')}`;
    this.#started = container.startupProbe === undefined;
    this.#ready = this.#started && container.readinessProbe === undefined;
    this.#tell('Started', `Started container ${container.name}`);
    this.#set({ running: { startedAt: timestamp() } });
    return process;
  }

  /** Probes the program, and looks at its memory, until it ends. */
  async #watch(process: Contained): Promise<End> {
    const probing = new AbortController();
    const memory = watchMemory(this.#container, this.#tree ?? followTree(process.identity));
    superviseProbes(
      {
        context: this.#context,
        container: this.#container,
        stopping: this.#stopping.signal,
        started: () => this.#change({ started: true, ready: this.#container.readinessProbe === undefined }),
        ready: (ready) => this.#change({ started: this.#started, ready }),
        unhealthy: (probe) => this.#endUnhealthy(process, probe),
      },
      probing.signal,
    );
    const ending = await process.exited;
    memory.stop();
    probing.abort();
    clearTimeout(this.#killTimer);
    this.#process = undefined;
    this.#context.node.track(process, false);
    return { ...ending, outOfMemory: memory.killed && ending.signal === 'SIGKILL' };
  }

  #endUnhealthy(process: Contained, probe: string): void {
    const { name } = this.#container;
    this.#tell('Killing', `Container ${name} failed ${probe} probe, will be restarted`);
    process.signal('SIGTERM');
    this.#killAfter(graceOf(this.#context.pod));
  }

  #killAfter(graceMs: number): void {
    clearTimeout(this.#killTimer);
    const process = this.#process;
    if (process === undefined) return;
    this.#killTimer = setTimeout(() => process.kill(), graceMs);
  }

  #terminated({ exitCode, outOfMemory }: End, startedAt: number): Terminated {
    return {
      exitCode,
      reason: outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
      startedAt: timestamp(startedAt),
      finishedAt: timestamp(),
      containerID: this.#id ?? '',
    };
  }

  #mayRestart({ exitCode }: End): boolean {
    const policy = this.#context.pod.spec.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  async #waitForRestart(ran: number): Promise<void> {
    const { pod } = this.#context;
    const { name } = this.#container;
    const wait = this.#backOff.next(ran);
    if (this.#state.terminated !== undefined) this.#lastState = this.#state;
    if (wait > 0) {
      const where = `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;
      const message = `back-off ${wait / 1000}s restarting failed container=${name} pod=${where}`;
      this.#set({ waiting: { reason: 'CrashLoopBackOff', message } });
      this.#warn('BackOff', `Back-off restarting failed container ${name} in pod ${where}`);
    }
    await sleep(wait, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) this.#restarts += 1;
  }

  /** A real registry's words, and the kubelet's around them. */
  async #cannotPull(): Promise<undefined> {
    const image = this.#container.image ?? '';
    const message = notPulled(image);
    this.#tell('Pulling', `Pulling image "${image}"`);
    this.#warn('Failed', `Failed to pull image "${image}": ${message}`);
    this.#warn('Failed', 'Error: ErrImagePull');
    this.#set({ waiting: { reason: 'ErrImagePull', message } });
    await sleep(this.#context.node.timings.noticing, this.#stopping.signal);
    const backingOff = `Back-off pulling image "${image}"`;
    this.#tell('BackOff', backingOff);
    this.#warn('Failed', 'Error: ImagePullBackOff');
    this.#set({
      waiting: { reason: 'ImagePullBackOff', message: `${backingOff}: ErrImagePull: ${message}` },
    });
    await sleep(this.#pullBackOff.next(0) || this.#pullBackOff.next(0), this.#stopping.signal);
  }

  async #cannotConfigure(message: string): Promise<undefined> {
    this.#warn('Failed', `Error: ${message}`);
    this.#set({ waiting: { reason: 'CreateContainerConfigError', message } });
    await sleep(this.#context.node.timings.backOff, this.#stopping.signal);
  }

  #change(next: { started: boolean; ready: boolean }): void {
    if (this.#process === undefined) return;
    if (next.started === this.#started && next.ready === this.#ready) return;
    this.#started = next.started;
    this.#ready = next.ready;
    this.#context.changed();
  }

  #set(state: ContainerState): void {
    this.#state = state;
    if (state.running === undefined) {
      this.#ready = false;
      this.#started = false;
    }
    this.#context.changed();
  }

  #tell(reason: string, message: string): void {
    this.#context.report(this.#container, { reason, message });
  }

  #warn(reason: string, message: string): void {
    this.#context.report(this.#container, { type: 'Warning', reason, message });
  }
}

function notPulled(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const registry = rest.length > 0 && /[.:]|^localhost$/.test(first) ? '' : 'docker.io/';
  const name = registry + (registry !== '' && rest.length === 0 ? 'library/' : '') + image;
  const full = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
  const why = `failed to resolve reference "${full}": ${full}: not found`;
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": ${why}`;
}
