import type { Nanos, Span } from '../../model/time.ts';

/**
 * Rows in order of time, those of equal time in the order they came. Cheap to add to when rows come nearly in order,
 * as those of a load do (an operation is written when it ends and sorted by when it should have begun).
 */
export class TimeSeries<T> {
  readonly #timeOf: (row: T) => Nanos;
  #sorted: T[] = [];
  /** Rows that came out of order; merged when somebody looks. */
  #late: T[] = [];

  constructor(timeOf: (row: T) => Nanos) {
    this.#timeOf = timeOf;
  }

  add(row: T): void {
    const last = this.#sorted.at(-1);
    const inOrder = last === undefined || this.#timeOf(last) <= this.#timeOf(row);
    if (inOrder && this.#late.length === 0) this.#sorted.push(row);
    else this.#late.push(row);
  }

  get size(): number {
    return this.#sorted.length + this.#late.length;
  }

  /** Rows in the span. */
  within(span: Span): T[] {
    this.#settle();
    return this.#sorted.slice(this.#firstAt(span.from), this.#firstAt(span.to));
  }

  /** Rows in the span, preceded by the last one before it. */
  withOneBefore(span: Span): T[] {
    this.#settle();
    const from = this.#firstAt(span.from);
    return this.#sorted.slice(Math.max(0, from - 1), Math.max(from, this.#firstAt(span.to)));
  }

  /** Rows in the span with the last one before it and the first one after it. */
  around(span: Span): T[] {
    this.#settle();
    const from = this.#firstAt(span.from);
    return this.#sorted.slice(Math.max(0, from - 1), Math.max(from, this.#firstAt(span.to)) + 1);
  }

  /** Drops what is older, but for the last row of it, which is still valid; returns how many rows went. */
  forget(before: Nanos): number {
    this.#settle();
    const drop = Math.max(0, this.#firstAt(before) - 1);
    if (drop > 0) this.#sorted = this.#sorted.slice(drop);
    return drop;
  }

  /** Index of the first row that is not before `t`. */
  #firstAt(t: Nanos): number {
    return partition(this.#sorted, (row) => this.#timeOf(row) < t);
  }

  #settle(): void {
    if (this.#late.length === 0) return;
    const timeOf = this.#timeOf;
    const late = this.#late.sort((a, b) => timeOf(a) - timeOf(b));
    this.#late = [];
    const [first] = late;
    if (first === undefined) return;
    const from = partition(this.#sorted, (row) => timeOf(row) <= timeOf(first));
    const tail = this.#sorted.splice(from);
    let next = 0;
    for (const row of tail) {
      for (let fresh = late[next]; fresh !== undefined && timeOf(fresh) < timeOf(row); fresh = late[next]) {
        this.#sorted.push(fresh);
        next += 1;
      }
      this.#sorted.push(row);
    }
    for (const row of late.slice(next)) this.#sorted.push(row);
  }
}

/** Index of the first row for which `before` is false; it is true for all rows before that one. */
function partition<T>(rows: readonly T[], before: (row: T) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(rows[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
