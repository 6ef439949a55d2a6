// Transitions of pods caught in 100 kills on the practice cluster: our watch against a poll once a second, as the
// script of source 003 looked. The truth is read from the cluster's store, past the API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from '../src/labs/api/server.ts';
import { Store } from '../src/labs/api/store.ts';
import { startCluster } from '../src/labs/cluster/cluster.ts';
import type { Sink } from '../src/model/contracts/signal.ts';
import type { KubernetesApi } from '../src/model/contracts/world.ts';
import type { Json, JsonObject } from '../src/model/json.ts';
import { ok } from '../src/model/result.ts';
import { startClock } from '../src/reach/clock.ts';
import { connectKubernetes } from '../src/reach/kubernetes/connect.ts';
import { flagAt, nameOf, objectsAt, textAt, uidOf } from '../src/reach/kubernetes/fields.ts';
import { listAll } from '../src/reach/kubernetes/list.ts';
import { seededRandom } from '../src/reach/random.ts';
import { worldOf } from '../src/reach/world.ts';
import { kubernetesPods } from '../src/signals/kubernetes-pods.ts';
import { sleep, table } from './support/tools.ts';

const KILLS = 100;
const REPLICAS = 3;
const POLL_MS = 1_000;
const kinds = ['added', 'ContainerCreating', 'running', 'ready', 'deleting', 'deleted'] as const;
type Kind = (typeof kinds)[number];

const directory = mkdtempSync(join(tmpdir(), 'aftershock-bench-'));
const store = new Store();
const cluster = await startCluster({ directory: join(directory, 'cluster'), store });
const server = await startApiServer({ store, port: 0, directory, logs: cluster.logs });
const connected = await connectKubernetes({ kubeconfig: server.kubeconfigPath, namespace: 'default' });
if (!connected.ok) throw new Error(connected.problem.message);
const api: KubernetesApi = connected.value;
const never = new AbortController().signal;
const podsPath = '/api/v1/namespaces/default/pods';
const query = { labelSelector: 'app=victim' };

/** What was caught, by kind: one entry a pod. */
const catcher = (): Record<Kind, Set<string>> => ({
  added: new Set(),
  ContainerCreating: new Set(),
  running: new Set(),
  ready: new Set(),
  deleting: new Set(),
  deleted: new Set(),
});

/** Which kinds a pod is in at a moment. */
function statesOf(pod: JsonObject): Kind[] {
  const [container] = objectsAt(pod, 'status', 'containerStatuses');
  const states: Kind[] = ['added'];
  if (textAt(container, 'state', 'waiting', 'reason') === 'ContainerCreating')
    states.push('ContainerCreating');
  if (textAt(container, 'state', 'running', 'startedAt') !== undefined) states.push('running');
  if (flagAt(container, 'ready') === true) states.push('ready');
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined) states.push('deleting');
  return states;
}

const truth = catcher();
const watched = catcher();
const polled = catcher();
let began = false;

await create('/apis/apps/v1/namespaces/default/deployments', {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'victim' },
  spec: {
    replicas: REPLICAS,
    selector: { matchLabels: { app: 'victim' } },
    template: {
      metadata: { labels: { app: 'victim' } },
      spec: {
        terminationGracePeriodSeconds: 2,
        containers: [{ name: 'victim', image: 'victim', command: ['/bin/sleep', '3600'] }],
      },
    },
  },
});
await allReady(60_000);

const old = new Set((await pods()).map(uidOf));
store.subscribe(({ key, type, object }) => {
  if (key.resource !== 'pods' || !began) return;
  const pod = JSON.parse(JSON.stringify(object)) as JsonObject;
  for (const kind of statesOf(pod)) note(truth, kind, uidOf(pod));
  if (type === 'DELETED') note(truth, 'deleted', uidOf(pod));
});
const clock = startClock();
const sink: Sink = {
  operations: () => undefined,
  point: () => undefined,
  event: (_, { type, detail }) => {
    const uid = String(detail['uid']);
    const state = detail['reason'] === 'ContainerCreating' ? 'ContainerCreating' : detail['state'];
    const kind = kinds.find((each) => each === type || (type === 'container' && each === state));
    if (kind !== undefined) note(watched, kind, uid);
  },
  blind: (why) => console.log(`blind: ${why}`),
  observing: () => undefined,
};
const signal = await kubernetesPods.start(
  {
    name: 'victims',
    options: { timeout_ms: 1_000 },
    world: worldOf({ kubernetes: () => ok(api) }),
    clock,
    random: seededRandom('bench', 'signal'),
    sink,
    signal: never,
  },
  { selector: 'app=victim' },
);
if (!signal.ok) throw new Error(signal.problem.message);
began = true;
const stopPoll = new AbortController();
const polling = poll();

const random = seededRandom('bench', 'victims');
const since = performance.now();
for (let kill = 0; kill < KILLS; kill += 1) {
  const [victim] = random.pick(await pods(), 1);
  if (victim !== undefined) {
    await api.request({ method: 'DELETE', path: `${podsPath}/${nameOf(victim)}` }, never);
  }
  await allReady(30_000);
  // Every pod lives through at least one poll, so that only the short states are in question.
  await sleep(POLL_MS + 500 * random.next());
}
await sleep(2 * POLL_MS + 1_000);
stopPoll.abort();
await polling;
await signal.value.stop();
await server.stop();
await cluster.stop();
rmSync(directory, { recursive: true, force: true });

console.log(
  `${KILLS} kills of one of ${REPLICAS} pods in ${((performance.now() - since) / 1_000).toFixed(0)} s.`,
);
const share = (caught: number, of: number): string => `${caught} (${((100 * caught) / of).toFixed(0)} %)`;
const rows = kinds.map((kind) => [
  kind,
  `${truth[kind].size}`,
  share(both(truth[kind], watched[kind]), truth[kind].size),
  share(both(truth[kind], polled[kind]), truth[kind].size),
]);
const total = (of: Record<Kind, Set<string>>): number =>
  kinds.reduce((sum, kind) => sum + both(truth[kind], of[kind]), 0);
rows.push([
  'all',
  `${total(truth)}`,
  share(total(watched), total(truth)),
  share(total(polled), total(truth)),
]);
table(['transition', 'happened', 'kubernetes.pods', 'poll every 1 s'], rows);
process.exit(total(watched) === total(truth) ? 0 : 1);

/** Pods that were there before the first kill have no beginning here. */
function note(into: Record<Kind, Set<string>>, kind: Kind, uid: string): void {
  if (!old.has(uid) || kind === 'deleting' || kind === 'deleted') into[kind].add(uid);
}

function both(one: Set<string>, other: Set<string>): number {
  return one.intersection(other).size;
}

async function poll(): Promise<void> {
  let before = new Set<string>();
  while (!stopPoll.signal.aborted) {
    const now = await pods();
    const there = new Set(now.map(uidOf));
    for (const pod of now) for (const kind of statesOf(pod)) note(polled, kind, uidOf(pod));
    for (const uid of before.difference(there)) note(polled, 'deleted', uid);
    before = there;
    await sleep(POLL_MS);
  }
}

async function pods(): Promise<JsonObject[]> {
  const listed = await listAll(api, { path: podsPath, query }, never);
  if (!listed.ok) throw new Error(listed.problem.text);
  return listed.value.items;
}

/** Until as many pods are ready as are wanted, and none of them is going. */
async function allReady(within_ms: number): Promise<void> {
  const until = performance.now() + within_ms;
  while (performance.now() < until) {
    const ready = (await pods()).filter(
      (pod) => statesOf(pod).includes('ready') && !statesOf(pod).includes('deleting'),
    );
    if (ready.length >= REPLICAS) return;
    await sleep(50);
  }
  throw new Error(`not ready within ${within_ms} ms`);
}

async function create(path: string, body: Json): Promise<void> {
  const made = await api.request({ method: 'POST', path, body }, never);
  if (!made.ok) throw new Error(made.problem.text);
}
