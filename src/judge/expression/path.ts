import type { ASTNode } from '@marcbachmann/cel-js';
import type { MeasureRef } from '../../model/measure.ts';
import { calledField } from './environment.ts';
import type { GroupName, MeasureName, Name } from './names.ts';
import { type Reading, wrong, wrongName, wrongNode } from './trouble.ts';

/** A measure as it was named in an expression. */
export interface Found {
  name: MeasureName;
  ref: MeasureRef;
  /** The groups from the root to the measure's own, each with the word that leads to it. */
  via: readonly { word: string; group: GroupName }[];
  /** The struct's field that holds the value. */
  field: string;
  /** As CEL, with every number a double. */
  cel: string;
}

/** One word of a path. */
interface Step {
  word: string;
  offset: number;
  /** Written as `["word"]`. */
  quoted: boolean;
  /** Of a function of a number. */
  argument?: number;
}

/** Follows `signal.window.series.measure` through the names; undefined with the reason in `reading`. */
export function findMeasure(reading: Reading, node: ASTNode, root: GroupName): Found | undefined {
  const steps = stepsOf(reading, node);
  if (steps === undefined) return undefined;
  const via: { word: string; group: GroupName }[] = [];
  let group = root;
  for (const [index, step] of steps.entries()) {
    const name = group.members.get(step.word);
    if (name === undefined) return unknownWord(reading, step, { group, first: index === 0 });
    if (name.is === 'measure')
      return finish(reading, { steps: steps.slice(0, index + 1), name, via, rest: steps[index + 1] });
    via.push({ word: step.word, group: name });
    group = name;
  }
  return unfinished(reading, node, group);
}

function stepsOf(reading: Reading, node: ASTNode): Step[] | undefined {
  const steps: Step[] = [];
  let rest = node;
  for (;;) {
    switch (rest.op) {
      case 'id':
        return [{ word: rest.args, offset: rest.start, quoted: false }, ...steps];
      case '.':
        steps.unshift({ word: rest.args[1], offset: rest.pos, quoted: false });
        rest = rest.args[0];
        break;
      case '[]': {
        const [of, key] = rest.args;
        if (key.op !== 'value' || typeof key.args !== 'string') {
          return wrongNode(reading, key, 'a name in [ ] is a text in quotes');
        }
        steps.unshift({ word: key.args, offset: key.start + 1, quoted: true });
        rest = of;
        break;
      }
      case 'rcall': {
        const step = calledStep(reading, rest, steps.length === 0);
        if (step === undefined) return undefined;
        steps.unshift(step);
        rest = rest.args[1];
        break;
      }
      default:
        return wrongNode(reading, rest, 'a measure begins with the name of a signal');
    }
  }
}

type CallNode = Extract<ASTNode, { op: 'rcall' }>;

function calledStep(reading: Reading, node: CallNode, last: boolean): Step | undefined {
  const [word, receiver, args] = node.args;
  const offset = Math.max(reading.text.indexOf(word, receiver.end), receiver.end);
  const [only, second] = args;
  const argument = only === undefined || second !== undefined ? undefined : literalNumber(only);
  if (!last) return wrong(reading, { message: `nothing can follow \`${word}(…)\``, offset, found: word });
  return { word, offset, quoted: false, argument: argument ?? Number.NaN };
}

/** The value of a number written as such, with or without a minus. */
function literalNumber(node: ASTNode): number | undefined {
  if (node.op === '-_') {
    const value = literalNumber(node.args);
    return value === undefined ? undefined : -value;
  }
  if (node.op !== 'value') return undefined;
  const value = typeof node.args === 'bigint' ? Number(node.args) : node.args;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function unknownWord(
  reading: Reading,
  { word, offset }: Step,
  { group, first }: { group: GroupName; first: boolean },
): undefined {
  const message = first ? `there is no signal or measure \`${word}\`` : `${group.what} has no \`${word}\``;
  return wrongName(reading, { word, offset, names: [...group.members.keys()], message });
}

/** The path ended at a group: what is missing is one of its members. */
function unfinished(reading: Reading, node: ASTNode, group: GroupName): undefined {
  const names = [...group.members].filter(([, name]) => !isWindow(name)).map(([name]) => name);
  wrongName(reading, {
    word: reading.text.slice(node.start, node.end),
    offset: node.start,
    names: names.length === 0 ? [...group.members.keys()] : names,
    message: `${group.what} is not a measure: name one of its measures after it`,
  });
  if (reading.error !== undefined) delete reading.error.nearest;
}

const isWindow = (name: Name): boolean =>
  name.is === 'group' && /\.(baseline|fault|recovery|run)$/.test(name.what);

function finish(
  reading: Reading,
  { steps, name, via, rest }: { steps: Step[]; name: MeasureName; via: Found['via']; rest: Step | undefined },
): Found | undefined {
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const { word, offset, argument } = last;
  if (rest !== undefined) {
    return wrong(reading, {
      message: `\`${word}\` is a measure: nothing can follow it`,
      offset: rest.offset,
      found: rest.word,
    });
  }
  const called = argument !== undefined;
  if (name.takesNumber !== called || Number.isNaN(argument)) {
    const expected = name.takesNumber ? `${word}(10)` : word;
    const message = name.takesNumber
      ? `\`${word}\` needs one plain number in parentheses`
      : `\`${word}\` is not a function`;
    return wrong(reading, { message, offset, found: word, expected });
  }
  const written = steps.map(writtenStep).join('');
  const text = argument === undefined ? written : `${written}(${argument})`;
  return {
    name,
    via,
    ref: { ...name.ref, text, ...(argument === undefined ? {} : { key: argument }) },
    field: argument === undefined ? word : calledField(word, argument),
    cel: argument === undefined ? text : `${written}(${celNumber(argument)})`,
  };
}

function writtenStep({ word, quoted }: Step, index: number): string {
  if (quoted) return `[${celText(word)}]`;
  return index === 0 ? word : `.${word}`;
}

/** A text as a CEL literal. */
export const celText = (text: string): string =>
  `"${[...text].map((letter) => (/[A-Za-z0-9 _./:-]/.test(letter) ? letter : escaped(letter))).join('')}"`;

/** A lone half of a surrogate pair cannot be written in CEL; it can be no name of ours either. */
function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  const real = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
  return `\\U${real.toString(16).padStart(8, '0')}`;
}

/** A number as a CEL double; CEL has no infinity and we never write one. */
export function celNumber(value: number): string {
  if (value < 0 || Object.is(value, -0)) return `-${celNumber(-value)}`;
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
