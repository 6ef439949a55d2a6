import type { Clock, Host } from '../../model/contracts/world.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { NANOS_PER_MILLISECOND } from '../../model/time.ts';
import { scriptFile, scriptOf } from './script.ts';

/** A host's wall clock against ours: how far it is ahead, and how far that may be off, in milliseconds. */
export interface ClockOffset {
  offset_ms: number;
  error_ms: number;
}

const script = scriptOf(scriptFile(import.meta.dirname, 'clock.sh'));

/**
 * Compares the clocks by one question and its answer: the host read its clock somewhere between (RFC 5905, section 8),
 * so half of the time between is the error. A host without nanoseconds (BusyBox) adds half a second. A failure is the
 * exact text.
 */
export async function readClockOffset(
  host: Host,
  { clock, deadline_ms }: { clock: Clock; deadline_ms: number },
  signal: AbortSignal,
): Promise<Result<ClockOffset, string>> {
  const asked = { t: clock.now(), wall: clock.wall() };
  const ran = await host.run({ script, deadline_ms }, signal);
  const took_ms = (clock.now() - asked.t) / NANOS_PER_MILLISECOND;
  if (!ran.ok) return fail(ran.problem.text);
  const theirs = timeOf(ran.value.stdout);
  if (theirs === undefined) return fail(`it told no time: ${ran.value.stderr.trim()}`);
  return ok({
    offset_ms: theirs.ms - (asked.wall + took_ms / 2),
    // Our wall clock counts whole milliseconds.
    error_ms: took_ms / 2 + theirs.error_ms + 0.5,
  });
}

/** What `date '+%s %N'` printed. */
function timeOf(stdout: string): { ms: number; error_ms: number } | undefined {
  const [, seconds, nanos] = /^(\d{9,11}) (\d{9})?/.exec(stdout) ?? [];
  if (seconds === undefined) return undefined;
  if (nanos === undefined) return { ms: Number(seconds) * 1_000 + 500, error_ms: 500 };
  return { ms: Number(seconds) * 1_000 + Number(nanos) / NANOS_PER_MILLISECOND, error_ms: 0 };
}
