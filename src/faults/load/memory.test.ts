import { afterEach, describe, expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { shells, type Trial, trial } from './fake-host.ts';
import { memoryLoad } from './memory.ts';

let one: Trial | undefined;
const start = (shell?: (typeof shells)[number]): Trial => {
  one = trial(memoryLoad, shell);
  return one;
};
afterEach(() => one?.end());

const signal = AbortSignal.timeout(120_000);

describe.each(shells)('with %s', (shell) => {
  test('memory is held, and free again', async () => {
    const load = start(shell);
    const injection = await load.inject({ size: '64Mi' });
    const evidence = await load.until('effect', injection);
    expect(evidence).toMatch(/hold (5[89]|6\d) MiB/);
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'no' });
    expect(await memoryLoad.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await memoryLoad.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'yes' });
    expect(await load.look('effect', injection)).toMatchObject({ is: 'no' });
  });
});
