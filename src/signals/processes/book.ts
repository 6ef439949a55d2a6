import type { Sink } from '../../model/contracts/signal.ts';
import type { Nanos } from '../../model/time.ts';
import type { ProcessLook, ProcessRow } from '../../reach/hosts/processes.ts';
import { isOurs, type Selection, select, treeOf } from '../../reach/hosts/select.ts';

export interface Wanted {
  selection: Selection;
  /** With everything below them. */
  children: boolean;
  /** See `Host.ours`. */
  ours: readonly string[];
}

const BYTES_PER_MB = 1e6;

/** What one look told, to be compared with the next. */
interface Seen {
  t: Nanos;
  uptime_s: number;
  rows: ReadonlyMap<string, ProcessRow>;
}

/** Writes the processes that are meant, look by look: what they use, which began and which ended. */
export class ProcessBook {
  readonly #sink: Sink;
  readonly #wanted: Wanted;
  /** The pids that matched in the last whole look, with their start. */
  #matched: readonly ProcessRow[] = [];
  #last: Seen | undefined;
  #running: boolean | undefined;

  constructor(sink: Sink, wanted: Wanted) {
    this.#sink = sink;
    this.#wanted = wanted;
  }

  /** We cannot look any more: what comes next is compared with nothing. */
  lost(why: string): void {
    this.#sink.blind(why, this.#last?.t);
    this.#last = undefined;
    this.#running = undefined;
  }

  look(look: ProcessLook, t: Nanos): void {
    const now: Seen = { t, uptime_s: look.uptime_s, rows: this.#rowsOf(look) };
    this.#sink.observing();
    const last = this.#last;
    this.#last = now;
    if (last !== undefined) this.#changes(last, now);
    this.#states(now, last);
    if (last !== undefined)
      this.#sink.point('cpu_percent', { t: last.t, value: cpuPercent(look, last, now) });
  }

  #rowsOf(look: ProcessLook): Map<string, ProcessRow> {
    const { selection, ours, children } = this.#wanted;
    if (look.whole) this.#matched = select(look, selection).filter((row) => !isOurs(row, ours));
    const roots = this.#matched.flatMap(({ pid, start }) => {
      const row = look.rows.get(pid);
      return row?.start === start ? [row] : [];
    });
    const rows = children ? roots.flatMap(({ pid }) => treeOf(look, pid)) : roots;
    return new Map(rows.map((row) => [`${row.pid}/${row.start}`, row]));
  }

  #changes(last: Seen, { t, rows }: Seen): void {
    const write = (type: string, { pid, comm, start }: ProcessRow): void =>
      this.#sink.event('events', {
        t,
        since: last.t,
        type,
        subject: `pid ${pid}`,
        detail: { pid, name: comm, start },
      });
    for (const [key, row] of last.rows) if (!rows.has(key)) write('exited', row);
    for (const [key, row] of rows) if (!last.rows.has(key)) write('started', row);
  }

  /** Every look writes all of them: of what is sampled, silence would be a gap. */
  #states({ t, rows }: Seen, last: Seen | undefined): void {
    const all = [...rows.values()];
    const value = all.length > 0;
    const since = value === this.#running || last === undefined ? {} : { since: last.t };
    this.#running = value;
    this.#sink.point('running', { t, value, ...since });
    this.#sink.point('count', { t, value: all.length });
    this.#sink.point('threads', { t, value: sum(all, ({ threads }) => threads) });
    this.#sink.point('memory_mb', { t, value: sum(all, ({ rssBytes }) => rssBytes / BYTES_PER_MB) });
  }
}

const sum = (rows: readonly ProcessRow[], of: (row: ProcessRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/**
 * CPU between two looks, in percent of one core: of what is there now, by the host's own clock. A process that began
 * in between counts whole. Unknown where none is there.
 */
function cpuPercent({ ticksPerSecond }: ProcessLook, last: Seen, now: Seen): number | null {
  const elapsed_s = now.uptime_s - last.uptime_s;
  if (now.rows.size === 0 || !(elapsed_s > 0)) return null;
  let ticks = 0;
  for (const [key, row] of now.rows) {
    const before = last.rows.get(key)?.cpuTicks;
    const isNew = Number(row.start) / ticksPerSecond >= last.uptime_s;
    if (before !== undefined) ticks += row.cpuTicks - before;
    else if (isNew) ticks += row.cpuTicks;
  }
  return (100 * ticks) / ticksPerSecond / elapsed_s;
}
