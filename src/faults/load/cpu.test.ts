import { afterEach, describe, expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { cpuLoad } from './cpu.ts';
import { processesWith, shells, type Trial, trial } from './fake-host.ts';

let one: Trial | undefined;
const start = (shell?: (typeof shells)[number]): Trial => {
  one = trial(cpuLoad, shell);
  return one;
};
afterEach(() => one?.end());

const signal = AbortSignal.timeout(120_000);
const share = (evidence: string): number => Number(/used (\d+)%/.exec(evidence)?.[1]);

describe.each(shells)('with %s', (shell) => {
  test('a core is busy for its share, and is free again', async () => {
    const load = start(shell);
    const injection = await load.inject({ percent: '40%', cores: 1 });
    await sleep(1_000);
    expect(load.workers()).toHaveLength(1);
    const evidence = await load.until('effect', injection);
    expect(share(evidence)).toBeGreaterThanOrEqual(1);
    expect(share(evidence)).toBeLessThanOrEqual(55);
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'no' });
    expect(await cpuLoad.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await cpuLoad.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'yes' });
    expect(await load.look('effect', injection)).toMatchObject({ is: 'no' });
    expect(processesWith(`aftershock-load-${load.tag}`)).toEqual([]);
  });
});
