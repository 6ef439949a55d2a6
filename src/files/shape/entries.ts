import { nearestOf } from '../../judge/expression/nearest.ts';
import type { AnyFault } from '../../model/contracts/fault.ts';
import type { FaultEntry, Start } from '../../model/experiment.ts';
import type { Problem } from '../../model/result.ts';
import { parsePart } from '../read/issues.ts';
import { keysAt } from '../read/json-shape.ts';
import type { Path, Source } from '../read/source.ts';
import { type EntryShape, entryShape, pickField } from './experiment-shape.ts';

/** The entries of `faults:`; complete only where there are no problems. */
export interface Entries {
  entries: FaultEntry[];
  /** What each entry says it is, right or wrong, for checks over all of them. */
  written: WrittenEntry[];
  problems: Problem[];
}

/** An entry before it is known to be right. */
export interface WrittenEntry {
  path: Path;
  id?: string;
  fault?: AnyFault;
  after?: string;
  timed: boolean;
}

/** Checks every entry by the schemas of its fault. */
export function readEntries(source: Source, faults: readonly AnyFault[]): Entries {
  const list = source.valueAt(['faults']);
  const read: Entries = { entries: [], written: [], problems: [] };
  if (!Array.isArray(list)) return read;
  for (const index of list.keys()) readEntry({ source, faults, read }, ['faults', index]);
  return read;
}

interface Reading {
  source: Source;
  faults: readonly AnyFault[];
  read: Entries;
}

function readEntry({ source, faults, read }: Reading, path: Path): void {
  const shape = parsePart(entryShape, source.valueAt(path), { source, path });
  if (!shape.ok) read.problems.push(...shape.problem);
  const name = textAt(source, [...path, 'fault']);
  const fault = faults.find((one) => one.name === name);
  if (name !== undefined && fault === undefined)
    read.problems.push(unknownFault(source, [...path, 'fault'], faults));
  read.written.push(writtenEntry(source, path, fault));
  const own = fault === undefined ? undefined : ownParts({ source, path, fault }, read.problems);
  if (!shape.ok || own === undefined) return;
  const problem = startProblem(source, path, shape.value);
  if (problem !== undefined) read.problems.push(problem);
  read.entries.push(entryOf(shape.value, { source, path, own }));
}

const textAt = (source: Source, path: Path): string | undefined => {
  const value = source.valueAt(path);
  return typeof value === 'string' ? value : undefined;
};

function writtenEntry(source: Source, path: Path, fault: AnyFault | undefined): WrittenEntry {
  const id = textAt(source, [...path, 'id']);
  const after = textAt(source, [...path, 'after']);
  return {
    path,
    ...(id === undefined ? {} : { id }),
    ...(after === undefined ? {} : { after }),
    ...(fault === undefined ? {} : { fault }),
    timed: source.valueAt([...path, 'for']) !== undefined || fault?.duration === 'instant',
  };
}

function unknownFault(source: Source, path: Path, faults: readonly AnyFault[]): Problem {
  const found = String(source.valueAt(path));
  const names = faults.map((fault) => fault.name);
  const nearest = nearestOf(found, names);
  return {
    code: 'name-unknown',
    message: `there is no fault \`${found}\``,
    at: source.placeOf(path),
    found,
    expected: names.join(', '),
    fix: nearest === undefined ? '`aftershock faults` lists them.' : `Write \`${nearest}\`.`,
  };
}

type Own = Pick<FaultEntry, 'target' | 'pick' | 'params'>;

/** `target` (without `pick`) and `with`, by the fault's own schemas. */
function ownParts(
  { source, path, fault }: { source: Source; path: Path; fault: AnyFault },
  problems: Problem[],
): Own | undefined {
  const { pick, ...target } = mappingAt(source, [...path, 'target']) ?? {};
  const isMapping = mappingAt(source, [...path, 'target']) !== undefined;
  const parsedTarget = isMapping
    ? parsePart(fault.target, target, { source, path: [...path, 'target'] })
    : undefined;
  const parsedPick =
    pick === undefined
      ? undefined
      : parsePart(pickField, pick, { source, path: [...path, 'target', 'pick'] });
  const parsedWith = readParams(source, [...path, 'with'], fault);
  for (const parsed of [parsedTarget, parsedPick, parsedWith]) {
    if (parsed?.ok === false) problems.push(...parsed.problem);
  }
  if (parsedTarget?.ok !== true || parsedPick?.ok === false || parsedWith?.ok !== true) return undefined;
  return {
    target: parsedTarget.value,
    pick: pickOf(pick, parsedPick?.value),
    params: parsedWith.value,
  };
}

function readParams(
  source: Source,
  path: Path,
  fault: AnyFault,
): ReturnType<typeof parsePart<FaultEntry['params']>> | undefined {
  const given = source.valueAt(path);
  if (given !== undefined && mappingAt(source, path) === undefined) return undefined;
  const parsed = parsePart(fault.params, given ?? {}, { source, path });
  if (parsed.ok || given !== undefined) return parsed;
  // Without `with:` what is missing in it is said of the entry.
  return { ok: false, problem: [needsWith(source, path, fault)] };
}

const needsWith = (source: Source, path: Path, fault: AnyFault): Problem => {
  const keys = keysAt(fault.params, []);
  return {
    code: 'field-wrong',
    message: `\`${fault.name}\` needs parameters`,
    at: source.placeOf(path),
    ...(keys.length === 0 ? {} : { expected: `with: { ${keys.join(', ')} }` }),
    fix: `Add \`with:\`; \`aftershock faults ${fault.name}\` shows an example.`,
  };
};

function mappingAt(source: Source, path: Path): Record<string, unknown> | undefined {
  const value = source.valueAt(path);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function pickOf(written: unknown, parsed: number | 'all' | undefined): FaultEntry['pick'] {
  if (parsed === undefined) return { count: 1 };
  if (parsed === 'all') return 'all';
  return typeof written === 'number' ? { count: parsed } : { percent: parsed };
}

function startProblem(source: Source, path: Path, shape: EntryShape): Problem | undefined {
  const wrong = (key: string, message: string, fix: string): Problem => ({
    code: 'field-wrong',
    message,
    at: source.placeOfKey([...path, key]),
    fix,
  });
  if (shape.at !== undefined && shape.after !== undefined) {
    return wrong('at', `\`${shape.id}\` has both \`at\` and \`after\``, 'Keep one of the two.');
  }
  if (shape.until !== undefined && shape.within === undefined) {
    return wrong('until', '`until` needs `within`: how long it may take', 'Add `within: 60s`.');
  }
  if (shape.within !== undefined && shape.until === undefined) {
    return wrong(
      'within',
      '`within` says how long `until` may take, and there is no `until`',
      'Add `until:`, or remove `within`.',
    );
  }
  return undefined;
}

function entryOf(
  shape: EntryShape,
  { source, path, own }: { source: Source; path: Path; own: Own },
): FaultEntry {
  const { until, within } = shape;
  return {
    id: shape.id,
    fault: shape.fault,
    ...own,
    start: startOf(shape),
    ...(until === undefined || within === undefined
      ? {}
      : { until: { condition: { text: until, at: source.placeOf([...path, 'until']) }, within_s: within } }),
    ...(shape.for === undefined ? {} : { for_s: shape.for }),
    at: source.placeOf(path),
  };
}

function startOf({ at, after }: EntryShape): Start {
  if (after !== undefined) {
    const of = after.replace(/\.undone$/, '');
    return { on: after === of ? 'effect' : 'undone', of };
  }
  return at === undefined || at === 0 ? { on: 'begin' } : { on: 'time', at_s: at };
}
