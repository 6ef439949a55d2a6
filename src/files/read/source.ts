import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import type { Place, Problem } from '../../model/result.ts';
import { type Override, setOverrides } from './override.ts';
import { offsetInScalar } from './scalar.ts';
import { structureIsSound, yamlProblems } from './yaml-trouble.ts';

/** Keys and indices from the root of a file. */
export type Path = readonly (string | number)[];

/** A YAML file as it was written: plain values, and the place of each. Secrets are not resolved in it. */
export interface Source {
  file: string;
  text: string;
  /** The text with what was set from outside; as written where nothing was. */
  effective: string;
  value: unknown;
  /** What YAML itself is wrong about. */
  problems: Problem[];
  /** The values can be relied on: what is wrong, if anything, did not change the structure. */
  sound: boolean;
  /** The place of a value; of what is missing, the place where it should be. */
  placeOf(path: Path): Place;
  /** The place of a key. */
  placeOfKey(path: Path): Place;
  /** The place of one letter of a text, by its index in the text's value. */
  placeIn(path: Path, index: number): Place;
  valueAt(path: Path): unknown;
}

/** Where a value stands. */
interface Spot {
  node?: Node;
  key?: Node;
  value: unknown;
  children: Map<string, Spot>;
}

/** Far more than a person writes. */
const MOST_LETTERS = 1_000_000;
const MOST_NODES = 50_000;
const MOST_LEVELS = 50;

/** Parses a file and sets values in it; whatever is wrong stands in `problems`. Never throws. */
export function parseSource(file: string, text: string, overrides: readonly Override[] = []): Source {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const usable = text.length <= MOST_LETTERS ? text : '';
  const document = parseDocument(usable, { lineCounter: lines, prettyErrors: false });
  const reading: Reading = {
    document,
    place,
    problems: yamlProblems(document, place),
    nodes: 0,
    open: new Set(),
  };
  const sound = structureIsSound(document);
  if (text.length > MOST_LETTERS) reading.problems.push(broken({ file }, 'the file is larger than 1 MB'));
  else if (document.contents === null && sound)
    reading.problems.push(broken({ file, line: 1, column: 1 }, 'the file is empty'));
  const before = reading.problems.length;
  const settable = sound && overrides.length > 0 && document.errors.length === 0;
  if (settable) reading.problems.push(...setOverrides(document, overrides));
  const root = spotOf(reading, document.contents ?? undefined, 0);
  return {
    file,
    text,
    effective: settable ? document.toString({ lineWidth: 110 }) : text,
    value: root.value,
    problems: reading.problems,
    sound: sound && document.contents !== null && reading.problems.length === before,
    ...placesOf(root, { place, text }),
  };
}

interface Reading {
  document: Document;
  place: (offset: number) => Place;
  problems: Problem[];
  nodes: number;
  /** Anchors that are being read: an alias to one of them is a circle. */
  open: Set<Node>;
}

function spotOf(reading: Reading, node: Node | undefined, level: number): Spot {
  const spot: Spot = { ...(node === undefined ? {} : { node }), value: null, children: new Map() };
  if (node === undefined) return spot;
  reading.nodes += 1;
  if (reading.nodes > MOST_NODES) return refused(reading, spot, 'the file has too many values');
  if (level > MOST_LEVELS) return refused(reading, spot, 'the file is nested too deeply');
  if (isAlias(node)) return aliased(reading, node.resolve(reading.document), { spot, level });
  if (isMap(node)) return mapping(reading, node.items as Pair<Node, Node | null>[], { spot, level });
  if (isSeq(node)) {
    const items = node.items.map((item) =>
      spotOf(reading, (item ?? undefined) as Node | undefined, level + 1),
    );
    return {
      ...spot,
      value: items.map((item) => item.value),
      children: new Map(items.map((item, index) => [String(index), item])),
    };
  }
  return { ...spot, value: isScalar(node) ? scalarValue(node) : null };
}

/** What YAML reads as something that JSON does not know stays as it was written. */
function scalarValue(node: Scalar): unknown {
  const { value } = node;
  const plain =
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain ? value : (node.source ?? null);
}

function mapping(
  reading: Reading,
  pairs: readonly Pair<Node, Node | null>[],
  { spot, level }: { spot: Spot; level: number },
): Spot {
  const children = new Map<string, Spot>();
  for (const { key, value } of pairs) {
    const name = isScalar(key) && key.value !== null ? String(key.value) : undefined;
    if (name === undefined || name === '__proto__') {
      const offset = key?.range?.[0] ?? spot.node?.range?.[0] ?? 0;
      reading.problems.push(
        broken(reading.place(offset), 'this cannot be a key', 'Use a plain word as the key.'),
      );
      continue;
    }
    children.set(name, { ...spotOf(reading, value ?? undefined, level + 1), key });
  }
  const value = Object.fromEntries([...children].map(([name, child]) => [name, child.value]));
  return { ...spot, value, children };
}

function aliased(
  reading: Reading,
  node: Node | undefined,
  { spot, level }: { spot: Spot; level: number },
): Spot {
  if (node === undefined) return spot;
  if (reading.open.has(node)) return refused(reading, spot, 'an alias leads into itself');
  reading.open.add(node);
  const read = spotOf(reading, node, level + 1);
  reading.open.delete(node);
  return read;
}

function refused(reading: Reading, spot: Spot, message: string): Spot {
  const known = reading.problems.some((problem) => problem.message === message);
  if (!known) reading.problems.push(broken(reading.place(spot.node?.range?.[0] ?? 0), message));
  return spot;
}

const broken = (
  at: Place,
  message: string,
  fix = 'Write an experiment or a system file as docs and examples show it.',
): Problem => ({
  code: 'yaml-broken',
  message,
  fix,
  at,
});

type Places = Pick<Source, 'placeOf' | 'placeOfKey' | 'placeIn' | 'valueAt'>;

function placesOf(root: Spot, { place, text }: { place: (offset: number) => Place; text: string }): Places {
  const startOf = (node: Node | undefined): Place | undefined =>
    node?.range === undefined || node.range === null ? undefined : place(node.range[0]);
  const keyOf = (found: Found): Place => startOf(found.spot.key) ?? startOf(found.spot.node) ?? place(0);
  return {
    placeOf: (path) => {
      const found = find(root, path);
      return found.whole ? (startOf(found.spot.node) ?? keyOf(found)) : keyOf(found);
    },
    placeOfKey: (path) => keyOf(find(root, path)),
    placeIn: (path, index) => {
      const found = find(root, path);
      const { node } = found.spot;
      return isScalar(node) ? place(offsetInScalar(node, text, index)) : keyOf(found);
    },
    valueAt: (path) => {
      const found = find(root, path);
      return found.whole ? found.spot.value : undefined;
    },
  };
}

interface Found {
  spot: Spot;
  /** The whole path exists; otherwise `spot` is the last of it that does. */
  whole: boolean;
}

function find(root: Spot, path: Path): Found {
  let spot = root;
  for (const step of path) {
    const next = spot.children.get(String(step));
    if (next === undefined) return { spot, whole: false };
    spot = next;
  }
  return { spot, whole: true };
}
