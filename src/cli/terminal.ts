import pc from 'picocolors';

/** A block at the bottom of the screen that redraws itself; what is printed meanwhile goes above it. */
export interface Pinned {
  clear(): void;
  draw(): void;
}

/** Where output goes and how it may look. */
export interface Terminal {
  /** Results: what a pipe wants. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** Colours on standard output, and on standard error; NO_COLOR is honoured by picocolors. */
  color: boolean;
  errColor: boolean;
  /** A person watches: the view may redraw itself. Not in CI. */
  live: boolean;
  /** Standard output is a terminal, whose lines are `columns` long. */
  tty: boolean;
  columns: number;
  /** Keeps a block at the bottom until it is given nothing. */
  pin(block: Pinned | undefined): void;
}

/** This process's own standard output and error. */
export function terminal(): Terminal {
  // Whoever reads us may go away (`| head`, a closed terminal): a run must go on to its undo all the same.
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
  }
  let pinned: Pinned | undefined;
  const print = (stream: NodeJS.WriteStream, text: string): void => {
    pinned?.clear();
    stream.write(`${text}\n`);
    pinned?.draw();
  };
  return {
    out: (text) => print(process.stdout, text),
    err: (text) => print(process.stderr, text),
    color: pc.isColorSupported && process.stdout.isTTY === true,
    errColor: pc.isColorSupported && process.stderr.isTTY === true,
    live: process.stdout.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
    tty: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 100,
    pin: (block) => {
      pinned = block;
    },
  };
}

/** picocolors, or the same functions without any colour. */
export const paint = (color: boolean): ReturnType<typeof pc.createColors> => pc.createColors(color);
