import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parse,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { nearestOf } from '../../judge/expression/nearest.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';

/** One value of a file, set from the command line: `signals.votes.rate` to `50/s`. */
export interface Override {
  path: string;
  value: unknown;
}

/** Reads `KEY=a,b,c` into the key and its values, each as YAML would read it. */
export function parseVary(
  text: string,
): Result<{ path: string; values: { text: string; value: unknown }[] }> {
  const [, path = '', list = ''] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(text) ?? [];
  const wrong = (message: string): Result<never> =>
    fail({
      code: 'usage',
      message: `--vary '${text}': ${message}`,
      expected: 'KEY=a,b,c',
      fix: 'Write it such as --vary signals.votes.rate=5/s,50/s,200/s.',
    });
  if (path === '') return wrong('it names no key');
  const values = listOf(list);
  if (values === undefined) return wrong('its values cannot be read');
  if (values.length === 0) return wrong('it has no values');
  const shown = values.map((value) => ({ value, text: textOf(value) }));
  const twice = shown.find((one, index) => shown.findIndex((other) => other.text === one.text) !== index);
  return twice === undefined ? ok({ path, values: shown }) : wrong(`${twice.text} is there twice`);
}

function listOf(list: string): unknown[] | undefined {
  if (list.trim() === '') return [];
  try {
    const values: unknown = parse(`[${list}]`);
    return Array.isArray(values) && !values.includes(null) ? values : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Lists and mappings of which the members have names: what is not there cannot be set. */
const named: Record<string, string> = {
  signals: 'signal',
  slo: 'objective',
  faults: 'fault',
  predict: 'prediction',
};

/**
 * Sets values in a parsed file before it is checked, so that what is wrong with them is told as if they were written
 * there, at the place of what they replace (or of what they were added to). Members of a list are named by their id.
 */
export function setOverrides(document: Document, overrides: readonly Override[]): Problem[] {
  return overrides.flatMap((override) => setOne(document, override) ?? []);
}

function setOne(document: Document, override: Override): Problem | undefined {
  const steps = override.path.split('.');
  let node: Node | null = document.contents;
  let above = '';
  for (let index = 0; ; ) {
    if (isAlias(node))
      return refused(override, 'what it leads to stands behind an alias, which others may use, too');
    if (!isMap(node) && !isSeq(node)) return refused(override, `\`${above}\` has nothing below it`);
    const [key, taken] = keyOf(node, steps.slice(index));
    const last = index + taken >= steps.length;
    const next = isSeq(node) ? memberOf(node, key) : (node.get(key, true) as Node | undefined);
    const what = named[above];
    if (next === undefined && (what !== undefined || isSeq(node)))
      return noMember(override, { what: what ?? 'member', key, node });
    if (last && next !== undefined && hasAnchor(next))
      return refused(override, 'others refer to what stands there, by an alias');
    if (last) return void put(document, { node, key, value: override.value });
    node = next ?? put(document, { node, key, value: {} });
    above = [...(above === '' ? [] : [above]), key].join('.');
    index += taken;
  }
}

function hasAnchor(node: Node): boolean {
  let found = false;
  visit(node, {
    Node: (_, { anchor }: { anchor?: string | undefined }) => {
      if (anchor !== undefined) found = true;
    },
  });
  return found;
}

type Holder = YAMLMap | YAMLSeq;

/** A key may hold dots itself (`kubernetes.pods`): the longest that is there, else one word. */
function keyOf(node: Holder, steps: readonly string[]): [key: string, taken: number] {
  for (let taken = steps.length; isMap(node) && taken > 1; taken -= 1) {
    const key = steps.slice(0, taken).join('.');
    if (node.has(key)) return [key, taken];
  }
  return [steps[0] ?? '', 1];
}

const idOf = (item: unknown): string | undefined => {
  const id = isMap(item) ? item.get('id') : undefined;
  return typeof id === 'string' ? id : undefined;
};

/** The member with this id, or with this number from 0. */
function memberOf(list: YAMLSeq, key: string): Node | undefined {
  const index = list.items.findIndex((item) => idOf(item) === key);
  const found = index >= 0 ? list.items[index] : /^\d+$/.test(key) ? list.items[Number(key)] : undefined;
  return found as Node | undefined;
}

/** Sets a member. What is new takes the place of what it is put into, for messages. */
function put(document: Document, { node, key, value }: { node: Holder; key: string; value: unknown }): Node {
  const made = document.createNode(value);
  if (isSeq(node)) {
    const index = node.items.findIndex((item) => idOf(item) === key);
    const at = index >= 0 ? index : Number(key);
    return replaced(made, node.items[at] as Node | undefined, (of) => void node.set(at, of));
  }
  const before = node.get(key, true) as Node | undefined;
  if (before !== undefined) return replaced(made, before, (of) => void node.set(key, of));
  const pair = document.createPair(key, made);
  for (const part of [pair.key, made]) if (node.range) (part as Node).range = node.range;
  node.items.push(pair);
  return made;
}

function replaced(made: Node, before: Node | undefined, set: (of: Node) => void): Node {
  if (before?.range) made.range = before.range;
  if (isScalar(before) && isScalar(made) && before.type !== undefined && typeof made.value === 'string')
    made.type = before.type;
  set(made);
  return made;
}

const refused = ({ path }: Override, why: string): Problem => ({
  code: 'usage',
  message: `\`${path}\` cannot be set: ${why}`,
  fix: 'Name a value of the experiment or its system, such as signals.votes.rate or timing.watch.',
});

function noMember({ path }: Override, of: { what: string; key: string; node: Holder }): Problem {
  const { what, key, node } = of;
  const names = isMap(node)
    ? node.items.map((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key))
    : node.items.flatMap((item) => idOf(item) ?? []);
  const nearest = nearestOf(key, names);
  return {
    code: 'name-unknown',
    message: `\`${path}\` cannot be set: there is no ${what} \`${key}\``,
    ...(names.length === 0 ? {} : { expected: names.join(', ') }),
    fix:
      nearest === undefined
        ? `Name a ${what} that the file has.`
        : `Did you mean \`${path.replace(key, nearest)}\`?`,
  };
}

/** A path whose first word is a key of neither file. */
export function noSuchKey(path: string, keys: readonly string[]): Problem {
  const [first = ''] = path.split('.');
  const nearest = nearestOf(first, keys);
  return {
    code: 'name-unknown',
    message: `\`${path}\` cannot be set: neither an experiment nor a system has \`${first}\``,
    expected: keys.join(', '),
    fix:
      nearest === undefined
        ? 'Begin it with one of these keys.'
        : `Did you mean \`${path.replace(first, nearest)}\`?`,
  };
}
