import { parse } from 'yaml';
import type { ZodType } from 'zod';
import { namedMeasures } from '../judge/expression/names.ts';
import { promqlOf } from '../judge/promql/promql.ts';
import type { AnyFault } from '../model/contracts/fault.ts';
import type { AnySignal } from '../model/contracts/signal.ts';
import { familyMeasures } from '../model/families.ts';
import type { Family, SeriesDescriptor, SignalDescriptor } from '../model/series.ts';
import { formatDuration, formatRate } from '../model/units.ts';
import { shownFault } from './shown-fault.ts';
import { type FieldWords, fieldsOf } from './view/fields.ts';
import type { Page, PageLine, Section } from './view/page.ts';

/** How a fault is undone, in words. */
export const undoWords: Record<AnyFault['undoKind'], string> = {
  restores: 'we restore what was there',
  'self-heals': 'it heals by itself, or what looks after it does; we prove that it did',
  'needs-command': 'a command or supervisor you name brings it back',
  none: 'nothing undoes it; refused unless limits allow it',
};

const exampleOf = (text: string): Section => ({
  title: 'Example',
  lines: text.trimEnd().split('\n'),
  asItIs: true,
});

/** A fault of the catalogue: its parameters, targets, undo, needs and an example. */
export function faultPage(fault: AnyFault): Page {
  return {
    summary: fault.summary,
    sections: [
      { title: 'Parameters (with:)', lines: fields(fault.params) },
      { title: 'Target (target:)', lines: [...fields(fault.target), PICK] },
      { title: 'Undo', lines: [`${fault.undoKind}: ${undoWords[fault.undoKind]}`, fault.guarantee] },
      { title: 'Needs', lines: fault.needs },
      ...hostSections(fault),
      exampleOf(fault.example),
    ],
  };
}

/** What its page in docs/faults says of a fault on hosts, as far as it is of use in a terminal. */
function hostSections(fault: AnyFault): Section[] {
  const shown = shownFault(fault);
  if (shown === undefined) return [];
  const { facts, plan, tools, withouts } = shown;
  const { does, proof, blade, notes = [] } = facts.page;
  return [
    { title: 'On the host', lines: [does] },
    { title: 'The example does', lines: linesOf(plan?.does), asItIs: true },
    { title: 'The example is undone by', lines: linesOf(plan?.undoes), asItIs: true },
    { title: 'Effect and recovery are proven by', lines: [proof] },
    { title: 'Programs there', lines: tools },
    { title: 'Not on', lines: withouts.map(({ kind, why }) => [kind, why]) },
    { title: 'Notes', lines: notes },
    { title: 'ChaosBlade', lines: blade === undefined ? [] : [blade] },
  ];
}

const linesOf = (commands: readonly string[] = []): string[] => commands.flatMap((one) => one.split('\n'));

const PICK = ['pick', '', 'How many of those that match, drawn by the seed: 1, 50% or all; 1 unless told.'];

/** A signal of the catalogue: its settings, series with their measures, needs and an example. */
export function signalPage(signal: AnySignal): Page {
  const { rated } = signal;
  const described = describedByExample(signal);
  return {
    summary: signal.summary,
    sections: [
      { title: 'Settings', lines: fields(signal.config) },
      { title: 'Beside them', lines: rated === undefined ? [] : ratedLines(rated) },
      ...familySections(described.series),
      {
        title: 'Derived measures',
        lines: described.derived.map((one) => [
          `${one.series === undefined ? '' : `${one.series}.`}${one.measure}`,
          one.summary,
        ]),
      },
      ...promqlSections(described),
      { title: 'Needs', lines: signal.needs },
      exampleOf(signal.example),
    ],
  };
}

/** As its example configures it: what a signal records can depend on that. */
function describedByExample(signal: AnySignal): SignalDescriptor {
  const [[name, entry] = ['NAME', {}]] = Object.entries(parse(signal.example) as Record<string, object>);
  const config = signal.config.safeParse(Object.entries(entry).find(([key]) => key === signal.kind)?.[1]);
  return signal.describe(name, config.data ?? {});
}

const QUERY = { range: '5m', range_s: 300 };

/** Its measures in PromQL, to be copied, and those without an equivalent by their reasons. */
function promqlSections(described: SignalDescriptor): Section[] {
  const without = new Map<string, NamedMeasure[]>();
  const queries: PageLine[] = [];
  for (const named of namedMeasures(described).filter(({ ref }) => isTelling(ref.measure))) {
    const found = promqlOf({ ...named.ref, text: named.text }, { signals: [described], query: QUERY });
    if (found.is === 'promql') queries.push([named.text, found.text]);
    else without.set(found.why, [...(without.get(found.why) ?? []), named]);
  }
  return [
    { title: `In PromQL, over ${QUERY.range} (of ${described.name})`, lines: queries },
    {
      title: 'Not in PromQL',
      lines: [...without].map(([why, measures]) => `${groupedNames(measures, described).join(', ')}: ${why}`),
    },
  ];
}

type NamedMeasure = ReturnType<typeof namedMeasures>[number];

/** Their names; the measure of every type of a series' events is one: `transitions.TYPE.count of every type`. */
function groupedNames(measures: readonly NamedMeasure[], { series }: SignalDescriptor): string[] {
  const typesOf = ({ ref }: NamedMeasure): number =>
    series.find(({ name, family }) => name === ref.series && family === 'events')?.types?.length ?? 0;
  const ofType = (one: NamedMeasure): string =>
    typesOf(one) < 2
      ? one.text
      : one.text.replace(`${one.ref.key}.${one.ref.measure}`, `TYPE.${one.ref.measure}`);
  return [...Map.groupBy(measures, ofType)].flatMap(([name, [first, ...others]]) =>
    first !== undefined && others.length > 0 && others.length + 1 === typesOf(first)
      ? [`${name} of every type`]
      : [first, ...others].flatMap((one) => one?.text ?? []),
  );
}

/** Of gauges the value and of events the count: the others are the same within another function (docs/measures.md). */
const isTelling = (measure: string): boolean =>
  measure === 'last' ||
  measure === 'count' ||
  !(measure in { ...familyMeasures.gauge, ...familyMeasures.events });

const ratedLines = ({
  defaultRate_per_s,
  defaultTimeout_ms,
}: NonNullable<AnySignal['rated']>): PageLine[] => [
  ['rate', `Operations per time: 50/s, 10/m; ${formatRate(defaultRate_per_s)} unless told.`],
  [
    'timeout',
    `An operation that takes longer has failed; ${formatDuration(defaultTimeout_ms / 1_000)} unless told.`,
  ],
];

const familyTitles: Record<Family, string> = {
  operations: 'Operations',
  gauge: 'Gauges',
  state: 'States',
  events: 'Events',
};

/** A section for each family of series, with the measures that each of them has. */
function familySections(series: readonly SeriesDescriptor[]): Section[] {
  return [...Map.groupBy(series, ({ family }) => family)].map(([family, members]) => ({
    title: familyTitles[family],
    lines: [
      ...members.flatMap(seriesLines),
      `measures${members.length === 1 ? '' : ' of each'}: ${Object.keys(familyMeasures[family]).join(' ')}`,
    ],
  }));
}

const seriesLines = (series: SeriesDescriptor): PageLine[] => [
  [series.name, series.summary],
  ...(series.kinds === undefined ? [] : [['', `by_error: ${series.kinds.join(' ')}`]]),
  ...(series.types === undefined ? [] : [['', `types: ${series.types.join(' ')}`]]),
];

/** The fields of a zod object as rows; alternatives one after the other. */
function fields(schema: ZodType): PageLine[] {
  const [first = [], ...others] = fieldsOf(schema).map((words) => words.map(fieldRow));
  return [
    ...first,
    ...others.flatMap((rows) => rows.map(([name, ...rest], at) => [at === 0 ? `or ${name}` : name, ...rest])),
  ];
}

const fieldRow = ({ name, type, required, byDefault, text }: FieldWords): [string, string, string] => [
  name,
  [
    ...(type === '' ? [] : [type]),
    ...(required ? ['required'] : []),
    ...(byDefault === undefined ? [] : [`default ${byDefault}`]),
  ].join(', '),
  text,
];
