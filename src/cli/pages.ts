import { parse } from 'yaml';
import { z } from 'zod';
import { namedMeasures } from '../judge/expression/names.ts';
import { promqlOf } from '../judge/promql/promql.ts';
import type { AnyFault } from '../model/contracts/fault.ts';
import type { AnySignal } from '../model/contracts/signal.ts';
import { familyMeasures } from '../model/families.ts';
import type { Family, SeriesDescriptor, SignalDescriptor } from '../model/series.ts';
import { formatDuration, formatRate } from '../model/units.ts';
import type { Page, PageLine, Section } from './view/page.ts';

const undoWords: Record<AnyFault['undoKind'], string> = {
  restores: 'we restore what was there',
  'self-heals': 'a controller heals it; we prove that it did',
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
      exampleOf(fault.example),
    ],
  };
}

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

interface JsonField {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
}

interface JsonShape {
  properties?: Record<string, JsonField>;
  required?: string[];
}

/** The fields of a zod object as rows, from its JSON Schema; alternatives one after the other. */
function fields(schema: z.ZodType): PageLine[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonShape & {
    anyOf?: JsonShape[];
  };
  const [first = [], ...others] = (json.anyOf ?? [json]).map(rowsOf);
  return [
    ...first,
    ...others.flatMap((rows) => rows.map(([name, ...rest], at) => [at === 0 ? `or ${name}` : name, ...rest])),
  ];
}

const rowsOf = ({ properties = {}, required = [] }: JsonShape): Row[] =>
  Object.entries(properties).map(([name, field]) => fieldRow(name, field, required));

type Row = [name: string, notes: string, text: string];

/** JSON Schema's words in the words of a YAML file. */
const typeWords: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  object: 'mapping',
  array: 'list',
};

function fieldRow(name: string, field: JsonField, required: readonly string[]): Row {
  const notes = [
    ...(field.type === undefined ? [] : [typeWords[field.type] ?? field.type]),
    ...(required.includes(name) ? ['required'] : []),
  ];
  return [name, notes.join(', '), field.description ?? ''];
}
