import { createLogUpdate } from 'log-update';
import type { Truth } from '../model/measure.ts';
import type { Samples } from '../model/samples.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { NANOS_PER_SECOND, type Nanos } from '../model/time.ts';
import type { RunEvent } from '../run/events.ts';
import { nowLines } from './gauges.ts';
import { line } from './lines.ts';
import { paint, type Terminal } from './terminal.ts';

/** Shows a run while it lives. */
export interface View {
  event(event: RunEvent): void;
  close(): void;
}

export interface Watched {
  signals: readonly SignalDescriptor[];
  samples: Samples;
  now: () => Nanos;
}

const REDRAW_MS = 250;

/** Each event as one JSON object a line, ticks of `steady` only when they change. */
export function jsonView(terminal: Terminal): View {
  let truth: Truth | undefined;
  return {
    event: (event) => {
      if (event.is === 'steady' && event.truth === truth) return;
      if (event.is === 'steady') truth = event.truth;
      terminal.out(JSON.stringify(event));
    },
    close: () => undefined,
  };
}

/** Plain lines, for pipes and CI. */
export function plainView(terminal: Terminal): View {
  return {
    event: (event) => {
      const text = line(event);
      if (text !== undefined) terminal.out(text);
    },
    close: () => undefined,
  };
}

/** Lines above, and below them a block that redraws itself: phase, time left, every signal now. */
export function liveView(terminal: Terminal, watched: Watched): View {
  const update = createLogUpdate(process.stdout, { showCursor: true });
  const colors = paint(terminal.color);
  let phase: (RunEvent & { is: 'phase' }) | undefined;
  let steady: (RunEvent & { is: 'steady' }) | undefined;
  const draw = (): void => {
    const now = watched.now();
    const left =
      phase?.ends === undefined
        ? ''
        : `  ${Math.max(0, Math.ceil((phase.ends - now) / NANOS_PER_SECOND))} s left`;
    const held =
      steady?.truth === 'true'
        ? colors.green('steady holds')
        : colors.yellow(`steady: ${steady?.why ?? 'not known yet'}`);
    const head = `${colors.bold(`● ${phase?.phase ?? 'start'}`)}${left}   ${held}`;
    const rows = [head, ...nowLines(watched.signals, watched.samples, now).map((row) => `  ${row}`)];
    update(`\n${rows.map((row) => clip(row, terminal.columns)).join('\n')}\n`);
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    event: (event) => {
      if (event.is === 'phase') phase = event;
      if (event.is === 'steady') steady = event;
      const text = line(event);
      if (text === undefined) return;
      update.clear();
      terminal.out(colored(text, event, colors));
    },
    close: () => {
      clearInterval(timer);
      update.clear();
      update.done();
    },
  };
}

function colored(text: string, event: RunEvent, colors: ReturnType<typeof paint>): string {
  if (event.is === 'abort' || event.is === 'not-started') return colors.red(text);
  if (event.is === 'trying') return colors.yellow(text);
  if (event.is === 'step' && event.step === 'acting') return colors.magenta(text);
  if (event.is === 'step' && event.step === 'recovered') return colors.green(text);
  return text;
}

/** Lines that wrap would be counted wrongly when the block is redrawn. Colour codes take no columns. */
function clip(row: string, columns: number): string {
  const esc = String.fromCharCode(27);
  let width = 0;
  let end = 0;
  while (end < row.length && width < columns - 1) {
    if (row[end] === esc) end = row.indexOf('m', end);
    else width += 1;
    end += 1;
  }
  return end >= row.length ? row : `${row.slice(0, end)}${esc}[0m`;
}
