import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { diskLoad } from './disk-load.ts';
import { processesWith, shells, type Trial, trial } from './fake-host.ts';

const signal = AbortSignal.timeout(300_000);
let one: Trial | undefined;
const start = (shell?: (typeof shells)[number]): Trial => {
  one = trial(diskLoad, shell);
  return one;
};
afterEach(() => one?.end());

describe.each(shells)('with %s', (shell) => {
  test('reads, writes and fsyncs reach the disk, and leave nothing', async () => {
    const load = start(shell);
    const path = join(load.folder, `a folder\n'$(touch ran)' *;"`);
    mkdirSync(path);
    const injection = await load.inject({
      path,
      mode: ['read', 'write', 'fsync'],
      size: '4Mi',
      reserve: '1Mi',
    });
    expect(await load.until('effect', injection)).toMatch(
      /^3 workers read [1-9]\d* KiB\/s .* wrote [1-9]\d* KiB\/s/,
    );
    expect(readdirSync(path)).toEqual([]);
    // They note themselves as they begin: side by side.
    expect(
      load
        .workers()
        .map((pid) => readlinkSync(`/proc/${pid}/fd/3`))
        .toSorted(),
    ).toEqual([1, 2, 3].map((number) => `${path}/.aftershock-${load.tag}.load.${number} (deleted)`));
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'no' });
    expect(await diskLoad.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await diskLoad.undo(load.world, injection, signal)).toEqual(ok(undefined));
    expect(await load.look('recovered', injection)).toMatchObject({ is: 'yes' });
    expect(processesWith(`aftershock-load-${load.tag}`)).toEqual([]);
    expect(readdirSync('.')).not.toContain('ran');
  });
});

test('is refused where there is no disk or no room', async () => {
  const load = start();
  await expect(load.prepare({ path: '/dev/shm' })).rejects.toThrow(/lies in memory/);
  await expect(load.prepare({ path: '/sys' })).rejects.toThrow(/no disk of this host/);
  await expect(load.prepare({ path: load.folder, size: '9Ti' })).rejects.toThrow(/would not leave a reserve/);
});
