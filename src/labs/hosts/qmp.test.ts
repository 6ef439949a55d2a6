import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { human, tellQemu } from './qmp.ts';

const GREETING = '{"QMP": {"version": {}, "capabilities": []}}\n';
const never = new AbortController().signal;

/** A monitor that answers each line with what `answer` says, events in between. */
async function monitor(answer: (told: { execute: string }, socket: Socket) => object | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-'));
  const path = join(folder, 'qmp');
  const told: unknown[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(GREETING);
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().trim().split('\n')) {
        const command = JSON.parse(line);
        told.push(command);
        const said = answer(command, socket);
        if (said !== undefined) socket.write(`{"event": "STOP"}\n${JSON.stringify(said)}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, told };
}

describe("QEMU's monitor", () => {
  test('is told each command once, in order, and the last answer is given', async () => {
    const { path, told } = await monitor(({ execute }) => ({ return: { was: execute } }));
    const answered = await tellQemu(path, [{ execute: 'stop' }, { execute: 'query-status' }], never);
    expect(answered).toEqual({ ok: true, value: { was: 'query-status' } });
    expect(told).toEqual([{ execute: 'qmp_capabilities' }, { execute: 'stop' }, { execute: 'query-status' }]);
  });

  test('stops at what it refuses', async () => {
    const { path, told } = await monitor(({ execute }) =>
      execute === 'stop' ? { error: { class: 'GenericError', desc: 'not now' } } : { return: {} },
    );
    const answered = await tellQemu(path, [{ execute: 'stop' }, { execute: 'cont' }], never);
    expect(answered).toMatchObject({ problem: { message: 'QEMU did not do `stop`', cause: 'not now' } });
    expect(told).toHaveLength(2);
  });

  test('says in words what a command for people did not do', async () => {
    const { path } = await monitor(({ execute }) => ({
      return: execute === 'human-monitor-command' ? "Error: snapshot 'clean' does not exist\r\n" : {},
    }));
    const answered = await tellQemu(path, [human('loadvm clean')], never);
    expect(answered).toMatchObject({
      problem: { message: 'QEMU did not do `loadvm clean`', cause: "Error: snapshot 'clean' does not exist" },
    });
  });

  test('that goes away, is silent, or is not there, keeps nobody waiting', async () => {
    const gone = await monitor((_, socket) => void socket.destroy());
    expect((await tellQemu(gone.path, [{ execute: 'stop' }], never)).ok).toBe(false);
    const silent = await monitor(() => undefined);
    expect((await tellQemu(silent.path, [{ execute: 'stop' }], AbortSignal.timeout(100))).ok).toBe(false);
    const missing = await tellQemu(`${silent.path}-no`, [{ execute: 'stop' }], never);
    expect(missing).toMatchObject({ ok: false });
    expect(JSON.stringify(missing)).toContain('ENOENT');
    expect((await tellQemu(gone.path, [{ execute: 'stop' }], AbortSignal.abort())).ok).toBe(false);
  });
});
