import { boundsText } from '../../judge/words.ts';
import type { Measured } from '../../model/measure.ts';
import type { SloResult } from '../../model/slo.ts';
import {
  type Block,
  type Fact,
  faint,
  heading,
  type Inline,
  lead,
  paragraph,
  type Section,
  strong,
  type Text,
  table,
} from '../document/blocks.ts';
import type { View } from '../view.ts';
import { counted, duration, figure, millis, percent } from '../words/figures.ts';

/** What the run did to each objective of the system; absent where it has none. */
export function sloSection(view: View): Section | undefined {
  const { slo = [] } = view.result;
  if (slo.length === 0) return undefined;
  return {
    id: 'slo',
    title: 'Error budget',
    blocks: slo.flatMap((one) => objective(one, slo.length > 1, view)),
  };
}

/** At most so many objectives stand among the figures at the top. */
const MOST_FACTS = 2;

/** How much of each error budget the run spent, for the figures at the top. */
export const sloFacts = ({ result }: Pick<View, 'result'>): Fact[] =>
  (result.slo ?? []).slice(0, MOST_FACTS).map(({ name, spent, burnRate, window_s }) => ({
    label: `Error budget of ${name}`,
    value: spent.is === 'unknown' ? 'unknown' : said(spent, percent),
    note:
      spent.is === 'unknown'
        ? spent.why
        : `of ${period(window_s)} spent by this run${burnRate.is === 'unknown' ? '' : `; burn rate ${said(burnRate, figure)}`}`,
  }));

function said(of: Measured, say: (value: number) => string): string {
  switch (of.is) {
    case 'value':
      return say(Number(of.value));
    case 'bounded':
      return boundsText(of, say);
    case 'censored':
      return `more than ${say(of.over)}`;
    case 'unknown':
      return `unknown (${of.why})`;
  }
}

const DAY_S = 86_400;

/** Hours and minutes up to two days, then days. */
const long = (seconds: number): string => (seconds < 2 * DAY_S ? duration(seconds) : period(seconds));

/** `30 days`, `12 h`. */
const period = (seconds: number): string =>
  seconds < DAY_S ? duration(seconds) : counted(seconds / DAY_S, 'day');

function objective(slo: SloResult, isOneOfMany: boolean, view: View): Block[] {
  const { name, signal, objective_percent, within_ms, window_s } = slo;
  const good = within_ms === undefined ? 'succeed' : `succeed within ${millis(within_ms)}`;
  const rows = slo.shares.map((one): Text[] => [
    one.window === 'run' ? 'the whole run' : one.window,
    said(one.good, figure),
    said(one.total, figure),
    said(one.share, percent),
  ]);
  return [
    ...(isOneOfMany ? [heading(name)] : []),
    lead([
      strong(name),
      `: the objective is that ${percent(objective_percent / 100)} of ${signal} ${good}, over ${period(window_s)}. ${spentText(slo)}`,
    ]),
    ...(slo.repeats === undefined ? [] : [paragraph(burnText(slo, view.injected))]),
    table(['Window', '>good', '>of', '>share'], rows),
    paragraph([
      faint(
        'Burn rate: the share that was bad over the share that may be (Google, The Site Reliability Workbook, chapter 5). Formulas: docs/measures.md.',
      ),
    ]),
  ];
}

function spentText({ spent, window_s }: SloResult): string {
  const budget = `the error budget of ${period(window_s)}`;
  if (spent.is === 'unknown') return `How much of ${budget} this run spent is unknown: ${spent.why}.`;
  if (spent.is === 'value' && spent.value === 0) return `This run spent nothing of ${budget}.`;
  return `This run spent ${said(spent, percent)} of ${budget}.`;
}

function burnText({ burnRate, goneAfter_s, repeats, window_s }: SloResult, injected: boolean): Inline[] {
  const during = injected ? 'While the fault lasted, the burn rate was ' : 'The burn rate was ';
  const gone =
    goneAfter_s === undefined || goneAfter_s.is === 'unknown'
      ? ''
      : `: at that pace the budget of ${period(window_s)} is gone after ${said(goneAfter_s, long)}`;
  const times =
    repeats === undefined || repeats.is === 'unknown'
      ? ''
      : ` It would pay for ${said(repeats, (value) => figure(Math.floor(value)))} runs like this one.`;
  return [during, strong(said(burnRate, figure)), `${gone}.${times}`];
}
