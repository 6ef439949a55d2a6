import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { World } from '../../model/contracts/world.ts';
import { ok } from '../../model/result.ts';
import { worldOf } from '../../reach/world.ts';
import { hereWith, intend, never, started, take, unwrap } from '../process/fake-host.ts';
import { processPause as fault } from '../process/pause.ts';
import { hostGround } from './ground.ts';
import { placedScript } from './place.ts';

const ground = hostGround('here');
const holder = (run: string, lease_s = 30) => ({ run, lease_s });
const lock = (world: World, run: string, lease_s?: number) => ground.lock(world, holder(run, lease_s), never);
const lockOf = (records: string): string => readFileSync(join(records, 'lock'), 'utf8');

test('one run holds a host at a time; what is given back can be taken', async () => {
  const { world, records } = hereWith();
  unwrap(await lock(world, 'one'));
  unwrap(await lock(world, 'one'));
  expect(await lock(world, 'two')).toMatchObject({
    problem: {
      code: 'locked',
      message: expect.stringContaining('The run one is breaking the host here now'),
    },
  });
  expect(await ground.renew(world, holder('two'), never)).toMatchObject({ problem: { code: 'locked' } });
  unwrap(await ground.unlock(world, holder('two'), never));
  expect(lockOf(records)).toContain('one');
  unwrap(await ground.renew(world, holder('one'), never));
  unwrap(await ground.unlock(world, holder('one'), never));
  expect(readdirSync(records)).toEqual([]);
  expect(await ground.renew(world, holder('one'), never)).toMatchObject({
    problem: { code: 'locked', message: expect.stringContaining('not ours any more') },
  });
  unwrap(await lock(world, 'two'));
});

test('of many that take it at once one has it', async () => {
  const { world } = hereWith();
  const taken = await Promise.all(Array.from({ length: 12 }, (_, index) => lock(world, `run-${index}`)));
  expect(taken.filter((one) => one.ok)).toHaveLength(1);
});

test('one has it, too, while the folder goes away between its making and the lock on it', async () => {
  const { world, records } = hereWith();
  const removing = spawn('sh', ['-c', 'while sleep 0.03; do rmdir "$1" 2>/dev/null; done', 'sh', records], {
    stdio: 'ignore',
  });
  try {
    const taken = await Promise.all(Array.from({ length: 8 }, (_, index) => lock(world, `run-${index}`)));
    expect(taken.filter((one) => one.ok)).toHaveLength(1);
    expect(taken.filter((one) => !one.ok && one.problem.code !== 'locked')).toEqual([]);
  } finally {
    removing.kill('SIGKILL');
  }
});

test('a lock whose lease ran out is free, and so is one of another boot or one that cannot be read', async () => {
  const { world, records } = hereWith();
  unwrap(await lock(world, 'one'));
  const [boot = '', renewed = '', ...rest] = lockOf(records).trim().split(' ');
  const written = (...words: (string | number)[]): void =>
    writeFileSync(join(records, 'lock'), `${words.join(' ')}\n`);
  written(boot, Number(renewed) - 20, ...rest);
  expect((await lock(world, 'two')).ok).toBe(false);
  written(boot, Number(renewed) - 31, ...rest);
  unwrap(await lock(world, 'two'));
  written('another-boot', renewed, ...rest);
  unwrap(await lock(world, 'three'));
  written('%$! $(id)');
  unwrap(await lock(world, 'four'));
  expect(lockOf(records)).toContain('four');
});

/** What a test leaves on the host as a run would. */
async function leave(world: World): Promise<void> {
  const { pid } = started('while sleep 1; do :; done', 'left');
  const injection = await intend(world, { fault, target: { host: 'here', pid } });
  await take(world, { fault, injection }, 'arm');
}

test('what was left is found with its lock, under the name that the host has here', async () => {
  const { world } = hereWith();
  expect(unwrap(await ground.leftovers(world, never)).found).toEqual([]);
  await leave(world);
  const [stale] = unwrap(await ground.leftovers(world, never)).found;
  expect(stale).toMatchObject({
    fresh: false,
    injection: { id: expect.stringMatching(/^r\.f\.\d+$/), fault: 'process.pause' },
  });
  unwrap(await lock(world, 'r'));
  const [fresh] = unwrap(await ground.leftovers(world, never)).found;
  expect(fresh).toMatchObject({ fresh: true, lock: { renewedAgo_s: expect.any(Number) } });
  const elsewhere = worldOf({ host: () => ok({ ...unwrap(world.host('here')), name: 'box' }) });
  const [renamed] = unwrap(await hostGround('box').leftovers(elsewhere, never)).found;
  expect(renamed?.injection.target.detail['host']).toBe('box');
});

test('on this machine a lock whose process is gone is not fresh, though nobody may take it yet', async () => {
  const { world, records } = hereWith();
  await leave(world);
  unwrap(await lock(world, 'r'));
  const ended = spawn('true');
  await new Promise((resolve) => ended.once('exit', resolve));
  const [boot = '', renewed = '', lasts = '', , , run = ''] = lockOf(records).trim().split(' ');
  writeFileSync(join(records, 'lock'), `${[boot, renewed, lasts, ended.pid, 1, run].join(' ')}\n`);
  expect(unwrap(await ground.leftovers(world, never)).found).toMatchObject([{ fresh: false }]);
  expect((await lock(world, 'other')).ok).toBe(false);
});

test('a record that cannot be read is named beside those that can', async () => {
  const { world, records } = hereWith();
  mkdirSync(join(records, 'r.x.0'), { recursive: true });
  chmodSync(records, 0o700);
  writeFileSync(join(records, 'r.x.0', 'injection.json'), '{"id":');
  const torn = { code: 'undo-failed', message: expect.stringContaining('r.x.0/injection.json') };
  expect(unwrap(await ground.leftovers(world, never))).toMatchObject({ found: [], unreadable: [torn] });
  await leave(world);
  const both = unwrap(await ground.leftovers(world, never));
  expect(both).toMatchObject({ found: [{}], unreadable: [torn] });
});

test('a folder that is a link, or open to others, is not used', async () => {
  const { world, records } = hereWith();
  mkdirSync(`${records}-elsewhere`, { mode: 0o700 });
  symlinkSync(`${records}-elsewhere`, records);
  expect(await lock(world, 'one')).toMatchObject({ problem: { code: 'rights-missing' } });
  expect(readdirSync(`${records}-elsewhere`)).toEqual([]);
  const other = hereWith();
  mkdirSync(other.records, { mode: 0o755 });
  expect(await lock(other.world, 'one')).toMatchObject({ problem: { code: 'rights-missing' } });
});

test('without a folder of the test the records are where the design says', async () => {
  const { world } = hereWith();
  delete process.env['AFTERSHOCK_RUN_DIR'];
  const ran = await unwrap(world.host('here')).run({ script: placedScript('places') }, never);
  const shown = ran.ok ? ran.value.stdout.trim().split('\n') : [];
  const uid = execFileSync('id', ['-u'], { encoding: 'utf8' }).trim();
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
  const wanted = [`${runtime}/aftershock`, `/tmp/aftershock-${uid}`];
  expect(shown).toEqual(uid === '0' ? ['/run/aftershock', ...wanted] : wanted);
});

test('the snapshot tells the machine, without what a run could not read', async () => {
  const { world } = hereWith();
  const snapshot = unwrap(await ground.snapshot(world, never));
  expect(snapshot).toMatchObject({
    hosts: {
      here: {
        kind: 'local',
        where: 'this machine',
        kernel: expect.stringMatching(/^\d/),
        memory_bytes: expect.any(Number),
        tools: expect.arrayContaining(['setsid']),
      },
    },
  });
  const aborted = unwrap(await ground.snapshot(world, AbortSignal.abort()));
  expect(aborted).toMatchObject({ hosts: { here: { unread: expect.stringContaining('cancelled') } } });
});
