import { z } from 'zod';
import type { Experiment } from '../../model/experiment.ts';
import type { RunResult } from '../../model/verdict.ts';
import { resultSchema } from '../../record/result-file.ts';
import { type ChartMark, chartMarks } from '../charts/all.ts';
import type { EntryKind, Text } from '../document/blocks.ts';
import { clean } from '../document/clean.ts';
import type { ReportInput } from '../input.ts';
import { timelineOf } from '../sections/timeline.ts';
import { isoTime, since, type View, viewOf } from '../view.ts';
import { eventTypes, toldEvents } from './events.ts';

const { verdict, impact, predictions, detection, causes, reasons } = resultSchema.shape;

const t_s = z
  .number()
  .describe('seconds from the first injection; from the start of the run where there was none');
const at = z.string().describe('wall time, UTC; absent where the recording has none').exactOptional();
const entryKinds = [
  'phase',
  'injection',
  'undo',
  'event',
  'signal',
  'abort',
  'note',
  'blind',
] as const satisfies EntryKind[];

/** `report.json`; `schema/report.json` is generated from it. */
export const reportSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  title: z.string(),
  question: z.string(),
  verdict,
  summary: z.object({
    text: z.string().describe('the run in a few sentences'),
    reasons,
    impact,
    system: z.string(),
    namespace: z.string().nullable().describe('of the targets; null where they have none'),
    target_selector: z
      .string()
      .nullable()
      .describe('what the experiment was to break; null without any fault'),
    total_events: z.number().describe('the number of `events`'),
    completed: z.boolean().describe('the run came to its end: not aborted, not killed, something was done'),
    began_at: at,
    duration_s: z.number(),
    brier: z.number().exactOptional(),
  }),
  predictions,
  charts: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      health: z.enum(['healthy', 'warning', 'critical', 'not judged']),
      why: z.string(),
    }) satisfies z.ZodType<ChartMark>,
  ),
  events: z
    .array(z.object({ message: z.string(), type: z.enum(eventTypes), t_s, at, subject: z.string() }))
    .describe('what a watcher of the experiment would have been told'),
  timeline: z.array(
    z.object({ t_s, at, kind: z.enum(entryKinds), subject: z.string().exactOptional(), text: z.string() }),
  ),
  detection,
  causes,
});

type Judged = 'predictions' | 'detection' | 'causes';

export type MachineReport = Omit<z.infer<typeof reportSchema>, Judged> & Pick<RunResult, Judged>;

/** The postmortem for machines. */
export function reportJson(input: ReportInput): MachineReport {
  const view = viewOf(input);
  const { result } = input;
  const events = toldEvents(view).map(({ t, type, message, subject }) => ({
    message: clean(message),
    type,
    ...timesOf(view, t),
    subject: clean(subject),
  }));
  return {
    version: 1,
    run: result.run,
    title: result.title,
    question: result.question,
    verdict: result.verdict,
    summary: summaryOf(view, events.length),
    predictions: result.predictions,
    charts: chartMarks(input),
    events,
    timeline: timelineOf(view).map(({ t, subject, entry }) => ({
      ...timesOf(view, t),
      kind: entry.kind,
      ...(subject === undefined ? {} : { subject: clean(subject) }),
      text: textOf(entry.text),
    })),
    detection: result.detection,
    causes: result.causes,
  };
}

function summaryOf(view: View, total_events: number): MachineReport['summary'] {
  const { result, timeline, plan } = view;
  const namespaces = new Set(result.injections.flatMap(({ injection }) => injection.target.namespace ?? []));
  const began_at = isoTime(view, view.span.from);
  return {
    text: result.summary,
    reasons: [...result.reasons],
    impact: result.impact,
    system: plan.system.name,
    namespace: namespaces.size === 0 ? null : [...namespaces].join(', '),
    target_selector: selectorOf(plan.experiment),
    total_events,
    completed:
      timeline.ended !== undefined && timeline.abort === undefined && timeline.notStarted === undefined,
    ...(began_at === undefined ? {} : { began_at }),
    duration_s: since(view, view.span.to) - since(view, view.span.from),
    ...(result.brier === undefined ? {} : { brier: result.brier }),
  };
}

function timesOf(view: View, t: number): { t_s: number; at?: string } {
  const wall = isoTime(view, t);
  return { t_s: since(view, t), ...(wall === undefined ? {} : { at: wall }) };
}

/** `app=timeserver`, `deployment poll-backend`: the targets as the experiment names them. */
function selectorOf({ faults }: Experiment): string | null {
  const texts = faults.map(({ target }) => {
    if (typeof target !== 'object' || target === null) return String(target ?? '');
    const words = Object.entries(target).map(([key, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return key === 'selector' ? text : `${key} ${text}`;
    });
    return words.join(', ');
  });
  const named = [...new Set(texts)].filter((text) => text !== '');
  return named.length === 0 ? null : named.join('; ');
}

const textOf = (text: Text): string =>
  clean(
    typeof text === 'string'
      ? text
      : text
          .map((one) => {
            if (typeof one === 'string') return one;
            if (one.is === 'break') return ' ';
            return one.is === 'picture' ? ` (picture ${one.file})` : one.text;
          })
          .join(''),
  );
