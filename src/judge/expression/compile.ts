import type { ParseResult } from '@marcbachmann/cel-js';
import type { Measured, MeasureRef, Truth } from '../../model/measure.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import type { Environment } from './environment.ts';
import type { Atom, BoolNode, NumberNode } from './nodes.ts';
import { expectBool } from './read.ts';
import { type ExpressionError, type Reading, syntaxError } from './trouble.ts';
import { type Decide, evaluate, intervalFor } from './truth.ts';

export type { ExpressionError } from './trouble.ts';

/** An expression that parses and type-checks. */
export interface Expression {
  text: string;
  /** The measures it names, each once, in their order. */
  refs: readonly MeasureRef[];
  /** The largest number that a time (`…after_s`) is compared with: so long the run must watch. */
  longestTime_s?: number;
  /** What it comes to; `why` says what is missing where it is unknown. Asks for a measure at most once. */
  truth(lookup: (ref: MeasureRef) => Measured): { truth: Truth; why?: string };
}

/** Far more than a person writes; the parser's recursion stays within its stack. */
const MOST_LETTERS = 2_000;

/**
 * Parses and type-checks an expression in our part of CEL: measures, numbers, texts, `&& || !`, comparisons and
 * arithmetic. All numbers are doubles, so `5/2` is 2.5. Never throws: whatever is wrong with the text comes back.
 */
export function compile(text: string, environment: Environment): Result<Expression, ExpressionError> {
  if (text.length > MOST_LETTERS) {
    return fail({ message: `the expression is longer than ${MOST_LETTERS} letters`, offset: MOST_LETTERS });
  }
  if (text.trim() === '') return fail({ message: 'the expression is empty', offset: 0 });
  const parsed = parse(text, environment);
  if (!parsed.ok) return parsed;
  const reading: Reading = { text };
  const root = expectBool(reading, parsed.value.ast, environment.names);
  if (root === undefined)
    return fail(reading.error ?? { message: 'the expression cannot be read', offset: 0 });
  const atoms = atomsOf(root);
  if (atoms.every((atom) => atom.measures.length === 0)) {
    return fail({ message: 'the expression names no measure', offset: 0, found: text.trim().slice(0, 60) });
  }
  const decide = decidersOf(atoms, environment);
  return decide.ok ? ok(expressionOf({ text, root, atoms, decide: decide.value, environment })) : decide;
}

function parse(text: string, environment: Environment): Result<ParseResult, ExpressionError> {
  try {
    return ok(environment.cel.parse(text));
  } catch (error) {
    return fail(syntaxError(text, error));
  }
}

function expressionOf(of: {
  text: string;
  root: BoolNode;
  atoms: readonly Atom[];
  decide: ReadonlyMap<Atom, Decide>;
  environment: Environment;
}): Expression {
  const { text, root, atoms, decide, environment } = of;
  const refs = new Map(atoms.flatMap((atom) => atom.measures.map(({ ref }) => [ref.text, ref])));
  const longest = longestTime(atoms);
  return {
    text,
    refs: [...refs.values()],
    ...(longest === undefined ? {} : { longestTime_s: longest }),
    truth: (lookup) => evaluate(root, { environment, decide, lookup: once(lookup) }),
  };
}

function once(lookup: (ref: MeasureRef) => Measured): (ref: MeasureRef) => Measured {
  const known = new Map<string, Measured>();
  return (ref) => {
    const measured = known.get(ref.text) ?? lookup(ref);
    known.set(ref.text, measured);
    return measured;
  };
}

function atomsOf(node: BoolNode): Atom[] {
  switch (node.is) {
    case 'atom':
      return [node];
    case 'constant':
      return [];
    case 'not':
      return atomsOf(node.of);
    default:
      return [...atomsOf(node.left), ...atomsOf(node.right)];
  }
}

/** CEL's own type check is the second net below ours: it must agree that each atom is a bool. */
function decidersOf(
  atoms: readonly Atom[],
  environment: Environment,
): Result<ReadonlyMap<Atom, Decide>, ExpressionError> {
  const decide = new Map<Atom, Decide>();
  for (const atom of atoms) {
    const parsed = parse(atom.cel, environment);
    if (!parsed.ok) return fail({ message: `\`${atom.cel}\` cannot be read`, offset: 0 });
    const checked = parsed.value.check();
    if (!checked.valid || checked.type !== 'bool') {
      return fail({ message: `\`${atom.cel}\` is not something true or false`, offset: 0 });
    }
    decide.set(atom, deciderOf(parsed.value));
  }
  return ok(decide);
}

/** A value of another type than the descriptor says makes CEL throw: then nothing is decided. */
function deciderOf(parsed: ParseResult): Decide {
  return (context) => {
    try {
      const decided: unknown = parsed(context);
      return typeof decided === 'boolean' ? decided : undefined;
    } catch {
      return undefined;
    }
  };
}

function longestTime(atoms: readonly Atom[]): number | undefined {
  const timed = atoms.filter((atom) => atom.measures.some(({ name }) => name.time));
  const numbers = timed.flatMap(({ comparison }) =>
    comparison === undefined ? [] : [...numbersIn(comparison.left), ...numbersIn(comparison.right)],
  );
  return numbers.length === 0 ? undefined : Math.max(0, ...numbers);
}

/** The numbers of a side that names no measure, worked out; else those written in it. */
function numbersIn(node: NumberNode): number[] {
  const whole = intervalFor(node, () => ({ is: 'unknown', why: '' }));
  if (whole !== undefined && Number.isFinite(whole.max)) return [whole.max];
  switch (node.is) {
    case 'negated':
      return numbersIn(node.of).map((value) => -value);
    case 'arithmetic':
      return [...numbersIn(node.left), ...numbersIn(node.right)];
    default:
      return [];
  }
}
