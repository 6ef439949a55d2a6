import { STATUS_CODES } from 'node:http';
import { NANOS_PER_MILLISECOND, type Nanos } from '../../model/time.ts';
import type { Ended } from '../batch.ts';
import type { EndKind, Failure } from '../kinds.ts';
import type { EndReason, Health, PermitEnd } from '../messages.ts';
import { idOf, type LoadOptions } from '../options.ts';
import { Connection, type Flight, type Lane, type Tower } from './connections.ts';
import { healthMeter } from './health.ts';
import { Queue } from './queue.ts';
import { bodiesOf, destinationOf } from './request.ts';
import { BUCKET, Lateness, Schedule } from './schedule.ts';
import { TcpLane } from './tcp.ts';

/** A loop that is later than this has stalled: the time is not taken off the target's. */
const STALL: Nanos = 5 * NANOS_PER_MILLISECOND;
/** Operations that we reach later than this (or a whole timeout) are not sent any more. */
const MISSED_AFTER: Nanos = 1_000 * NANOS_PER_MILLISECOND;
/** Longest that a timer can take. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** A loop busier than this, with operations waiting, is itself what they wait for. */
const SATURATED = 0.9;

export interface Reporter {
  report(rows: readonly Ended[], health: Health): void;
  ended(why: EndReason): void;
  /** Asked before anything is sent; a reason ends the load at once. */
  revoked?(): PermitEnd | undefined;
}

/**
 * The open loop. Operations start when they are due, whatever became of those before; where all connections are
 * busy they wait, first in, first out, and the wait is part of their latency.
 *
 * The timeout counts from the intended start. What is our own fault is not the target's: time in which this loop
 * stalled does not run on any timeout, and operations that it reached too late, or that waited for a loop too
 * busy to send them, are `missed`.
 */
export class Engine implements Tower {
  readonly #options: LoadOptions;
  readonly #reporter: Reporter;
  readonly #newLane: () => Lane;
  readonly #schedule: Schedule;
  readonly #lateness: Lateness;
  readonly #health: ReturnType<typeof healthMeter>;
  readonly #bodyOf: (id: string | undefined) => string | undefined;
  readonly #timeout: Nanos;
  readonly #missedAfter: Nanos;
  readonly now: () => Nanos;
  readonly #waiting = new Queue<Flight>();
  /** Used in turn, as many users would, so that a balancer that balances connections spreads the load. */
  readonly #free = new Queue<Lane>();
  /** In the order of sending, so the first has the earliest deadline. */
  readonly #busy = new Set<Lane>();
  #rows: Ended[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  /** When the loop was last seen running, and how long it has stalled in all. */
  #awake: Nanos;
  #stalled: Nanos = 0;
  #saturated = false;
  #pumping = false;
  #stopping = false;
  #why: EndReason = 'told';
  #admitted = 0;

  constructor(options: LoadOptions, now: () => Nanos, reporter: Reporter) {
    this.#options = options;
    this.#reporter = reporter;
    this.now = now;
    const { tcp } = options;
    const destination = destinationOf(options);
    this.#newLane = () => (tcp === undefined ? new Connection(destination, this) : new TcpLane(tcp, this));
    this.#timeout = options.timeout_ms * NANOS_PER_MILLISECOND;
    this.#missedAfter = Math.min(MISSED_AFTER, this.#timeout);
    this.#bodyOf = bodiesOf(options);
    for (let n = 0; n < options.connections; n += 1) this.#open();
    const start = now();
    this.#awake = start;
    this.#schedule = new Schedule(start, options.rate_per_s);
    this.#lateness = new Lateness(start);
    this.#health = healthMeter(start);
  }

  start(): void {
    this.#armFlush(this.now());
    this.#tick(this.#schedule.next);
  }

  /** Sends what is due, then nothing new; `ended` is told when the last operation has ended. */
  stop(): void {
    if (this.#stopping) return;
    this.#tick(this.now());
    this.#stopping = true;
    this.#tick(this.now());
  }

  /** Sends nothing more, not even what waits; `ended` is told when the last operation in flight has ended. */
  halt(why: EndReason): void {
    if (!this.#stopping) this.#why = why;
    this.#stopping = true;
    for (let flight = this.#waiting.take(); flight; flight = this.#waiting.take()) {
      this.#settle(flight, NOT_SENT);
    }
    this.#arm(this.now());
    this.#endIfDone();
  }

  landed(connection: Lane, flight: Flight, failure?: Failure): void {
    this.#busy.delete(connection);
    this.#free.push(connection);
    this.#settle(flight, failure ?? this.#judge(flight));
    // Never from inside the client's own callback: it is not done with its queue yet.
    if (this.#pumping || (this.#waiting.size === 0 && !this.#stopping)) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
      this.#endIfDone();
    });
  }

  #open(): void {
    this.#free.push(this.#newLane());
  }

  /** One wake-up of the loop, which should have come at `expected`. */
  #tick(expected: Nanos): void {
    const now = this.now();
    this.#noteWake(expected, now);
    const last = this.#admit(now);
    this.#pump();
    if (last !== undefined && this.#waiting.size === 0) this.#lateness.note(last, this.now());
    const deadline = this.#nextDeadline();
    // After the poll phase, so that answers that are already here count.
    if (deadline !== undefined && deadline <= now) setImmediate(() => this.#expire());
    this.#arm(now);
    this.#endIfDone();
  }

  #noteWake(expected: Nanos, now: Nanos): void {
    this.#lateness.note(Math.min(expected, now), now);
    const stall = now - Math.max(expected, this.#awake);
    if (stall > STALL) this.#stalled += stall;
    this.#awake = now;
  }

  /** Queues what is due; returns the last intended start, if there was one. */
  #admit(now: Nanos): Nanos | undefined {
    let last: Nanos | undefined;
    while (!this.#stopping) {
      const intended = this.#schedule.take(now);
      if (intended === undefined) break;
      const flight = this.#flight(intended, now);
      if (now - intended > this.#missedAfter) this.#settle(flight, missed(this.#missedAfter));
      else this.#waiting.push(flight);
      last = intended;
    }
    return last;
  }

  #flight(intended: Nanos, now: Nanos): Flight {
    const { ids } = this.#options;
    const index = this.#admitted;
    this.#admitted += 1;
    const id = ids === undefined ? undefined : idOf(ids.prefix, index);
    return {
      index,
      id,
      intended,
      deadline: now - this.#stalled + this.#timeout,
      body: this.#bodyOf(id),
      sent: null,
      status: 0,
    };
  }

  #pump(): void {
    if (this.#isRevoked()) return;
    while (this.#waiting.size > 0 && this.#free.size > 0) {
      const flight = this.#waiting.take();
      const connection = this.#free.take();
      if (flight === undefined || connection === undefined) return;
      this.#busy.add(connection);
      connection.send(flight);
    }
  }

  /** Looks whether it may send at all; if not, the load is over. */
  #isRevoked(): boolean {
    if (this.#stopping && this.#waiting.size === 0) return false;
    const why = this.#reporter.revoked?.();
    if (why !== undefined) this.halt(why);
    return why !== undefined;
  }

  #judge(flight: Flight): Failure | { kind: EndKind; detail: string } {
    const { status } = flight;
    if (this.#options.expected.some(([from, to]) => status >= from && status <= to)) return OK_END;
    return { kind: 'status', detail: `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() };
  }

  #settle(flight: Flight, end: { kind: EndKind; detail: string }): void {
    const { index, intended, sent, status } = flight;
    this.#rows.push({ index, intended, sent, done: this.now(), kind: end.kind, status, detail: end.detail });
  }

  #nextDeadline(): Nanos | undefined {
    const [oldest] = this.#busy;
    const deadline = oldest?.flight?.deadline ?? this.#waiting.peek()?.deadline;
    return deadline === undefined ? undefined : deadline + this.#stalled;
  }

  /** Gives up on what is over its time: on a connection, which is cut and replaced, or still waiting for one. */
  #expire(): void {
    const patience = this.now() - this.#stalled;
    for (const connection of this.#busy) {
      const flight = connection.flight;
      if (flight !== undefined && flight.deadline > patience) break;
      this.#busy.delete(connection);
      connection.cut();
      this.#open();
      if (flight !== undefined) this.#settle(flight, this.#timedOut(flight));
    }
    for (let flight = this.#waiting.peek(); flight; flight = this.#waiting.peek()) {
      if (flight.deadline > patience) break;
      this.#waiting.take();
      this.#settle(flight, this.#saturated ? missed(this.#timeout) : this.#unsent());
    }
    this.#pump();
    this.#arm(this.now());
    this.#endIfDone();
  }

  #timedOut(flight: Flight): Failure {
    const what =
      flight.sent === null ? 'no connection' : flight.status > 0 ? 'no complete answer' : 'no answer';
    return { kind: 'timeout', detail: `${what} within ${this.#options.timeout_ms} ms` };
  }

  #unsent(): Failure {
    const { timeout_ms, connections } = this.#options;
    const detail = `no free connection within ${timeout_ms} ms: all ${connections} waited for answers`;
    return { kind: 'timeout', detail };
  }

  /** Wakes the loop for the next operation or the next deadline, whichever comes first. */
  #arm(now: Nanos): void {
    clearTimeout(this.#timer);
    const next = this.#stopping ? Number.POSITIVE_INFINITY : this.#schedule.next;
    const expected = Math.min(next, this.#nextDeadline() ?? Number.POSITIVE_INFINITY);
    if (expected === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(1, (expected - now) / NANOS_PER_MILLISECOND);
    this.#timer = setTimeout(() => this.#tick(expected), Math.min(wait, MAX_TIMER_MS));
  }

  #armFlush(now: Nanos): void {
    const expected = (Math.floor(now / BUCKET) + 1) * BUCKET;
    const wait = Math.ceil((expected - now) / NANOS_PER_MILLISECOND);
    this.#flushTimer = setTimeout(() => {
      const actual = this.now();
      this.#noteWake(expected, actual);
      // A timer may fire a little early.
      if (actual >= expected) this.#flush(actual);
      this.#isRevoked();
      if (this.#flushTimer !== undefined) this.#armFlush(actual);
    }, wait);
  }

  #flush(now: Nanos): void {
    const health = this.#health(now);
    this.#blameSaturation(health.utilization, now);
    const rows = this.#rows;
    this.#rows = [];
    this.#reporter.report(rows, { ...health, buckets: this.#lateness.take(now) });
  }

  /** Operations that wait while this loop has no time left wait for us, not for the target. */
  #blameSaturation(utilization: number, now: Nanos): void {
    const oldest = this.#waiting.peek();
    this.#saturated = oldest !== undefined && utilization > SATURATED;
    if (oldest === undefined || !this.#saturated) return;
    this.#lateness.mark(now - BUCKET, now - oldest.intended);
    for (let flight = this.#waiting.peek(); flight; flight = this.#waiting.peek()) {
      if (now - flight.intended <= this.#missedAfter) break;
      this.#waiting.take();
      this.#settle(flight, missed(this.#missedAfter));
    }
  }

  #endIfDone(): void {
    if (!this.#stopping || this.#busy.size > 0 || this.#waiting.size > 0) return;
    if (this.#flushTimer === undefined) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#flush(this.now());
    for (let free = this.#free.take(); free; free = this.#free.take()) free.cut();
    this.#reporter.ended(this.#why);
  }
}

const OK_END = { kind: 'ok', detail: '' } as const;
const NOT_SENT = { kind: 'missed', detail: 'not sent: the load was ended' } as const;

const missed = (limit: Nanos): { kind: EndKind; detail: string } => ({
  kind: 'missed',
  detail: `not sent: the load generator itself was more than ${limit / NANOS_PER_MILLISECOND} ms late`,
});
