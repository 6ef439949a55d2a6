import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { cpuLoad } from './cpu.ts';
import { diskLoad } from './disk-load.ts';
import { processesWith, shells, type Trial, trial } from './fake-host.ts';
import { memoryLoad } from './memory.ts';

let one: Trial | undefined;
afterEach(() => one?.end());

const signal = AbortSignal.timeout(600_000);

/** Everything that a trial's load started: its workers, and buffers that write into a pipe of one. */
const left = (load: Trial, pids: readonly number[]): number[] => [
  ...processesWith(`aftershock-load-${load.tag}`),
  ...pids.flatMap((pid) => processesWith(`of=/proc/${pid}/fd/4`)),
];

async function gone(load: Trial, pids: readonly number[], within_ms: number): Promise<number> {
  const from = performance.now();
  while (left(load, pids).length > 0) {
    if (performance.now() - from > within_ms) throw new Error(`still there: ${left(load, pids)}`);
    await sleep(50);
  }
  return performance.now() - from;
}

const loads = [
  ['cpu.load', cpuLoad, { percent: '20%', cores: 1 }],
  ['memory.load', memoryLoad, { size: '16Mi' }],
  ['disk.load', diskLoad, { path: '/tmp', mode: 'fsync', size: '1Mi', reserve: '1Mi' }],
] as const;
const cases = shells.flatMap((shell) => loads.map((load) => [...load, shell] as const));

describe.each(cases)('the workers of %s', (...[, fault, params, shell]) => {
  test(`end at the deadline by themselves (${shell})`, async () => {
    one = trial(fault, shell);
    const injection = await one.inject(params, { deadline_s: 8 });
    await one.until('effect', injection);
    const pids = one.workers();
    const dog = Number(readFileSync(join(one.record, 'watching'), 'utf8').split(' ')[0]);
    process.kill(-dog, 'SIGKILL');
    expect(left(one, pids)).not.toEqual([]);
    await gone(one, pids, 25_000);
    expect(await one.look('recovered', injection)).toMatchObject({ is: 'yes' });
  });

  test(`end when their record is lost, and the undo waits for it (${shell})`, async () => {
    one = trial(fault, shell);
    const injection = await one.inject(params);
    await one.until('effect', injection);
    const pids = one.workers();
    rmSync(one.record, { recursive: true });
    expect(await fault.undo(one.world, injection, signal)).toEqual(ok(undefined));
    expect(await one.look('recovered', injection)).toMatchObject({ is: 'yes' });
    await gone(one, pids, 5_000);
  });

  test(`that were killed leave nothing, and the effect is gone (${shell})`, async () => {
    one = trial(fault, shell);
    const injection = await one.inject(params);
    await one.until('effect', injection);
    const pids = one.workers();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await gone(one, pids, 5_000);
    expect(await one.look('effect', injection)).toMatchObject({ is: 'no' });
    expect(await fault.undo(one.world, injection, signal)).toEqual(ok(undefined));
    // What they held may need a moment more to end.
    await one.until('recovered', injection);
  });

  test(`that were only half noted are undone (${shell})`, async () => {
    one = trial(fault, shell);
    const injection = await one.prepare(params);
    expect(await fault.arm?.(one.world, injection, signal)).toEqual(ok(undefined));
    expect(await fault.undo(one.world, injection, signal)).toEqual(ok(undefined));
    appendFileSync(join(one.record, 'workers'), `${process.pid}\n1 \nrubbish x\n`);
    expect(await fault.undo(one.world, injection, signal)).toEqual(ok(undefined));
    expect(await one.look('recovered', injection)).toMatchObject({ is: 'yes' });
  });
});

test('a load grows over its ramp', async () => {
  one = trial(memoryLoad);
  const injection = await one.inject({ size: '64Mi', ramp: '6s' });
  const sizes: number[] = [];
  for (let look = 0; look < 60 && (sizes.at(-1) ?? 0) < 60; look += 1) {
    const { evidence } = await one.look('effect', injection);
    sizes.push(Number(/hold (\d+) MiB/.exec(evidence)?.[1]));
    await sleep(200);
  }
  expect(sizes[0]).toBeLessThan(40);
  expect(sizes.at(-1)).toBeGreaterThanOrEqual(60);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
});
