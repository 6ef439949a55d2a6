import { z } from 'zod';
import type { AnyFault } from '../../model/contracts/fault.ts';
import type { AnySignal } from '../../model/contracts/signal.ts';
import { familyMeasures } from '../../model/families.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { SeriesDescriptor } from '../../model/series.ts';
import { report } from '../failing.ts';
import { registries } from '../registries.ts';
import { paint, terminal } from '../terminal.ts';

const undoWords: Record<AnyFault['undoKind'], string> = {
  restores: 'we restore what was there',
  'self-heals': 'a controller heals it; we prove that it did',
  'needs-command': 'a command or supervisor you name brings it back',
  none: 'nothing undoes it; refused unless limits allow it',
};

/** `aftershock faults [NAME]` */
export async function faultsCommand(name: string | undefined): Promise<ExitCode> {
  return show(
    { name, items: registries.faults.map((fault) => ({ name: fault.name, fault })) },
    {
      what: 'fault',
      row: ({ fault }) => fault.summary,
      page: ({ fault }) => faultPage(fault),
    },
  );
}

/** `aftershock signals [NAME]` */
export async function signalsCommand(name: string | undefined): Promise<ExitCode> {
  return show(
    { name, items: registries.signals.map((signal) => ({ name: signal.kind, signal })) },
    {
      what: 'signal',
      row: ({ signal }) => signal.summary,
      page: ({ signal }) => signalPage(signal),
    },
  );
}

interface Shown<T> {
  what: string;
  row: (item: T) => string;
  page: (item: T) => string[];
}

function show<T extends { name: string }>(
  { name, items }: { name: string | undefined; items: readonly T[] },
  { what, row, page }: Shown<T>,
): ExitCode {
  const term = terminal();
  const { bold } = paint(term.color);
  if (name === undefined) {
    const width = Math.max(...items.map((item) => item.name.length));
    for (const item of items) term.out(`${bold(item.name.padEnd(width))}  ${row(item)}`);
    term.out(`\nOne of them with its parameters and an example: aftershock ${what}s NAME`);
    return exitCodes.asPredicted;
  }
  const found = items.find((item) => item.name === name);
  if (found === undefined) {
    const fix = `${what}s are: ${items.map((item) => item.name).join(', ')}.`;
    return report(term, [{ code: 'name-unknown', message: `there is no ${what} ${name}`, fix }]);
  }
  term.out([bold(found.name), ...page(found)].join('\n'));
  return exitCodes.asPredicted;
}

function faultPage(fault: AnyFault): string[] {
  return [
    fault.summary,
    '',
    ...section('Parameters (with:)', fields(fault.params)),
    ...section('Target (target:)', fields(fault.target)),
    ...section('Undo', [`${fault.undoKind}: ${undoWords[fault.undoKind]}`, fault.guarantee]),
    ...section('Needs', fault.needs),
    ...section('Example', fault.example.trimEnd().split('\n')),
  ];
}

function signalPage(signal: AnySignal): string[] {
  const rated = signal.rated;
  const described = signal.describe('NAME', signal.config.safeParse({}).data ?? {});
  return [
    signal.summary,
    '',
    ...section('Settings', fields(signal.config)),
    ...section(
      'Beside them',
      rated === undefined
        ? []
        : [`rate (default ${rated.defaultRate_per_s}/s), timeout (default ${rated.defaultTimeout_ms} ms)`],
    ),
    ...described.series.flatMap((series) =>
      section(`Series ${series.name} (${series.family})`, seriesLines(series)),
    ),
    ...section(
      'Derived measures',
      described.derived.map((one) => `${one.measure}  ${one.summary}`),
    ),
    ...section('Needs', signal.needs),
    ...section('Example', signal.example.trimEnd().split('\n')),
  ];
}

function seriesLines(series: SeriesDescriptor): string[] {
  return [
    series.summary,
    `measures: ${Object.keys(familyMeasures[series.family]).join(' ')}`,
    ...(series.kinds === undefined ? [] : [`by_error: ${series.kinds.join(' ')}`]),
    ...(series.types === undefined ? [] : [`types: ${series.types.join(' ')}`]),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), ''];

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

function fieldLine(name: string, field: JsonField, required: readonly string[]): string {
  const notes = [field.type, required.includes(name) ? 'required' : undefined].filter(
    (note) => note !== undefined,
  );
  return `${name}  (${notes.join(', ')})  ${field.description ?? ''}`.trimEnd();
}
