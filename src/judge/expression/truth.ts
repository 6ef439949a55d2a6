import type { Measured, MeasureRef, Truth } from '../../model/measure.ts';
import type { Environment } from './environment.ts';
import { arithmetic, compare, type Interval, intervalOf, negate, opposite, point } from './interval.ts';
import type { Atom, BoolNode, NumberNode } from './nodes.ts';
import type { Found } from './path.ts';

export interface Verdict {
  truth: Truth;
  why?: string;
}

/** An atom with its CEL compiled. */
export type Decide = (context: Record<string, unknown>) => boolean | undefined;

export interface Evaluation {
  environment: Environment;
  decide: ReadonlyMap<Atom, Decide>;
  lookup: (ref: MeasureRef) => Measured;
}

const unknownFor = (why: string): Verdict => ({ truth: 'unknown', why });
const definite = (is: boolean): Verdict => ({ truth: is ? 'true' : 'false' });

/**
 * Kleene's strong logic: `and` is false if either side is, `or` is true if either side is, whatever the other is;
 * everything else that depends on an unknown is unknown.
 */
export function evaluate(node: BoolNode, evaluation: Evaluation): Verdict {
  switch (node.is) {
    case 'constant':
      return definite(node.value);
    case 'atom':
      return evaluateAtom(node, evaluation);
    case 'not': {
      const of = evaluate(node.of, evaluation);
      return { ...of, truth: opposite(of.truth) };
    }
    case 'and':
    case 'or': {
      const decides = node.is === 'and' ? 'false' : 'true';
      const left = evaluate(node.left, evaluation);
      if (left.truth === decides) return left;
      const right = evaluate(node.right, evaluation);
      if (right.truth === decides) return right;
      return bothKnown(left, right) ?? right;
    }
    case 'same': {
      const left = evaluate(node.left, evaluation);
      const right = evaluate(node.right, evaluation);
      return bothKnown(left, right) ?? definite(left.truth === right.truth);
    }
  }
}

/** Unknown, with the reasons of both, if either is. */
function bothKnown(left: Verdict, right: Verdict): Verdict | undefined {
  const unknown = [left, right].filter((verdict) => verdict.truth === 'unknown');
  if (unknown.length === 0) return undefined;
  return unknownFor([...new Set(unknown.flatMap((verdict) => verdict.why ?? []))].join('; '));
}

function evaluateAtom(atom: Atom, evaluation: Evaluation): Verdict {
  const { lookup } = evaluation;
  const measured = atom.measures.map((found) => ({ found, measured: lookup(found.ref) }));
  for (const one of measured) {
    if (one.measured.is === 'unknown') return unknownFor(`${one.found.ref.text}: ${one.measured.why}`);
  }
  // Whatever CEL would make of a division by zero, to us it is no number.
  const byInterval = atom.comparison && compareIntervals(atom.comparison, lookup);
  if (byInterval?.truth === 'unknown' || measured.some((one) => one.measured.is !== 'value')) {
    return byInterval ?? unknownFor(`${atom.cel} needs exact values`);
  }
  const decided = evaluation.decide.get(atom)?.(contextOf(evaluation.environment, measured));
  return decided === undefined
    ? unknownFor(`${atom.cel} cannot be decided for these values`)
    : definite(decided);
}

function compareIntervals(
  { op, left, right }: NonNullable<Atom['comparison']>,
  lookup: (ref: MeasureRef) => Measured,
): Verdict {
  const leftInterval = intervalFor(left, lookup);
  const rightInterval = intervalFor(right, lookup);
  if (leftInterval === undefined || rightInterval === undefined) {
    return unknownFor('a division by zero, or a value that is no number');
  }
  const truth = compare(op, leftInterval, rightInterval);
  return truth === 'unknown'
    ? unknownFor('the bounds of the measure lie on both sides of the limit')
    : { truth };
}

/** Every value that the number can have; undefined where it may be none. */
export function intervalFor(node: NumberNode, lookup: (ref: MeasureRef) => Measured): Interval | undefined {
  switch (node.is) {
    case 'number':
      return point(node.value);
    case 'measure':
      return intervalOf(lookup(node.ref));
    case 'negated': {
      const of = intervalFor(node.of, lookup);
      return of && negate(of);
    }
    case 'arithmetic': {
      const left = intervalFor(node.left, lookup);
      const right = left && intervalFor(node.right, lookup);
      return left && right && arithmetic(node.op, left, right);
    }
  }
}

/** The structs that CEL sees: exactly the values that the atom needs, and nothing for anything else. */
function contextOf(
  environment: Environment,
  measured: readonly { found: Found; measured: Measured }[],
): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const one of measured) {
    let holder: object = context;
    for (const { word, group } of one.found.via)
      holder = structIn(holder, word, environment.structs.get(group));
    if (one.measured.is === 'value') Reflect.set(holder, one.found.field, one.measured.value);
  }
  return context;
}

function structIn(holder: object, word: string, make: (() => object) | undefined): object {
  const existing: unknown = Reflect.get(holder, word);
  if (typeof existing === 'object' && existing !== null) return existing;
  const made = make?.() ?? {};
  Reflect.set(holder, word, made);
  return made;
}
