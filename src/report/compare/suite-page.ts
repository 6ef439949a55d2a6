import type { Spread } from '../../judge/compare/spread.ts';
import {
  type Block,
  badge,
  code,
  details,
  faint,
  heading,
  type Inline,
  lead,
  lineBreak,
  paragraph,
  type Section,
  sentence,
  strong,
  type Text,
  table,
} from '../document/blocks.ts';
import { impactWords, resultLook } from '../sections/verdict.ts';
import { bareName } from '../words/expectation.ts';
import { counted, measured } from '../words/figures.ts';
import type { RunsPage } from './document.ts';
import { struggleWords } from './struggle-words.ts';
import { cellName, type SuiteCell, type SuiteReport, valuesText } from './suite.ts';
import { sweepsOf } from './sweeps.ts';

/** The summary of a suite as a document. */
export function suitePage(suite: SuiteReport): RunsPage {
  const { cells, varied, repeat, planned, version, seed } = suite;
  const done = cells.flatMap(({ runs }) => runs).length;
  const varying = varied.map(({ path, values }) => `${path} = ${values.join(', ')}`).join(' · ');
  const repeated = repeat === 1 ? '' : `${repeat} times each`;
  return {
    kind: 'suite',
    title:
      done === planned
        ? `A suite of ${counted(done, 'run')}`
        : `A suite of ${counted(planned, 'run')}, ${done} of them made`,
    question: [varying, repeated].filter((part) => part !== '').join(' · ') || 'One run of each experiment',
    sections: [
      ...struggleSection(suite),
      runsSection(suite),
      ...chartsSection(suite),
      measuresSection(cells),
      ...predictionsSection(cells),
    ],
    foot: `Written by aftershock ${version} from the recordings of suite ${suite.id}, seed ${seed}. Exit code ${suite.exit}: the worst of its runs.`,
  };
}

/** What the exit codes of runs without a verdict mean. */
export const exitWords: Record<number, string> = {
  2: 'did not begin',
  3: 'no verdict',
  4: 'stopped',
  5: 'not undone',
  6: 'refused',
};

function runsSection({ cells, stopped }: SuiteReport): Section {
  const rows = cells.flatMap((cell) =>
    cell.runs.map((run): Text[] => {
      const result = run.tallied?.result;
      const name: Inline[] = [strong(cell.label), ' ', cell.title];
      const values = cell.values.length === 0 ? [] : [lineBreak, code(valuesText(cell.values))];
      if (result === undefined) {
        const word = exitWords[run.exit] ?? 'no verdict';
        return [[...name, ...values], [badge('bad', word)], '', '', run.problem ?? '', run.run ?? ''];
      }
      const look = resultLook(result);
      const impact = impactWords(result);
      const held = result.predictions.filter(({ verdict }) => verdict === 'held').length;
      return [
        [...name, ...values],
        [badge(look.tone, look.word)],
        [badge(impact.tone, impact.word)],
        result.predictions.length === 0 ? '—' : `${held} of ${result.predictions.length} held`,
        sentence(withoutVerdict(result.summary)),
        [faint(run.run ?? '')],
      ];
    }),
  );
  return {
    id: 'runs',
    title: 'The runs',
    blocks: [
      ...(stopped === undefined ? [] : [lead(`Not all of them took place: ${stopped}.`)]),
      table(['Run', 'Verdict', 'Users', 'Predictions', 'In words', 'Folder'], rows),
    ],
  };
}

/** The verdict stands beside it. */
const withoutVerdict = (summary: string): string =>
  summary.replace(
    /^(?:As predicted|Not as predicted|Inconclusive|Unrecovered|Aborted): (.)/,
    (_, first: string) => first.toUpperCase(),
  );

function struggleSection(suite: SuiteReport): Section[] {
  const [first] = suite.varied;
  if (first === undefined || first.values.length < 2) return [];
  const blocks = suite.lines.flatMap((line): Block[] => {
    const [start = '', ...rest] = struggleWords(line.struggle, first.path);
    const name = [line.title, valuesText(line.others)].filter((part) => part !== '').join(', ');
    return [
      ...(suite.lines.length > 1 ? [heading(name)] : []),
      { is: 'paragraph', text: sentence(start), lead: true },
      ...rest.map((one) => paragraph(sentence(one))),
    ];
  });
  return [{ id: 'struggle', title: `Where it struggles as ${first.path} changes`, blocks }];
}

function chartsSection(suite: SuiteReport): Section[] {
  const sweeps = sweepsOf(suite);
  const swept: Section[] =
    sweeps.length === 0
      ? []
      : [
          {
            id: 'sweeps',
            title: 'Against what was varied',
            blocks: sweeps.map((sweep): Block => ({ is: 'sweep', sweep })),
          },
        ];
  const rows: Section[] =
    suite.rows.length === 0
      ? []
      : [
          {
            id: 'charts',
            title: 'Side by side',
            blocks: [
              lead(
                'The first run of each. All charts share one x axis, seconds from the first injection (or from the start, where there was none); the charts of a row share their y axis.',
              ),
              ...suite.rows.map((row): Block => ({ is: 'panels', row })),
            ],
          },
        ];
  return [...swept, ...rows];
}

/** `506 ms`, with least and most below it where there are several runs. */
function spreadText({ count, known, min, median, max }: Spread, of: { unit: string; text: string }): Text {
  const say = (one: Spread['min']): string => measured(one, of.unit, bareName(of.text));
  if (known === 0) return [median.is === 'unknown' && /recorded$/.test(median.why) ? faint('—') : 'unknown'];
  const missing: Inline[] = known === count ? [] : [lineBreak, faint(`known in ${known} of ${count}`)];
  if (count === 1) return [strong(say(median))];
  return [strong(say(median)), lineBreak, faint(`${say(min)} to ${say(max)}`), ...missing];
}

function measuresSection(cells: readonly SuiteCell[]): Section {
  const all = [...new Set(cells.flatMap(({ tally }) => tally.measures.map(({ text }) => text)))];
  const isMain = (text: string): boolean =>
    cells.some(({ tally }) => tally.measures.some((one) => one.text === text && one.main));
  const main = all.filter(isMain);
  const several = cells.some(({ runs }) => runs.length > 1);
  return {
    id: 'measures',
    title: 'Measures',
    blocks: [
      ...(several ? [lead('The median over the repeats; below it the least and the most.')] : []),
      main.length === 0 ? paragraph('No measure is known of any of the runs.') : spreadTable(main, cells),
      details(`All ${all.length} measures`, [spreadTable(all, cells)]),
    ],
  };
}

const headOf = (cell: SuiteCell): string => `${cell.label} ${cellName(cell)}`;

const spreadTable = (names: readonly string[], cells: readonly SuiteCell[]): Block =>
  table(
    ['Measure', ...cells.map((cell) => `>${headOf(cell)}`)],
    names.map((text): Text[] => [
      [code(text)],
      ...cells.map(({ tally }): Text => {
        const found = tally.measures.find((one) => one.text === text);
        return found === undefined ? [faint('—')] : spreadText(found.spread, found);
      }),
    ]),
  );

function predictionsSection(cells: readonly SuiteCell[]): Section[] {
  const all = cells.flatMap(({ tally }) => tally.predictions);
  const distinct = [...new Map(all.map(({ id, expect }) => [`${id} ${expect}`, { id, expect }])).values()];
  if (distinct.length === 0) return [];
  const rows = distinct.map(({ id, expect }): Text[] => [
    [strong(id), lineBreak, code(expect)],
    ...cells.map(({ tally }): Text => {
      const found = tally.predictions.find((one) => one.id === id && one.expect === expect);
      return found === undefined ? [faint('—')] : heldText(found);
    }),
  ]);
  return [
    { id: 'predictions', title: 'Predictions', blocks: [table(['Prediction', ...cells.map(headOf)], rows)] },
  ];
}

function heldText({ held, failed, unknown }: { held: number; failed: number; unknown: number }): Text {
  const count = held + failed + unknown;
  const tone = failed > 0 ? 'bad' : unknown > 0 ? 'info' : 'good';
  const more: Inline[] = unknown === 0 ? [] : [lineBreak, faint(`${unknown} unknown`)];
  return [badge(tone, `held ${held} of ${count}`), ...more];
}
