import { unreachable } from '../../model/result.ts';
import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import type { InjectionRecord } from '../../model/timeline.ts';
import type { RunEvent } from '../../run/events.ts';

/** Where the text of a line begins, after its time and its word. */
export const TEXT_COLUMN = 20;

/** `01:05.2` since the run's start: minutes and seconds. */
export function stamp(t: Nanos): string {
  const tenths = Math.round((t / NANOS_PER_SECOND) * 10);
  const minutes = Math.floor(tenths / 600);
  return `${String(minutes).padStart(2, '0')}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

/** One line for people about an event, or nothing where it says nothing new (ticks). */
export function line(event: RunEvent): string | undefined {
  switch (event.is) {
    case 'phase':
      return phaseLine(event);
    case 'step':
      return stepLine(event.step, event.record, event.t);
    case 'trying':
      return `${stamp(event.t)}  again      ${event.what}: ${event.problem.message}`;
    case 'abort':
      return `${stamp(event.t)}  ABORT      ${event.abort.text}; ${undoingText(event.open)}`;
    case 'not-started':
      return `${stamp(event.t)}  NOT BEGUN  ${event.why}; nothing was injected`;
    case 'steady':
      return undefined;
    default:
      return unreachable(event);
  }
}

const undoingText = (open: number): string =>
  open === 0 ? 'nothing is injected' : `undoing ${open} injection${open === 1 ? '' : 's'}`;

function phaseLine(event: RunEvent & { is: 'phase' }): string | undefined {
  const length =
    event.ends === undefined ? '' : ` for ${Math.round((event.ends - event.t) / NANOS_PER_SECOND)} s`;
  const words: Record<typeof event.phase, string | undefined> = {
    start: 'start      signals',
    watching: `watching   breaking nothing${length}`,
    baseline: `baseline   watching the healthy system${length}`,
    fault: undefined,
    recovery: `recovery   watching${length}, until steady holds again`,
    end: 'end        judging',
  };
  const text = words[event.phase];
  return text === undefined ? undefined : `${stamp(event.t)}  ${text}`;
}

function stepLine(step: string, record: InjectionRecord, t: Nanos): string | undefined {
  const what = `${record.injection.entry}: ${record.injection.fault} on ${record.injection.target.name}`;
  const words: Record<string, string> = {
    acting: `inject     ${what}`,
    effective: `effect     ${record.injection.entry}: ${record.evidence.effect ?? 'seen'}`,
    undoing: record.undoes.length > 0 ? `undo       ${what}` : '',
    recovered: `recovered  ${record.injection.entry}: ${record.evidence.recovery ?? 'proven'}`,
  };
  const text = words[step];
  return text === undefined || text === '' ? undefined : `${stamp(t)}  ${text}`;
}
