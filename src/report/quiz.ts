import { chartsOf } from './charts/all.ts';
import type { Chart, Moment } from './charts/chart.ts';
import { textChart } from './charts/text.ts';
import { paragraph, type Report } from './document/blocks.ts';
import { pageOf } from './html/render.ts';
import type { ReportInput } from './input.ts';
import { viewOf } from './view.ts';

const labels: Record<Moment['kind'], string> = {
  inject: 'fault',
  undo: 'undo',
  abort: 'abort',
  note: 'note',
  reset: 'counter reset',
};

/** A run's charts without what would tell which fault it was. */
function namelessCharts(input: ReportInput): Chart[] {
  const nameless = (moment: Moment): Moment => ({ ...moment, label: labels[moment.kind] });
  return chartsOf(viewOf(input)).target.map((chart) => ({
    ...chart,
    frame: { ...chart.frame, moments: chart.frame.moments.map(nameless) },
  }));
}

/** A run's charts as text, without its name and without its fault's. */
export const quizText = (input: ReportInput, width: number): string =>
  namelessCharts(input)
    .map((chart) => textChart(chart, width))
    .join('\n\n');

/** The same as a page of its own, with the charts as in a report. */
export function quizPage(input: ReportInput): string {
  const report: Report = {
    head: {
      title: 'Which fault was it?',
      question: 'Can you tell what was broken just by looking at the charts?',
      tone: 'info',
      word: 'Quiz',
      icon: 'question',
      lead: 'All charts share one x axis: seconds from the first injection, if there was one. Answer in the terminal.',
      summary: '',
      reasons: [],
      meta: [],
    },
    top: [],
    sections: [
      {
        id: 'charts',
        title: 'Charts',
        blocks: [
          ...namelessCharts(input).map((chart) => ({ is: 'chart', chart }) as const),
          paragraph('Hatched: not observed, so nothing is known.'),
        ],
      },
    ],
    learnt: '',
    foot: 'Drawn from the recording alone.',
  };
  return pageOf(report);
}
