import { isUsableName } from '../../judge/expression/environment.ts';
import { nearestOf } from '../../judge/expression/nearest.ts';
import type { AnySignal } from '../../model/contracts/signal.ts';
import type { SignalEntry } from '../../model/experiment.ts';
import { runMeasures } from '../../model/families.ts';
import type { Problem, Result } from '../../model/result.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import { formatDuration, formatRate } from '../../model/units.ts';
import { parsePart } from '../read/issues.ts';
import { valueText } from '../read/shown.ts';
import type { Path, Source } from '../read/source.ts';
import { signalOptions } from './system-shape.ts';
import { watchedText } from './watched.ts';

/** The signals of a file, as far as their settings are right; a system with problems is not used. */
export interface Signals {
  entries: SignalEntry[];
  descriptors: SignalDescriptor[];
  /** One line each for people, from what is written: no secret is in it. */
  watched: { name: string; text: string }[];
  /** Names of those whose measures are not known, because of their problems. */
  broken: Set<string>;
  problems: Problem[];
}

interface Reading {
  source: Source;
  kinds: readonly AnySignal[];
  /** `signals:` with its secrets. */
  resolved: unknown;
}

/** Every signal of a system file: exactly one kind, its own settings, `rate` and `timeout` where they apply. */
export function readSignals(reading: Reading): Signals {
  const signals: Signals = { entries: [], descriptors: [], watched: [], broken: new Set(), problems: [] };
  for (const [name, resolved] of Object.entries(mapping(reading.resolved) ?? {})) {
    const problems: Problem[] = [];
    const entry = readSignal({ ...reading, resolved }, { name, problems });
    signals.problems.push(...problems);
    if (entry === undefined) {
      signals.broken.add(name);
      continue;
    }
    signals.entries.push(entry.entry);
    signals.descriptors.push(entry.kind.describe(name, entry.entry.config));
    signals.watched.push({ name, text: shownSignal(reading.source, entry) });
  }
  return signals;
}

const mapping = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

interface ReadSignal {
  entry: SignalEntry;
  kind: AnySignal;
}

function readSignal(
  reading: Reading,
  { name, problems }: { name: string; problems: Problem[] },
): ReadSignal | undefined {
  const { source, kinds } = reading;
  const path = ['signals', name];
  const block = mapping(reading.resolved);
  problems.push(...nameProblem(source, name));
  if (block === undefined) {
    problems.push(noKind(source, path, kinds));
    return undefined;
  }
  const kind = kindOf(block, { source, kinds, path, problems });
  if (kind === undefined) return undefined;
  const part = { source, path: [...path, kind.kind] };
  const config = parsePart(kind.config, block[kind.kind] ?? {}, part);
  const options = readOptions(block, { source, path, kind, problems });
  if (!config.ok) problems.push(...config.problem);
  if (!config.ok) return undefined;
  return { entry: { name, kind: kind.kind, config: config.value, ...options }, kind };
}

function nameProblem(source: Source, name: string): Problem[] {
  const taken = Object.keys(runMeasures).some((measure) => measure.split('.')[0] === name);
  if (isUsableName(name) && !taken) return [];
  return [
    {
      code: 'field-wrong',
      message: taken
        ? `\`${name}\` is a word of the run itself and cannot name a signal`
        : `\`${name}\` cannot name a signal: expressions could not use it`,
      at: source.placeOfKey(['signals', name]),
      found: name,
      expected: 'letters, digits and _, beginning with a letter',
      fix: `Write another name, such as \`${taken ? `my_${name}` : suggested(name)}\`.`,
    },
  ];
}

const suggested = (name: string): string => {
  const plain = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^[^A-Za-z]+/g, '');
  return isUsableName(plain) ? plain : `signal_${plain}`;
};

function noKind(source: Source, path: Path, kinds: readonly AnySignal[]): Problem {
  const name = String(path.at(-1));
  return {
    code: 'field-wrong',
    message: `the signal \`${name}\` does not say what it watches`,
    at: source.placeOfKey(path),
    found: valueText(source.valueAt(path)),
    expected: `one of ${kinds.map((kind) => kind.kind).join(', ')}`,
    fix: `Add \`${kinds[0]?.kind ?? 'kind'}: { … }\` below it; \`aftershock signals\` lists the kinds.`,
  };
}

interface Block {
  source: Source;
  kinds: readonly AnySignal[];
  path: Path;
  problems: Problem[];
}

function kindOf(
  block: Record<string, unknown>,
  { source, kinds, path, problems }: Block,
): AnySignal | undefined {
  const options = Object.keys(signalOptions);
  const keys = Object.keys(block).filter((key) => !options.includes(key));
  const named = kinds.filter((kind) => keys.includes(kind.kind));
  const names = [...kinds.map((kind) => kind.kind), ...options];
  for (const key of keys.filter((one) => !named.some((kind) => kind.kind === one))) {
    const nearest = nearestOf(key, names);
    problems.push({
      code: 'name-unknown',
      message: `there is no kind of signal \`${key}\``,
      at: source.placeOfKey([...path, key]),
      found: key,
      expected: names.join(', '),
      fix: nearest === undefined ? '`aftershock signals` lists them.' : `Write \`${nearest}\`.`,
    });
  }
  const [kind, second] = named;
  if (keys.length === 0) problems.push(noKind(source, path, kinds));
  if (second !== undefined) {
    problems.push({
      code: 'field-wrong',
      message: `the signal \`${String(path.at(-1))}\` has more than one kind`,
      at: source.placeOfKey([...path, second.kind]),
      found: named.map((one) => one.kind).join(', '),
      expected: 'exactly one',
      fix: 'Make a signal of its own of each.',
    });
    return undefined;
  }
  return kind;
}

function readOptions(
  block: Record<string, unknown>,
  { source, path, kind, problems }: Omit<Block, 'kinds'> & { kind: AnySignal },
): Pick<SignalEntry, 'rate_per_s' | 'timeout_ms'> {
  const { rated } = kind;
  const read = (key: keyof typeof signalOptions): number | undefined => {
    if (block[key] === undefined) return undefined;
    if (rated === undefined) {
      problems.push(notRated(source, [...path, key], kind.kind));
      return undefined;
    }
    const parsed: Result<number, Problem[]> = parsePart(signalOptions[key], block[key], {
      source,
      path: [...path, key],
    });
    if (parsed.ok) return parsed.value;
    problems.push(...parsed.problem);
    return undefined;
  };
  const rate = read('rate') ?? rated?.defaultRate_per_s;
  const timeout_s = read('timeout');
  return {
    ...(rate === undefined ? {} : { rate_per_s: rate }),
    timeout_ms:
      timeout_s === undefined ? (rated?.defaultTimeout_ms ?? UNRATED_TIMEOUT_MS) : timeout_s * 1_000,
  };
}

/** For signals that send nothing by themselves; nothing reads it. */
const UNRATED_TIMEOUT_MS = 10_000;

const notRated = (source: Source, path: Path, kind: string): Problem => ({
  code: 'field-wrong',
  message: `\`${String(path.at(-1))}\` has no meaning for \`${kind}\`, which only watches`,
  at: source.placeOfKey(path),
  fix: `Remove \`${String(path.at(-1))}\`.`,
});

/** What a signal watches, with what stands beside its kind, in one line. */
function shownSignal(source: Source, { entry, kind }: ReadSignal): string {
  const written = mapping(source.valueAt(['signals', entry.name, kind.kind])) ?? {};
  return watchedText(kind.kind, written, [
    ...(entry.rate_per_s === undefined ? [] : [`at ${formatRate(entry.rate_per_s)}`]),
    ...(kind.rated === undefined ? [] : [`timeout ${formatDuration(entry.timeout_ms / 1_000)}`]),
  ]);
}
