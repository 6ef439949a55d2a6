import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PodUsage } from '../../api/usage.ts';
import { node, shell, startTestCluster, type TestCluster, until } from '../test-support.ts';

let lab: TestCluster;
beforeAll(async () => {
  lab = await startTestCluster();
});
afterAll(() => lab.stop());

const usageOf = (name: string): PodUsage | undefined =>
  lab.cluster.usage.pods().find(({ pod }) => pod === name);

test("a pod's usage is that of its processes, over windows of about a second that are told as they were", async () => {
  // Half of each 100 ms in a child, so that the shell itself uses next to nothing.
  const half =
    'const b = Buffer.alloc(80e6, 1); setInterval(() => { const t = Date.now(); while (Date.now() - t < 50) b[0] = 1; }, 100)';
  lab.run('busy', shell(`node -e '${half}'; true`));
  lab.run('idle', shell('sleep 1000'));
  await until('both run', () => lab.container('busy')?.state.running && lab.container('idle')?.state.running);
  expect(usageOf('busy')).toBeUndefined();
  const started = await until('first window', () => usageOf('busy'));
  const next = await until('next window', () => {
    const now = usageOf('busy');
    return now !== undefined && now.at > started.at + 500 && now;
  });
  const [used] = next.containers;
  expect(used?.name).toBe('main');
  expect(used?.usage.cores).toBeGreaterThan(0.15);
  expect(used?.usage.cores).toBeLessThan(1.1);
  expect(used?.usage.memoryBytes).toBeGreaterThan(100e6);
  expect(Math.abs(next.at - started.at - next.windowMs)).toBeLessThan(100);
  expect(next.windowMs).toBeGreaterThan(500);
  expect(Math.floor(next.at / 1000)).toBeGreaterThan(Math.floor(started.at / 1000));
  const idle = await until('the idle one', () => usageOf('idle'));
  expect(idle.containers[0]?.usage.cores).toBeLessThan(0.05);
  expect(idle.containers[0]?.usage.memoryBytes).toBeLessThan(20e6);
});

test('a container that was started again is measured anew', async () => {
  lab.run('a', node('setInterval(() => {}, 1000)'));
  const first = await until('measured', () => usageOf('a'));
  process.kill(lab.cluster.pids('test', 'a')[0] ?? 0, 'SIGKILL');
  await until('absent', () => usageOf('a') === undefined);
  await until('started again', () => lab.container('a')?.restartCount === 1);
  const second = await until('measured again', () => usageOf('a'));
  expect(second.at).toBeGreaterThan(first.at);
  expect(second.containers[0]?.usage.cores).toBeGreaterThanOrEqual(0);
});

test('the node is the machine', async () => {
  const [used] = await until(
    'measured',
    () => lab.cluster.usage.nodes().length > 0 && lab.cluster.usage.nodes(),
  );
  expect(used?.node).toBe('practice-1');
  expect(used?.usage.cores).toBeGreaterThan(0);
  expect(used?.usage.memoryBytes).toBeGreaterThan(10e6);
});
