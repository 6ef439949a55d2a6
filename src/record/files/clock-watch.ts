import type { Clock } from '../../model/contracts/world.ts';
import type { Span } from '../../model/time.ts';
import type { Anchor } from '../../model/timeline.ts';
import { readText } from '../../reach/files.ts';

const ANCHOR_EVERY_MS = 10_000;
/** A step of the wall clock, or a sleep of the machine, that is longer than this is a jump. */
const JUMP_MS = 1_000;
/** Clocks read further apart than this belong to different moments: we were stopped in between. */
const TOGETHER_MS = 50;

interface Reading extends Anchor {
  /** Milliseconds since boot, time asleep included, where the system tells. */
  uptime_ms: number | undefined;
}

/** What a look at the clocks brings: an anchor every 10 s and after a jump, and the jump. */
export interface ClockNews {
  anchor?: Anchor;
  jump?: Span;
}

/**
 * Watches the clocks against each other. Our monotonic one stands still while the machine sleeps and never jumps; wall
 * time does both, uptime neither. `uptime_s` may be undefined (no such clock).
 */
export function watchClock(clock: Clock, uptime_s: () => number | undefined): () => ClockNews {
  let last: Reading | undefined;
  let anchored = Number.NEGATIVE_INFINITY;
  return () => {
    const reading = read(clock, uptime_s);
    const jumped = last !== undefined && hasJumped(last, reading);
    const news: ClockNews = jumped && last !== undefined ? { jump: { from: last.t, to: reading.t } } : {};
    last = reading;
    const due = reading.t - anchored >= ANCHOR_EVERY_MS * 1e6;
    if (!jumped && !due) return news;
    anchored = reading.t;
    return { ...news, anchor: { t: reading.t, wall_ms: reading.wall_ms } };
  };
}

function hasJumped(last: Reading, now: Reading): boolean {
  const passed_ms = (now.t - last.t) / 1e6;
  const asleep = (now.uptime_ms ?? 0) - (last.uptime_ms ?? 0) - passed_ms;
  const stepped = now.wall_ms - last.wall_ms - passed_ms;
  const known = now.uptime_ms !== undefined && last.uptime_ms !== undefined;
  return Math.abs(stepped) > JUMP_MS || (known && asleep > JUMP_MS);
}

function read(clock: Clock, uptime_s: () => number | undefined): Reading {
  for (let tries = 0; ; tries += 1) {
    const t = clock.now();
    const uptime = uptime_s();
    const wall_ms = Math.round(clock.wall());
    if (clock.now() - t < TOGETHER_MS * 1e6 || tries === 3) {
      return { t, wall_ms, uptime_ms: uptime === undefined ? undefined : uptime * 1_000 };
    }
  }
}

/** Seconds since boot, time asleep included (CLOCK_BOOTTIME); undefined off Linux. */
export function bootUptime_s(): number | undefined {
  const text = readText('/proc/uptime');
  const uptime = text.ok ? Number.parseFloat(text.value) : Number.NaN;
  return Number.isFinite(uptime) ? uptime : undefined;
}
