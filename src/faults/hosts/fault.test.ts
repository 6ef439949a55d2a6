import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { exec } from '../exec/exec.ts';
import { drilled, lives, until } from './fake-drill.ts';

test('armed, injected, seen, undone, proven: nothing is left on the host', async () => {
  const { world, signal, folder, broken, armed, watchdog } = drilled();
  const injection = await armed();
  const dog = watchdog();
  expect(lives(dog)).toBe(true);
  expect(existsSync(broken)).toBe(false);
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.effect(world, injection, signal)).toMatchObject({ is: 'yes' });
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'no' });
  expect(await exec.renew?.(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'yes' });
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  expect(lives(dog)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test('nobody renews the lease: the host undoes it by itself and keeps no record', async () => {
  const { world, signal, folder, broken, record, armed } = drilled();
  const injection = await armed({ lease_s: 2 });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  const took = await until(() => !existsSync(record));
  expect(took).toBeLessThan(12_000);
  expect(existsSync(broken)).toBe(false);
  expect(await exec.renew?.(world, injection, signal)).toMatchObject({ problem: { code: 'inject-failed' } });
  await until(() => !existsSync(join(folder, 'run')));
});

test('a lease that is renewed lives on to the deadline, and no longer', async () => {
  const { world, signal, broken, record, armed } = drilled();
  const injection = await armed({ lease_s: 3, deadline_s: 6 });
  const from = performance.now();
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  while (existsSync(record)) {
    await exec.renew?.(world, injection, signal);
    await sleep(500);
    if (performance.now() - from < 4_500) expect(existsSync(broken)).toBe(true);
  }
  expect(performance.now() - from).toBeGreaterThan(4_500);
  expect(existsSync(broken)).toBe(false);
});

test('no act follows its undo, and none happens without a watchdog', async () => {
  const { world, signal, broken, armed, watchdog } = drilled();
  const injection = await armed();
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.act(world, injection, signal)).toMatchObject({ problem: { code: 'inject-failed' } });
  expect(existsSync(broken)).toBe(false);
  await exec.disarm?.(world, injection, signal);
  const second = await armed();
  process.kill(-watchdog(), 'SIGKILL');
  expect(await exec.act(world, second, signal)).toMatchObject({ problem: { code: 'inject-failed' } });
  expect(existsSync(broken)).toBe(false);
  // The next renewal brings it back.
  const dead = watchdog();
  expect(await exec.renew?.(world, second, signal)).toEqual(ok(undefined));
  expect(watchdog()).not.toBe(dead);
  expect(lives(watchdog())).toBe(true);
});

test('an inject that hangs is ended by the undo, and does not go on after it', async () => {
  const { world, signal, folder, broken, record, armed } = drilled();
  const late = join(folder, 'late');
  const injection = await armed({ lease_s: 2, inject: `: >'${broken}'; sleep 8; : >'${late}'` });
  const acting = exec.act(world, injection, signal);
  await until(() => !existsSync(record));
  expect(existsSync(broken)).toBe(false);
  expect((await acting).ok).toBe(false);
  await sleep(200);
  expect(existsSync(late)).toBe(false);
});

test('an undo that fails is tried again until it succeeds', async () => {
  const { world, signal, folder, broken, record, armed } = drilled();
  const free = join(folder, 'free');
  const injection = await armed({ lease_s: 2, undo: `test -e '${free}' && rm -f '${broken}'` });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  await sleep(5_000);
  expect(existsSync(broken)).toBe(true);
  writeFileSync(free, '');
  await until(() => !existsSync(record));
  expect(existsSync(broken)).toBe(false);
});

test('a record that is lost is undone by the journal', async () => {
  const { world, signal, folder, armed, watchdog } = drilled();
  const injection = await armed();
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  const dog = watchdog();
  rmSync(join(folder, 'run'), { recursive: true });
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'yes' });
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  // It ends when it looks next.
  await until(() => !lives(dog));
});
