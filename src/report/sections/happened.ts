import { type Charts, marksOf } from '../charts/all.ts';
import type { Health } from '../charts/chart.ts';
import { markMeanings, markRules } from '../charts/health.ts';
import { labelRules } from '../charts/labels.ts';
import {
  type Block,
  badge,
  details,
  heading,
  lead,
  paragraph,
  type Section,
  sentence,
  strong,
  type Text,
  type Tone,
  table,
} from '../document/blocks.ts';
import { breaksNothing, type View } from '../view.ts';
import { counted } from '../words/figures.ts';
import { inFlightBlocks } from './in-flight.ts';
import { thinned, timelineOf, type Weighted } from './timeline.ts';

const help: Block = details('How to read the charts', [
  {
    is: 'list',
    items: [
      'All charts share one x axis: seconds from the first injection. Left of 0 nothing had been broken yet.',
      'Warm shade: the fault. Cool shade: recovery. ▼ marks an injection, ▲ its undo.',
      ...labelRules.map(([what, means]): Text => [strong(what), `: ${means}.`]),
      ...markRules.map(([chart, rule]): Text => [strong(chart), `: ${rule}.`]),
      ...markMeanings.map(([mark, rule]): Text => [strong(mark), `: ${rule}.`]),
    ],
  },
]);

/** How a mark is meant. */
export const markTones: Record<Health, Tone> = {
  healthy: 'good',
  warning: 'warn',
  critical: 'bad',
  'not judged': 'info',
};

/** Every chart's mark with its reason, worst first, so that a reader knows where to look. */
function marksTable(charts: Charts): Block[] {
  const order: readonly Health[] = ['critical', 'warning', 'not judged', 'healthy'];
  const marks = marksOf(charts).toSorted((a, b) => order.indexOf(a.health) - order.indexOf(b.health));
  const rows = marks.map((one): Text[] => [[badge(markTones[one.health], one.health)], one.title, one.why]);
  return rows.length === 0 ? [] : [table(['Mark', 'Chart', 'why'], rows)];
}

/** A page of a hundred thousand lines helps nobody: the first ones stand here, all of them in the recording. */
const MOST_ENTRIES = 3_000;

function everyEntry(all: readonly Weighted[]): Block {
  const entries = all.slice(0, MOST_ENTRIES).map((one) => one.entry);
  if (all.length <= MOST_ENTRIES)
    return details(`All ${counted(all.length, 'entry', 'entries')}`, [{ is: 'timeline', entries }]);
  return details(`The first ${counted(MOST_ENTRIES, 'entry', 'entries')}`, [
    paragraph(sentence(`All ${counted(all.length, 'entry', 'entries')} are in \`recording.db\`.`)),
    { is: 'timeline', entries },
  ]);
}

/** What happened: one merged timeline, and the charts. */
export function happenedSection(view: View, charts: Charts): Section {
  const all = timelineOf(view);
  const few = thinned(all);
  const shown = few.map((one) => one.entry);
  const rest: Block[] = few.length === all.length ? [] : [everyEntry(all)];
  return {
    id: 'happened',
    title: 'What happened',
    blocks: [
      ...(breaksNothing(view) ? [] : [{ is: 'chart' as const, chart: charts.overview }]),
      ...marksTable(charts),
      ...charts.target.map((chart): Block => ({ is: 'chart', chart })),
      ...inFlightBlocks(view),
      help,
      heading('Timeline'),
      ...(few.length === all.length
        ? []
        : [lead(`The ${few.length} lines that matter most, of ${all.length}.`)]),
      { is: 'timeline', entries: shown },
      ...rest,
    ],
  };
}
