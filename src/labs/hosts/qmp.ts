import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';

/** One command of QEMU's monitor: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html */
export interface QmpCommand {
  execute: string;
  arguments?: Record<string, string | boolean>;
}

/** Commands of the monitor for people, which alone knows snapshots. They say nothing where all is well. */
const HUMAN = 'human-monitor-command';

export const human = (line: string): QmpCommand => ({ execute: HUMAN, arguments: { 'command-line': line } });

interface Answer {
  QMP?: unknown;
  return?: unknown;
  error?: { desc: string };
}

/** Tells a machine's QEMU commands, one after the other; the first that fails ends it. Gives the last one's answer. */
export async function tellQemu(
  socketPath: string,
  commands: readonly QmpCommand[],
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const socket = connect(socketPath);
  // The lines below end with it, and say why.
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket });
  // It ends by itself only where the other end says so.
  socket.once('close', () => lines.close());
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await converse(socket, lines, commands);
  } catch (error) {
    return fail(refused(undefined, error instanceof Error ? error.message : String(error)));
  } finally {
    signal.removeEventListener('abort', abort);
    lines.close();
    socket.destroy();
  }
}

async function converse(
  socket: Socket,
  lines: Interface,
  commands: readonly QmpCommand[],
): Promise<Result<unknown>> {
  const pending: QmpCommand[] = [{ execute: 'qmp_capabilities' }, ...commands];
  let told: QmpCommand | undefined;
  for await (const line of lines) {
    const answer = JSON.parse(line) as Answer;
    // What is neither the greeting nor an answer is an event.
    if (answer.QMP === undefined && answer.return === undefined && answer.error === undefined) continue;
    const trouble = troubleOf(told, answer);
    if (told !== undefined && trouble !== undefined) return fail(refused(told, trouble));
    told = pending.shift();
    if (told === undefined) return ok(answer.return);
    socket.write(`${JSON.stringify(told)}\n`);
  }
  return fail(refused(told, 'it ended the connection'));
}

function troubleOf(told: QmpCommand | undefined, { error, return: value }: Answer): string | undefined {
  if (error !== undefined) return error.desc;
  return told?.execute === HUMAN && typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : undefined;
}

const refused = (told: QmpCommand | undefined, cause: string): Problem => ({
  code: 'lab-failed',
  message: `QEMU did not do \`${String(told?.arguments?.['command-line'] ?? told?.execute ?? 'connect')}\``,
  cause,
  fix: 'Take the lab down and up again: `aftershock lab down hosts`, then `aftershock lab up hosts`.',
});
