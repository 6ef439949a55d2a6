import { promDuration } from '../../judge/alerts/promql.ts';
import { proposedFile } from '../../judge/alerts/rule-file.ts';
import type { AlertCandidate, AlertProposal, AlertReplay } from '../../model/alert.ts';
import type { Measured } from '../../model/measure.ts';
import {
  type Block,
  badge,
  code,
  details,
  faint,
  lead,
  lineBreak,
  paragraph,
  type Section,
  sentence,
  type Text,
  table,
} from '../document/blocks.ts';
import type { View } from '../view.ts';
import { counted, duration, moment } from '../words/figures.ts';

/** The alert that would have caught this run; absent where nothing was injected. */
export function alertSection(view: View): Section | undefined {
  const { alert } = view.result;
  if (alert === undefined) return undefined;
  return {
    id: 'alert',
    title: 'Proposed alert',
    blocks: [lead(sentence(alert.words)), ...feltBlocks(alert), ...ruleBlocks(alert), ...otherBlocks(alert)],
  };
}

/** When users felt it, against when the alert would have come. */
function feltBlocks({ felt_after_s, replays, interval_s }: AlertProposal): Block[] {
  if (felt_after_s === undefined) return [];
  const fires = replays.find((one) => one.interval_s === interval_s)?.fires;
  const felt = `Users first felt it ${duration(felt_after_s)} after the injection`;
  const before =
    fires?.is === 'value' || fires?.is === 'bounded' ? `: ${beforeText(fires, felt_after_s)}` : '';
  return [paragraph(`${felt}${before}.`)];
}

type Fires = Extract<Measured, { is: 'value' | 'bounded' }>;

function beforeText(fires: Fires, felt_s: number): string {
  const [from, to] =
    fires.is === 'value' ? [Number(fires.value), Number(fires.value)] : [fires.min, fires.max];
  if (to <= felt_s) return 'by then the alert has come';
  const most = duration(Number((to - felt_s).toPrecision(3)));
  if (from < felt_s) return `up to ${most} before the alert`;
  const least = duration(Number((from - felt_s).toPrecision(3)));
  return least === most ? `${most} before the alert` : `${least} to ${most} before the alert`;
}

function ruleBlocks(alert: AlertProposal): Block[] {
  const file = proposedFile(alert);
  if (file === undefined) return [];
  return [
    { is: 'code', text: file.trimEnd() },
    paragraph(
      sentence(
        `It needs ${alert.source ?? 'your metrics'}. Its labels are what they usually are: make them yours. In a PrometheusRule the same stands under \`spec:\`.`,
      ),
    ),
    paragraph(
      sentence('Replayed on this recording, with the range and the `for` that go with each interval:'),
    ),
    table(
      ['Scraped and evaluated', '>range', '>for', 'in the baseline', 'fires at'],
      alert.replays.map((one) => [
        everyText(one, alert),
        one.range_s === undefined ? '—' : promDuration(one.range_s),
        promDuration(one.for_s),
        baselineText(one),
        firesText(one),
      ]),
    ),
    paragraph([
      'From the earliest to the latest: when an alert fires depends on where in the interval the fault falls. ',
      ...(alert.replays.some(({ evaluations }) => evaluations === 0)
        ? [
            'Where the baseline is too short for an interval, the finest one decides: what no few seconds of it reach, no minute of it reaches. ',
          ]
        : []),
      ...sentence(
        "The system's own interval is `monitoring: { scrape_interval: … }` in its file; without it 15 s is taken, as in the `prometheus.yml` that is shipped (built in is 1 minute).",
      ),
    ]),
  ];
}

function everyText({ interval_s }: AlertReplay, alert: AlertProposal): Text {
  const every = `every ${promDuration(interval_s)}`;
  const notes = [
    ...(interval_s === alert.configured_s ? ['this system'] : []),
    ...(interval_s === alert.interval_s && interval_s !== alert.configured_s ? ['this rule'] : []),
  ];
  return notes.length === 0 ? every : [every, ' ', faint(`(${notes.join(', ')})`)];
}

function baselineText({ baseline, evaluations }: AlertReplay): Text {
  if (baseline === 'silent') return [badge('good', 'silent'), ' ', faint(counted(evaluations, 'evaluation'))];
  if (baseline === 'fires') return [badge('bad', 'fires')];
  return [badge('info', 'unknown'), ' ', faint(evaluations === 0 ? 'too short' : 'not all observed')];
}

function firesText({ fires, inTime }: AlertReplay): Text {
  const late = inTime ? [] : [lineBreak, faint('only when all is over')];
  if (fires.is === 'value' || fires.is === 'bounded') return [momentsText(fires), ...late];
  return fires.is === 'censored' ? 'never' : [badge('info', 'unknown'), lineBreak, faint(fires.why)];
}

function momentsText(fires: Fires): string {
  if (fires.is === 'value') return moment(Number(fires.value));
  return `${moment(fires.min)} to ${moment(fires.max)}`;
}

const kindWords: Record<AlertCandidate['kind'], string> = {
  symptom: 'what users feel',
  traffic: 'whether users are served',
  cause: 'a cause',
};

function otherBlocks({ others }: AlertProposal): Block[] {
  if (others.length === 0) return [];
  const rows = others.map((one): Text[] => [
    [
      one.alert,
      ' ',
      faint(`(${kindWords[one.kind]})`),
      ...(one.expr === undefined ? [] : [lineBreak, code(one.expr)]),
    ],
    one.replay === undefined ? '—' : firesText(one.replay),
    [...sentence(one.why)],
  ]);
  return [
    details(`${counted(others.length, 'other rule')} tried`, [table(['Rule', 'fires at', 'why not'], rows)]),
  ];
}
