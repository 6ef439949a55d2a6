import pc from 'picocolors';

/** Where output goes and how it may look; NO_COLOR and CI are honoured by picocolors and by `isLive`. */
export interface Terminal {
  /** Results: what a pipe wants. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  color: boolean;
  /** A person watches: the view may redraw itself. */
  live: boolean;
  columns: number;
}

export function terminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    color: pc.isColorSupported && process.stdout.isTTY === true,
    live: process.stdout.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
    columns: process.stdout.columns ?? 100,
  };
}

/** picocolors, or the same functions without any colour. */
export const paint = (color: boolean): ReturnType<typeof pc.createColors> => pc.createColors(color);
