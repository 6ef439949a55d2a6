import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import { exec } from '../exec/exec.ts';
import { drilled, until } from './fake-drill.ts';
import { hostGround } from './ground.ts';

const ground = hostGround('here');

test('an act that is slow to begin sees that its undo was first', async () => {
  const { world, signal, folder, broken, record, armed, instead } = drilled();
  const [noted, began] = [join(folder, 'noted'), join(folder, 'began')];
  const injection = await armed({ inject: `: >'${began}'; sleep 1; : >'${broken}'` });
  // As on a host whose processors are busy: between the look for the undo and the note of who acts.
  instead('mv', `case "$*" in *injecting.new*) : >'${noted}'; sleep 2 ;; esac; exec "$REAL" "$@"`);
  const acting = exec.act(world, injection, signal);
  await until(() => existsSync(noted));
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.recovered(world, injection, signal)).toMatchObject({ is: 'yes' });
  await Promise.race([acting, until(() => existsSync(began)).catch(() => undefined)]);
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  expect((await acting).ok).toBe(false);
  expect(existsSync(record)).toBe(false);
  expect(existsSync(broken)).toBe(false);
});

/** `timeout [-t SECS] [-s SIG] PROG ARGS`, as BusyBox had it before 1.30: a number is a program. */
const OLD_TIMEOUT = `
seconds=10 signal=TERM
while getopts t:s: one; do
  case $one in t) seconds=$OPTARG ;; s) signal=$OPTARG ;; *) exit 1 ;; esac
done
shift $((OPTIND - 1))
exec "$REAL" -s "$signal" "$seconds" sh -c 'exec "$@"' sh "$@"`;

test('the watchdog undoes with an old timeout of BusyBox, too', async () => {
  const { world, signal, broken, record, armed, instead } = drilled();
  instead('timeout', OLD_TIMEOUT);
  const injection = await armed({ lease_s: 2 });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  await until(() => !existsSync(record));
  expect(existsSync(broken)).toBe(false);
});

/** `flock [-sxun] FD`, as BusyBox has it. */
const SHORT_FLOCK = `
while getopts sxun one; do [ "$one" != '?' ] || exit 1; done
exec "$REAL" "$@"`;

test('a flock that cannot wait is enough for the lock and for each undo', async () => {
  const { world, signal, broken, record, armed, instead } = drilled();
  instead('flock', SHORT_FLOCK);
  const holder = { run: 'run-7f3a', lease_s: 30 };
  expect(await ground.lock(world, holder, signal)).toEqual(ok(undefined));
  const injection = await armed();
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  expect(await exec.undo(world, injection, signal)).toEqual(ok(undefined));
  expect(existsSync(broken)).toBe(false);
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  expect(await ground.unlock(world, holder, signal)).toEqual(ok(undefined));
  const second = await armed({ lease_s: 2 });
  expect(await exec.act(world, second, signal)).toEqual(ok(undefined));
  await until(() => !existsSync(record));
  expect(existsSync(broken)).toBe(false);
});

test('a run keeps its lock when its last record goes, however short its lease', async () => {
  const { world, signal, armed } = drilled();
  const holder = { run: 'run-7f3a', lease_s: 5 };
  expect(await ground.lock(world, holder, signal)).toEqual(ok(undefined));
  const injection = await armed();
  await exec.undo(world, injection, signal);
  expect(await exec.disarm?.(world, injection, signal)).toEqual(ok(undefined));
  expect(await ground.renew(world, holder, signal)).toEqual(ok(undefined));
  expect(await ground.unlock(world, holder, signal)).toEqual(ok(undefined));
});

test('an undo that takes too long is ended, and has more time at its next try', {
  timeout: 150_000,
}, async () => {
  const { world, signal, broken, record, folder, armed } = drilled();
  const tries = join(folder, 'tries');
  const undo = `echo try >>'${tries}'; sleep 35; rm -f '${broken}'`;
  const injection = await armed({ lease_s: 2, deadline_s: 60, undo });
  expect(await exec.act(world, injection, signal)).toEqual(ok(undefined));
  await until(() => !existsSync(record), 120_000);
  expect(existsSync(broken)).toBe(false);
  expect(readFileSync(tries, 'utf8')).toBe('try\ntry\n');
});
