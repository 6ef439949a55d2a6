import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { sleep } from '../../reach/clock.ts';
import { identify, identifyChild } from './identity.ts';
import { followTree, type TreeUsage } from './tree.ts';

let child: ChildProcess | undefined;

/** Runs a shell script that writes a line when it is as far as the test needs. */
async function run(script: string): Promise<{ pid: number; said: string }> {
  const running = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  child = running;
  const said = await new Promise<string>((resolve) =>
    running.stdout.once('data', (one) => resolve(`${one}`)),
  );
  return { pid: running.pid ?? 0, said: said.trim() };
}

afterEach(() => {
  if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  child = undefined;
});

const used = (usage: TreeUsage | undefined): TreeUsage => usage ?? { cpuSeconds: -1, rssBytes: -1 };
const node = (code: string): string => `${process.execPath} -e "${code}"`;

test('the memory of a grandchild counts', async () => {
  const hold = "const b = Buffer.alloc(100e6, 1); console.log('held'); setTimeout(() => b, 60_000)";
  const { pid } = await run(`(${node(hold)}; true); true`);
  const { rssBytes } = used(followTree(identifyChild(pid)).usage());
  expect(rssBytes).toBeGreaterThan(100e6);
  expect(rssBytes).toBeLessThan(1e9);
});

test('the CPU of children that have ended counts, and never falls', async () => {
  const burn = 'const end = Date.now() + 300; while (Date.now() < end);';
  const { pid } = await run(`${node(burn)}; echo burnt; sleep 60`);
  const tree = followTree(identifyChild(pid));
  const first = used(tree.usage());
  expect(first.cpuSeconds).toBeGreaterThan(0.1);
  await sleep(50);
  expect(used(tree.usage()).cpuSeconds).toBeGreaterThanOrEqual(first.cpuSeconds);
});

test('one that left its group and its parent is still found and killed with the rest', async () => {
  const { pid, said } = await run("(setsid sh -c 'echo $$; exec sleep 60' & sleep 0.3); sleep 60");
  const stray = Number(said);
  const tree = followTree(identifyChild(pid));
  expect(tree.usage()).toBeDefined();
  // By then its parent has ended.
  await sleep(600);
  expect(identify(stray)).toBeDefined();
  expect(followTree(identifyChild(pid)).usage()?.rssBytes).toBeLessThan(tree.usage()?.rssBytes ?? 0);
  tree.kill();
  for (let look = 0; look < 100 && identify(stray) !== undefined; look++) await sleep(20);
  expect(identify(stray)).toBeUndefined();
  for (let look = 0; look < 100 && tree.usage() !== undefined; look++) await sleep(20);
  expect(tree.usage()).toBeUndefined();
});
