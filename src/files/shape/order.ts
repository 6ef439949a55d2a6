import { nearestOf } from '../../judge/expression/nearest.ts';
import type { Problem } from '../../model/result.ts';
import type { Path, Source } from '../read/source.ts';
import type { WrittenEntry } from './entries.ts';

/** Ids that are there twice, `after` that leads nowhere, in a circle, or to what never ends by itself. */
export function orderProblems(source: Source, written: readonly WrittenEntry[]): Problem[] {
  const byId = new Map(written.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry]])));
  return [
    ...repeatedIds(source, written),
    ...written.flatMap((entry) => referenceProblem(source, entry, byId) ?? []),
    ...circles(source, written, byId),
  ];
}

/** One problem for each entry whose id an earlier one has. */
export function repeatedIds(source: Source, entries: readonly { path: Path; id?: string }[]): Problem[] {
  return entries.flatMap(({ path, id }, index) => {
    const first = entries.find((other) => other.id === id);
    if (id === undefined || first === undefined || entries.indexOf(first) === index) return [];
    const line = source.placeOf([...first.path, 'id']).line;
    return [
      {
        code: 'field-wrong' as const,
        message: `the id \`${id}\` is used twice (first in line ${line})`,
        at: source.placeOf([...path, 'id']),
        found: id,
        fix: 'Give each its own id.',
      },
    ];
  });
}

const idOf = (after: string): string => after.replace(/\.undone$/, '');

function referenceProblem(
  source: Source,
  { path, after }: WrittenEntry,
  byId: ReadonlyMap<string, WrittenEntry>,
): Problem | undefined {
  if (after === undefined) return undefined;
  const at = source.placeOf([...path, 'after']);
  const of = byId.get(idOf(after));
  if (of === undefined) {
    const names = [...byId.keys()].flatMap((id) => [id, `${id}.undone`]);
    const nearest = nearestOf(after, names);
    return {
      code: 'name-unknown',
      message: `there is no entry \`${idOf(after)}\` to come after`,
      at,
      found: after,
      ...(names.length === 0 ? {} : { expected: names.join(', ') }),
      fix: nearest === undefined ? 'Name the id of another entry.' : `Write \`${nearest}\`.`,
    };
  }
  if (after === idOf(after) || of.timed || of.fault === undefined) return undefined;
  return {
    code: 'order-circular',
    message: `\`${of.id}\` has no \`for:\`, so it is held until all others end: nothing can come after its undo`,
    at,
    found: after,
    fix: `Give \`${of.id}\` a \`for:\`, or write \`after: ${of.id}\` (while it is held).`,
  };
}

/** Each circle once, at the entry of it that is written first. */
function circles(
  source: Source,
  written: readonly WrittenEntry[],
  byId: ReadonlyMap<string, WrittenEntry>,
): Problem[] {
  const seen = new Set<WrittenEntry>();
  return written.flatMap((start): Problem[] => {
    const circle = circleThrough(start, byId);
    if (circle === undefined || seen.has(start)) return [];
    for (const entry of circle) seen.add(entry);
    const words = circle
      .map((entry) => `\`${entry.id}\` waits for \`${idOf(entry.after ?? '')}\``)
      .join(', ');
    return [
      {
        code: 'order-circular',
        message: `these wait for each other in a circle: ${words}`,
        at: source.placeOf([...start.path, 'after']),
        found: start.after ?? '',
        fix: 'Let one of them start by itself: remove its `after`, or give it an `at`.',
      },
    ];
  });
}

function circleThrough(
  start: WrittenEntry,
  byId: ReadonlyMap<string, WrittenEntry>,
): WrittenEntry[] | undefined {
  const circle: WrittenEntry[] = [];
  let entry: WrittenEntry | undefined = start;
  while (entry?.after !== undefined && !circle.includes(entry)) {
    circle.push(entry);
    entry = byId.get(idOf(entry.after));
  }
  return entry === start && circle.length > 0 ? circle : undefined;
}
