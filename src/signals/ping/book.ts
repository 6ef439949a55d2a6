import type { Sink } from '../../model/contracts/signal.ts';
import { OK, type Operation } from '../../model/series.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import type { PingKind, PingLine } from './lines.ts';

/** The field of a request has 16 bits. */
const SEQUENCE = 65_536;

interface End {
  kind: typeof OK | PingKind;
  detail?: string;
}

/**
 * Turns what ping says into one operation for each request. When a request was sent is known from its answer's
 * arrival less the round trip, and between two answers from the beat.
 */
export class PingBook {
  readonly #sink: Sink;
  readonly #beat: Nanos;
  readonly #timeout: Nanos;
  /** Requests without an end, and when they were sent; in their order. */
  readonly #waiting = new Map<number, Nanos>();
  /** Why a request could not be sent, until ping says which it was. */
  #unsent: End | undefined;
  /** The latest request whose time of sending we know best. */
  #anchor = { seq: 1, t: 0 };
  /** The highest number that we have heard of; what is not waiting any more has ended. */
  #newest = 0;

  constructor(sink: Sink, { every_s, timeout_ms }: { every_s: number; timeout_ms: number }) {
    this.#sink = sink;
    this.#beat = every_s * NANOS_PER_SECOND;
    this.#timeout = timeout_ms * NANOS_PER_MILLISECOND;
  }

  /** Requests that are on their way. */
  get inFlight(): number {
    return this.#waiting.size;
  }

  /** What is still waiting has no known end. */
  forget(): void {
    this.#waiting.clear();
    this.#unsent = undefined;
    this.#newest = 0;
  }

  /** A line that came at `t`. */
  take(line: PingLine, t: Nanos): void {
    if (line.is === 'begin') this.#begin(t);
    else if (line.is === 'reply') this.#reply(line, t);
    else if (line.is === 'silent') this.#silent(this.#whole(line.seq), t);
    else if (line.is === 'trouble') this.#trouble(line, t);
    else if (line.is === 'unsent') this.#notSent(line, t);
    this.expire(t);
  }

  /** Gives up on what has waited for too long. */
  expire(now: Nanos): void {
    for (const [seq, sent] of this.#waiting) {
      if (sent + this.#timeout > now) continue;
      const detail = `no answer within ${this.#timeout / NANOS_PER_MILLISECOND} ms`;
      this.#end(seq, { kind: 'timeout', detail }, sent + this.#timeout);
    }
  }

  /** ping was started: its first request goes out now. */
  #begin(t: Nanos): void {
    this.forget();
    this.#anchor = { seq: 1, t };
  }

  #reply({ seq, rtt_ms }: PingLine & { is: 'reply' }, t: Nanos): void {
    const whole = this.#whole(seq);
    const rtt = rtt_ms * NANOS_PER_MILLISECOND;
    this.#anchor = { seq: whole, t: t - rtt };
    this.#reach(whole);
    if (!this.#waiting.has(whole)) return;
    this.#waiting.set(whole, t - rtt);
    if (rtt <= this.#timeout) this.#end(whole, { kind: OK }, t);
  }

  #silent(seq: number, t: Nanos): void {
    this.#anchor = { seq: seq + 1, t };
    this.#reach(seq);
    const why = this.#unsent;
    this.#unsent = undefined;
    const sent = this.#waiting.get(seq);
    if (why !== undefined && sent !== undefined) this.#end(seq, why, sent);
  }

  #trouble({ seq, kind, detail }: PingLine & { is: 'trouble' }, t: Nanos): void {
    const whole = this.#whole(seq);
    this.#reach(whole);
    if (this.#waiting.has(whole)) this.#end(whole, { kind, detail }, t);
  }

  #notSent({ kind, detail, ends }: PingLine & { is: 'unsent' }, t: Nanos): void {
    if (ends === undefined) this.#unsent = { kind, detail };
    // It will be begun again: this was the request itself.
    else this.#sink.operations('requests', [{ intended: t, sent: null, done: t, kind, detail }]);
  }

  /** Everything up to this number has been sent. */
  #reach(seq: number): void {
    for (let next = this.#newest + 1; next <= seq; next += 1) {
      this.#waiting.set(next, this.#anchor.t + (next - this.#anchor.seq) * this.#beat);
      this.#newest = next;
    }
  }

  /** The number without its wrap: the one nearest to what was heard last. */
  #whole(seq: number): number {
    const turns = Math.round((this.#newest - seq) / SEQUENCE);
    return seq + Math.max(0, turns) * SEQUENCE;
  }

  #end(seq: number, { kind, detail }: End, done: Nanos): void {
    const sent = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    if (sent === undefined) return;
    const intended = Math.min(sent, done);
    const row: Operation = { intended, sent: intended, done, kind };
    this.#sink.operations('requests', [detail === undefined ? row : { ...row, detail }]);
  }
}
