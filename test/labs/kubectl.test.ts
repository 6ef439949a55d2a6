import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ApiServer, startApiServer } from '../../src/labs/api/server.ts';
import { Store } from '../../src/labs/api/store.ts';
import { type Kubectl, kubectlOf, rowsOf } from '../support/kubectl.ts';
import { needs } from '../support/needs.ts';

const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: poll, labels: { app: poll } }
spec:
  replicas: 2
  selector: { matchLabels: { app: poll } }
  template:
    metadata: { labels: { app: poll } }
    spec:
      containers:
        - { name: web, image: 'poll:1', ports: [{ containerPort: 8080 }], env: [{ name: A, value: '1' }] }
---
apiVersion: v1
kind: Service
metadata: { name: poll }
spec: { type: NodePort, selector: { app: poll }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: p1, labels: { app: x } }
spec: { nodeName: node-1, containers: [{ name: c, image: 'i:1' }] }
`;

describe.skipIf(!needs('kubectl'))('kubectl', () => {
  const store = new Store();
  let directory: string;
  let server: ApiServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aftershock-kubectl-'));
    const logs = ({ pod }: { pod: string }) =>
      (async function* () {
        yield `hello from ${pod}\n`;
      })();
    server = await startApiServer({ store, port: 0, directory, logs });
    await writeFile(join(directory, 'all.yaml'), MANIFEST);
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const kubectl: Kubectl['ok'] = (...words) => kubectlOf(server.kubeconfigPath, directory).ok(...words);
  const complaint: Kubectl['complaint'] = (...words) =>
    kubectlOf(server.kubeconfigPath, directory).complaint(...words);
  const asViewer = (text: string) => kubectlOf(server.viewerKubeconfigPath, directory).run(text);

  const P1 = { resource: 'pods', namespace: 'default', name: 'p1' };
  const podP1 = () => {
    const pod = store.get(P1);
    if (pod === undefined) throw new Error('there is no pod');
    return pod;
  };
  const deployment = () => store.get({ resource: 'deployments', namespace: 'default', name: 'poll' });

  test('version, readiness and the kinds', async () => {
    expect(await kubectl('version')).toContain('v1.32');
    expect(await kubectl('get --raw /readyz')).toBe('ok');
    const kinds = await kubectl('api-resources -o name');
    expect(kinds.split('\n')).toEqual(
      expect.arrayContaining(['pods', 'deployments.apps', 'leases.coordination.k8s.io']),
    );
  });

  test('apply makes things, and finds nothing to do the second time', async () => {
    expect(await kubectl('apply -f all.yaml')).toContain('deployment.apps/poll created');
    const again = await kubectl('apply -f all.yaml');
    expect(again.split('\n').every((line) => line.endsWith('unchanged'))).toBe(true);
  });

  test('get prints the tables of the real API', async () => {
    const [head, row] = rowsOf(await kubectl('get pods -o wide'));
    expect(head).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ]);
    expect(row?.slice(0, 4)).toEqual(['p1', '0/1', 'Pending', '0']);
    const services = rowsOf(await kubectl('get svc poll'));
    expect(services[1]?.slice(0, 5)).toEqual(['poll', 'NodePort', '10.96.0.2', '<none>', '80:30080/TCP']);
    expect(rowsOf(await kubectl('get deploy'))[1]?.slice(0, 4)).toEqual(['poll', '0/2', '0', '0']);
    for (const kind of ['rs', 'ep', 'events', 'nodes', 'ns', 'leases', 'cm', 'secrets', 'ds', 'sts', 'all'])
      await kubectl(`get ${kind} -A`);
    expect(
      await kubectl(
        'get pods -l app=x,!y --field-selector spec.nodeName=node-1,status.phase=Pending -o name',
      ),
    ).toBe('pod/p1');
    expect(JSON.parse(await kubectl('get pod p1 -o json'))).toMatchObject({
      kind: 'Pod',
      metadata: { name: 'p1' },
    });
  });

  test('describe tells of everything', async () => {
    for (const what of ['deploy poll', 'pod p1', 'svc poll', 'ns default'])
      expect(await kubectl(`describe ${what}`)).toMatch(/^Name:/);
  });

  test('set env, set image, scale, patch, annotate, label, rollout restart', async () => {
    await kubectl('set env deploy/poll B=2');
    expect(await kubectl('set env deploy/poll --list')).toContain('A=1\nB=2');
    await kubectl('set env deploy/poll A-');
    expect(await kubectl('set env deploy/poll --list')).not.toContain('A=1');
    await kubectl('set image deploy/poll web=poll:2');
    await kubectl('scale deploy/poll --replicas=5');
    expect(deployment()).toMatchObject({
      spec: { replicas: 5, template: { spec: { containers: [{ image: 'poll:2' }] } } },
    });
    expect(await complaint('scale deploy/poll --current-replicas=4 --replicas=3')).toContain(
      'Expected replicas to be 4, was 5',
    );
    await kubectl(
      'patch deploy poll -p',
      '{"spec":{"template":{"spec":{"containers":[{"name":"web","args":["x"]}]}}}}',
    );
    await kubectl('patch deploy poll --type=merge -p', '{"spec":{"paused":true}}');
    const test = '[{"op":"test","path":"/spec/replicas","value":7},{"op":"remove","path":"/spec/paused"}]';
    expect(await complaint('patch deploy poll --type=json -p', test)).toContain('The request is invalid');
    expect(deployment()).toMatchObject({
      spec: { paused: true, template: { spec: { containers: [{ image: 'poll:2', args: ['x'] }] } } },
    });
    await kubectl('patch deploy poll --type=json -p', '[{"op":"remove","path":"/spec/paused"}]');
    await kubectl('annotate deploy poll note=x');
    await kubectl('label deploy poll tier=web');
    await kubectl('label deploy poll tier-');
    const generation = deployment()?.metadata.generation ?? 0;
    await kubectl('rollout restart deploy/poll');
    expect(deployment()?.metadata).toMatchObject({
      annotations: { note: 'x' },
      labels: { app: 'poll' },
      generation: generation + 1,
    });
  });

  test('rollout status waits for the status to say so', async () => {
    const waiting = kubectl('rollout status deploy/poll --timeout=60s');
    const now = deployment();
    if (now === undefined) throw new Error('there is no deployment');
    const counts = { replicas: 5, updatedReplicas: 5, availableReplicas: 5, readyReplicas: 5 };
    const status = { ...counts, observedGeneration: now.metadata.generation };
    store.update({ resource: 'deployments', namespace: 'default', name: 'poll' }, { ...now, status });
    expect(await waiting).toContain('successfully rolled out');
  });

  test('get -w shows each change as it comes', async () => {
    // Of a single object kubectl leaves out the watch's first event, whatever that is: so all pods.
    const env = { ...process.env, KUBECONFIG: server.kubeconfigPath, HOME: directory };
    const watching = spawn('kubectl', ['get', 'pods', '-w'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();
      const status = async () => rowsOf(String((await lines.next()).value))[0]?.[2];
      expect([await status(), await status()]).toEqual(['STATUS', 'Pending']);
      store.update(P1, { ...podP1(), status: { phase: 'Running' } });
      expect(await status()).toBe('Running');
    } finally {
      watching.kill();
    }
  });

  test('what kubectl makes itself is what it shows in a dry run', async () => {
    const made = [
      'deployment d --image=a:1 --image=b:2 --replicas=0',
      'service nodeport n --tcp=80:http --node-port=30081',
      'service externalname e --external-name=a.b',
      'secret generic s --from-literal=a=b',
      'configmap c --from-literal=a=b',
      'serviceaccount sa',
      'namespace team',
    ];
    for (const what of made) {
      const {
        metadata,
        status: _,
        ...shown
      } = JSON.parse(await kubectl(`create ${what} --dry-run=client -o json`));
      const kept = JSON.parse(await kubectl(`create ${what} -o json`));
      expect(kept.metadata.name).toBe(metadata.name);
      if (shown.spec?.template) {
        shown.spec.strategy = {};
        shown.spec.template.metadata = { labels: shown.spec.template.metadata.labels };
      }
      expect(kept).toMatchObject(shown);
    }
    await kubectl('create -f all.yaml --dry-run=client');
    expect(await complaint('create -f all.yaml')).toContain('deployments.apps "poll" already exists');
    await kubectl('replace -f all.yaml');
    await kubectl('delete ns team');
  });

  test('logs and auth can-i', async () => {
    expect(await kubectl('logs p1')).toBe('hello from p1');
    expect(await kubectl('auth can-i delete pods')).toBe('yes');
    expect((await asViewer('auth can-i delete pods')).out).toBe('no');
    expect((await asViewer('auth can-i get pods')).out).toBe('yes');
    expect((await asViewer('delete pod p1')).err).toContain(
      'Error from server (Forbidden): pods "p1" is forbidden: User "viewer" cannot delete resource "pods" in API group "" in the namespace "default"',
    );
  });

  test('delete waits for the kubelet, unless it is forced', async () => {
    expect(await kubectl('delete pod p1 --wait=false')).toContain('pod "p1"');
    expect(rowsOf(await kubectl('get pods'))[1]?.[2]).toBe('Terminating');
    store.remove(P1);
    await kubectl('apply -f all.yaml');
    let over = false;
    const waiting = kubectl('delete pod p1').finally(() => {
      over = true;
    });
    await vi.waitUntil(() => podP1().metadata.deletionTimestamp !== undefined, { timeout: 30_000 });
    expect(over).toBe(false);
    store.remove(P1);
    await waiting;
    await kubectl('apply -f all.yaml');
    await kubectl('delete pod p1 --grace-period=0 --force');
    expect(await complaint('get pod p1')).toBe('Error from server (NotFound): pods "p1" not found');
    await kubectl('delete -f all.yaml --ignore-not-found');
    expect(deployment()).toBeUndefined();
  });

  test('when the API is away kubectl says what it always says', async () => {
    await server.pause();
    expect(await complaint('get pods')).toMatch(/was refused - did you specify the right host or port\?$/);
    await server.resume();
    await kubectl('get pods');
  });
});
