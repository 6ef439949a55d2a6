import type { Charts } from '../charts/all.ts';
import { markRules, SUSTAINED_S } from '../charts/health.ts';
import { type Block, details, heading, lead, type Section, strong } from '../document/blocks.ts';
import type { View } from '../view.ts';
import { counted } from '../words/figures.ts';
import { inFlightBlocks } from './in-flight.ts';
import { thinned, timelineOf } from './timeline.ts';

const help: Block = details('How to read the charts', [
  {
    is: 'list',
    items: [
      'All charts share one x axis: seconds from the first injection. Left of 0 nothing had been broken yet.',
      'Warm shade: the fault. Cool shade: recovery. ▼ marks an injection, ▲ its undo.',
      'Hatched: not observed, so nothing is known. A dotted bar at the foot: our own load was late there.',
      ...markRules.map(([chart, rule]) => [strong(chart), `: ${rule}.`]),
      `Healthy: never out. Warning: out, but never for more than ${SUSTAINED_S} s on end, and back. Critical: longer than that, or still out in the end.`,
    ],
  },
]);

/** What happened: one merged timeline, and the charts. */
export function happenedSection(view: View, charts: Charts): Section {
  const all = timelineOf(view);
  const few = thinned(all);
  const shown = few.map((one) => one.entry);
  const rest: Block[] =
    few.length === all.length
      ? []
      : [
          details(`All ${counted(all.length, 'entry', 'entries')}`, [
            { is: 'timeline', entries: all.map((one) => one.entry) },
          ]),
        ];
  return {
    id: 'happened',
    title: 'What happened',
    blocks: [
      { is: 'chart', chart: charts.overview },
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
