import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { alive, identify, own, uptime_s } from './proc.ts';

const platforms = process.platform === 'linux' ? ['linux', 'darwin'] : [process.platform];

describe.each(platforms)('a process as %s sees it', (platform) => {
  test('is the same one while it lives, and none once it has ended', async () => {
    // Its name must not confuse who counts fields.
    const folder = mkdtempSync(join(tmpdir(), 'aftershock-proc-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const odd = join(folder, 'a) 1 (b');
    symlinkSync('/bin/sleep', odd);
    const child = spawn(odd, ['60']);
    await once(child, 'spawn');
    const found = identify(child.pid ?? 0, platform);
    expect(found).toMatchObject({ pid: child.pid, startTime: expect.stringMatching(/\d/) });
    expect(identify(child.pid ?? 0, platform)).toEqual(found);
    // In hundredths of a second since boot, which was a moment ago.
    if (platform === 'linux') expect(Math.abs(Number(found?.startTime) / 100 - uptime_s())).toBeLessThan(30);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(identify(child.pid ?? 0, platform)).toBeUndefined();
  });

  test('is us', () => {
    expect(identify(process.pid, platform)?.pid).toBe(process.pid);
    expect(identify(2 ** 30, platform)).toBeUndefined();
  });
});

test('another process with our pid is not us', () => {
  expect(alive(own())).toBe(true);
  expect(alive({ ...own(), startTime: '1' })).toBe(false);
});

test.runIf(process.platform === 'linux')('a process that ended and was not waited for is gone', async () => {
  // The shell becomes a program that never waits for the child it had as a shell.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const zombie = identify(Number(line.toString()));
  expect(zombie).toBeDefined();
  await expect.poll(() => zombie !== undefined && alive(zombie), { timeout: 10_000 }).toBe(false);
  expect(identify(Number(line.toString()), 'darwin')).toBeUndefined();
  parent.kill('SIGKILL');
});

test('uptime goes on, in seconds', async () => {
  const before = uptime_s();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const passed = uptime_s() - before;
  expect(passed).toBeGreaterThan(0.25);
  expect(passed).toBeLessThan(30);
});
