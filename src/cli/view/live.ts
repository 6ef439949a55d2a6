import { createLogUpdate } from 'log-update';
import { wrapLine } from '../../files/wrap.ts';
import type { Samples } from '../../model/samples.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import type { RunEvent } from '../../run/events.ts';
import { paint, type Terminal } from '../terminal.ts';
import { nowRows } from './gauges.ts';
import { line, TEXT_COLUMN } from './lines.ts';
import { type Progress, progressOf } from './progress.ts';
import type { View } from './view.ts';

/** What the live view shows beside the events. */
export interface Watched {
  signals: readonly SignalDescriptor[];
  samples: Samples;
  /** For how many seconds each entry is held. */
  holds: ReadonlyMap<string, number>;
  now: () => Nanos;
}

const REDRAW_MS = 250;

/** Lines above, and below them a block that redraws itself: phase, time left, steady, every signal now. */
export function liveView(terminal: Terminal, watched: Watched): View {
  const update = createLogUpdate(process.stdout, { showCursor: true });
  const colors = paint(terminal.color);
  const progress = progressOf(watched.holds);
  const draw = (): void => {
    const rows = blockLines(progress, watched, colors).map((row) => clip(row, terminal.columns));
    update(`\n${rows.join('\n')}\n`);
  };
  const timer = setInterval(draw, REDRAW_MS);
  terminal.pin({ clear: () => update.clear(), draw });
  return {
    event: (event) => {
      progress.event(event);
      const text = line(event);
      if (text === undefined) return;
      const lines = wrapLine(text, { columns: terminal.columns - 1, hang: TEXT_COLUMN });
      terminal.out(lines.map((one) => colored(one, event, colors)).join('\n'));
    },
    close: () => {
      clearInterval(timer);
      terminal.pin(undefined);
      update.clear();
      update.done();
    },
  };
}

function blockLines(progress: Progress, watched: Watched, colors: ReturnType<typeof paint>): string[] {
  const now = watched.now();
  const { phase, left, steady, why } = progress.now(now);
  const rows = [
    { name: 'steady', text: steady === 'true' ? colors.green('holds') : colors.yellow(why) },
    ...nowRows(watched.signals, watched.samples, now),
  ];
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    `${colors.bold(`● ${phase}`)}${left === '' ? '' : `  ${left}`}`,
    ...rows.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`),
  ];
}

function colored(text: string, event: RunEvent, colors: ReturnType<typeof paint>): string {
  if (event.is === 'abort' || event.is === 'not-started') return colors.red(text);
  if (event.is === 'trying') return colors.yellow(text);
  if (event.is === 'step' && event.step === 'acting') return colors.magenta(text);
  if (event.is === 'step' && event.step === 'recovered') return colors.green(text);
  return text;
}

const ESCAPE = String.fromCharCode(27);

/**
 * A row cut to the terminal's width: lines that wrap would be counted wrongly when the block is redrawn. Colour codes
 * take no columns.
 */
export function clip(row: string, columns: number): string {
  let width = 0;
  let end = 0;
  while (end < row.length && width < columns - 1) {
    if (row[end] === ESCAPE) end = row.indexOf('m', end);
    else width += 1;
    end += 1;
  }
  return end >= row.length ? row : `${row.slice(0, end)}${row.includes(ESCAPE) ? `${ESCAPE}[0m` : ''}`;
}
