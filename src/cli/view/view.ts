import type { Truth } from '../../model/measure.ts';
import type { RunEvent } from '../../run/events.ts';
import type { Terminal } from '../terminal.ts';
import { line } from './lines.ts';

/** Shows a run while it lives. */
export interface View {
  event(event: RunEvent): void;
  close(): void;
}

/** Each event as one JSON object a line, ticks of `steady` only when they change. */
export function jsonView(terminal: Pick<Terminal, 'out'>): View {
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
export function plainView(terminal: Pick<Terminal, 'out'>): View {
  return {
    event: (event) => {
      const text = line(event);
      if (text !== undefined) terminal.out(text);
    },
    close: () => undefined,
  };
}
