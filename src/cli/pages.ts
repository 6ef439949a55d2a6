import { parse } from 'yaml';
import { z } from 'zod';
import { namedMeasures } from '../judge/expression/names.ts';
import { promqlOf } from '../judge/promql/promql.ts';
import type { AnyFault } from '../model/contracts/fault.ts';
import type { AnySignal } from '../model/contracts/signal.ts';
import { familyMeasures } from '../model/families.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../model/series.ts';
import { formatDuration, formatRate } from '../model/units.ts';

/** A titled part of a page of the catalogue. */
export interface Section {
  title: string;
  lines: readonly string[];
  /** To be copied: not wrapped. */
  asItIs?: true;
}

/** What the catalogue says about one fault or signal. */
export interface Page {
  summary: string;
  sections: readonly Section[];
}

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

const PICK = 'pick  How many of those that match, drawn by the seed: 1, 50% or all. Default: 1.';

/** A signal of the catalogue: its settings, series with their measures, needs and an example. */
export function signalPage(signal: AnySignal): Page {
  const { rated } = signal;
  const described = describedByExample(signal);
  return {
    summary: signal.summary,
    sections: [
      { title: 'Settings', lines: fields(signal.config) },
      { title: 'Beside them', lines: rated === undefined ? [] : ratedLines(rated) },
      ...described.series.map((series) => ({
        title: `Series ${series.name} (${series.family})`,
        lines: seriesLines(series),
      })),
      {
        title: 'Derived measures',
        lines: described.derived.map(
          (one) => `${one.series === undefined ? '' : `${one.series}.`}${one.measure}  ${one.summary}`,
        ),
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
  const without = new Map<string, string[]>();
  const queries: { text: string; query: string }[] = [];
  for (const { text, ref } of namedMeasures(described).filter(({ ref }) => isTelling(ref.measure))) {
    const found = promqlOf({ ...ref, text }, { signals: [described], query: QUERY });
    if (found.is === 'promql') queries.push({ text, query: found.text });
    else without.set(found.why, [...(without.get(found.why) ?? []), text]);
  }
  const width = Math.max(0, ...queries.map(({ text }) => text.length));
  return [
    {
      title: `In PromQL, over ${QUERY.range} (of ${described.name})`,
      lines: queries.map(({ text, query }) => `${text.padEnd(width)}  ${query}`),
      asItIs: true,
    },
    { title: 'Not in PromQL', lines: [...without].map(([why, names]) => `${names.join(', ')}  ${why}`) },
  ];
}

/** Of gauges the value and of events the count: the others are the same within another function (docs/measures.md). */
const isTelling = (measure: string): boolean =>
  measure === 'last' ||
  measure === 'count' ||
  !(measure in { ...familyMeasures.gauge, ...familyMeasures.events });

const ratedLines = ({ defaultRate_per_s, defaultTimeout_ms }: NonNullable<AnySignal['rated']>): string[] => [
  `rate  Operations per time: 50/s, 10/m. Default: ${formatRate(defaultRate_per_s)}.`,
  `timeout  An operation that takes longer has failed. Default: ${formatDuration(defaultTimeout_ms / 1_000)}.`,
];

function seriesLines(series: SeriesDescriptor): string[] {
  return [
    series.summary,
    `measures: ${Object.keys(familyMeasures[series.family]).join(' ')}`,
    ...(series.kinds === undefined ? [] : [`by_error: ${series.kinds.join(' ')}`]),
    ...(series.types === undefined ? [] : [`types: ${series.types.join(' ')}`]),
  ];
}

interface JsonField {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
}

/** The fields of a zod object as lines, from its JSON Schema; alternatives one after the other. */
function fields(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, JsonField>;
    required?: string[];
    anyOf?: { properties?: Record<string, JsonField>; required?: string[] }[];
  };
  const shapes = json.anyOf ?? [json];
  return shapes.flatMap((shape, index) => [
    ...(index === 0 ? [] : ['or']),
    ...Object.entries(shape.properties ?? {}).map(([name, field]) =>
      fieldLine(name, field, shape.required ?? []),
    ),
  ]);
}

/** JSON Schema's words in the words of a YAML file. */
const typeWords: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  object: 'mapping',
  array: 'list',
};

function fieldLine(name: string, field: JsonField, required: readonly string[]): string {
  const notes = [
    ...(field.type === undefined ? [] : [typeWords[field.type] ?? field.type]),
    ...(required.includes(name) ? ['required'] : []),
  ];
  const noted = notes.length === 0 ? '' : `  (${notes.join(', ')})`;
  return `${name}${noted}  ${field.description ?? ''}`.trimEnd();
}
