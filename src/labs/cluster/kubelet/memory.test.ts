import { afterAll, beforeAll, expect, test } from 'vitest';
import { isReady } from '../access.ts';
import { node, shell, startTestCluster, type TestCluster, until } from '../test-support.ts';

let lab: TestCluster;
beforeAll(async () => {
  lab = await startTestCluster();
});
afterAll(() => lab.stop());

/** Takes 10 MB every 20 ms, and keeps it. */
const GREEDY = 'const all = []; setInterval(() => all.push(Buffer.alloc(10e6, 1)), 20)';
const LIMIT = { resources: { limits: { memory: '150Mi' } } };

test('a container that passes its limit is killed, told as OOMKilled, and backs off when it does so again', async () => {
  const seen = new Set<string>();
  const leave = lab.cluster.store.subscribe(() => {
    const pod = lab.pod('greedy');
    const { state, lastState } = lab.container('greedy') ?? { state: {}, lastState: {} };
    const reason = state.terminated?.reason ?? state.waiting?.reason ?? 'running';
    if (pod === undefined || (lastState.terminated ?? state.terminated) === undefined) return;
    seen.add(`${pod.status?.phase} ${reason} ${isReady(pod) ? 'ready' : 'unready'}`);
  });
  lab.run('greedy', { ...node(GREEDY), ...LIMIT });
  await until('started again', () => lab.container('greedy')?.restartCount === 1);
  expect(lab.container('greedy')?.lastState.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
  await until('backs off', () => lab.container('greedy')?.state.waiting?.reason === 'CrashLoopBackOff');
  expect(lab.container('greedy')).toMatchObject({
    ready: false,
    lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
  });
  leave();
  expect([...seen]).toEqual([
    'Running OOMKilled unready',
    'Running running ready',
    'Running CrashLoopBackOff unready',
  ]);
  expect(lab.events('greedy', 'BackOff')).toHaveLength(1);
});

test('what its children hold counts, and they go with it', async () => {
  lab.run('parent', { ...shell(`node -e '${GREEDY}'; sleep 60`), ...LIMIT });
  await until('killed', () => lab.container('parent')?.restartCount === 1);
  expect(lab.container('parent')?.lastState.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
});

test('a SIGKILL from elsewhere is an Error, also where there is a limit', async () => {
  lab.run('calm', { ...shell('sleep 1000'), ...LIMIT });
  const [pid = 0] = await until('running', () => {
    const pids = lab.cluster.pids('test', 'calm');
    return pids.length > 0 && pids;
  });
  // Longer than one look at its memory.
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(pid, 'SIGKILL');
  await until('started again', () => lab.container('calm')?.restartCount === 1);
  expect(lab.container('calm')?.lastState.terminated).toMatchObject({ reason: 'Error', exitCode: 137 });
});
