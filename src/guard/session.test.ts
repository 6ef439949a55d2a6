import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeWhole } from '../reach/files.ts';
import { injectionOf } from './fixtures/injection.ts';
import { appendStep, journalLines } from './journal.ts';
import { leaseLeft, renewLease } from './lease.ts';
import { identify, own } from './proc.ts';
import { type GuardSession, openGuard, startGuardian } from './session.ts';

const never = new AbortController().signal;

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-session-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A guard over a new folder, with a process that plays its guardian. */
function guarded(guardian = own()): { guard: GuardSession; directory: string } {
  const directory = folder();
  const guard = openGuard(directory);
  if (!guard.ok) throw new Error(guard.problem.message);
  writeWhole(join(directory, 'guardian.json'), JSON.stringify(guardian));
  return { guard: guard.value, directory };
}

test('a lease counts down, is renewed, and has run out where it cannot be read', () => {
  const directory = folder();
  expect(leaseLeft(directory)).toBeLessThan(0);
  renewLease(directory, 30);
  expect(leaseLeft(directory)).toBeGreaterThan(25);
  expect(leaseLeft(directory)).toBeLessThanOrEqual(30);
  renewLease(directory, 0);
  expect(leaseLeft(directory)).toBeLessThanOrEqual(0);
});

test('a guarded run may journal, act and renew', () => {
  const { guard, directory } = guarded();
  expect(guard.journal('intent', injectionOf(1)).ok).toBe(true);
  expect(guard.mayAct(injectionOf(1)).ok).toBe(true);
  expect(guard.renew().ok).toBe(true);
  expect(guard.takenOver(injectionOf(1))).toBeUndefined();
  expect(journalLines(directory).map(({ by, step }) => `${by} ${step}`)).toEqual(['run intent']);
});

test('without its guardian nothing is begun, and the run learns of it when it renews', async () => {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  const identity = identify(child.pid ?? -1);
  const { guard, directory } = guarded(identity);
  expect(guard.journal('intent', injectionOf(1)).ok).toBe(true);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(guard.renew()).toMatchObject({ problem: { message: expect.stringContaining('guardian') } });
  expect(guard.mayAct(injectionOf(1)).ok).toBe(false);
  expect(guard.journal('intent', injectionOf(2)).ok).toBe(false);
  // What is there is still undone and journalled.
  expect(guard.journal('undoing', injectionOf(1)).ok).toBe(true);
  expect(journalLines(directory).map(({ step }) => step)).toEqual(['intent', 'undoing']);
});

test('what somebody else has begun to undo must not be acted on', () => {
  const { guard, directory } = guarded();
  guard.journal('intent', injectionOf(1));
  appendStep(directory, 'guardian', { step: 'undoing', injection: injectionOf(1) });
  expect(guard.takenOver(injectionOf(1))).toBe('undoing');
  expect(guard.mayAct(injectionOf(1)).ok).toBe(false);
  expect(guard.mayAct(injectionOf(2)).ok).toBe(true);
  appendStep(directory, 'guardian', { step: 'closed', injection: injectionOf(1) });
  expect(guard.takenOver(injectionOf(1))).toBe('closed');
  guard.journal('acted', injectionOf(1));
  expect(guard.takenOver(injectionOf(1))).toBe('closed');
});

test('a folder that is gone: the lease cannot be renewed, and nothing is journalled', () => {
  const { guard, directory } = guarded();
  rmSync(directory, { recursive: true });
  writeWhole(directory, 'a file in its place');
  expect(guard.renew().ok).toBe(false);
  expect(guard.journal('acting', injectionOf(1))).toMatchObject({ problem: { code: 'disk-full' } });
  expect(openGuard(directory).ok).toBe(false);
});

test('a guardian that does not start, or ends at once, is told', async () => {
  const missing = await startGuardian(folder(), [join(folder(), 'no-such-program')], never);
  expect(missing).toMatchObject({ problem: { message: expect.stringContaining('ENOENT') } });
  const full = await startGuardian(folder(), ['sh', '-c', 'exit 3'], never);
  expect(full).toMatchObject({ problem: { code: 'disk-full' } });
  const ended = await startGuardian(folder(), ['false'], never);
  expect(ended).toMatchObject({ problem: { message: expect.stringContaining('exit code 1') } });
});
