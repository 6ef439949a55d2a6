import type { ASTNode } from '@marcbachmann/cel-js';
import type { Arithmetic, Comparison } from './interval.ts';
import type { GroupName } from './names.ts';
import type { BoolNode, Part } from './nodes.ts';
import { celNumber, celText, findMeasure } from './path.ts';
import { type Reading, sourceOf, wrong, wrongNode } from './trouble.ts';

type Binary<Op extends string> = Extract<ASTNode, { op: Op }> & { args: [ASTNode, ASTNode] };

/** Reads a parsed expression: names, types, and what the language leaves out. Undefined with the reason in `reading`. */
function read(reading: Reading, node: ASTNode, names: GroupName): Part | undefined {
  switch (node.op) {
    case 'value':
      return readLiteral(reading, node);
    case 'id':
    case '.':
    case '[]':
    case 'rcall':
      return readMeasure(reading, node, names);
    case '||':
    case '&&':
      return readLogic(reading, node as Binary<'||' | '&&'>, names);
    case '!_': {
      const of = expectBool(reading, node.args, names);
      return of && { type: 'bool', bool: { is: 'not', of } };
    }
    case '-_': {
      const of = expectNumber(reading, node.args, names);
      return of && { ...of, cel: `-(${of.cel})`, number: { is: 'negated', of: of.number } };
    }
    case '+':
    case '-':
    case '*':
    case '/':
      return readArithmetic(reading, node as Binary<Arithmetic>, names);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return readComparison(reading, node as Binary<Comparison>, names);
    default:
      return refuse(reading, node);
  }
}

function refuse(reading: Reading, node: ASTNode): undefined {
  switch (node.op) {
    case 'call': {
      const [name] = node.args;
      const message =
        name === 'has'
          ? '`has` is not needed: what depends on a measure without a value is unknown'
          : `\`${name}(…)\` is not a function that can be used here`;
      return wrong(reading, { message, offset: node.start, found: name });
    }
    case '?:':
      return wrongNode(reading, node, '`? :` cannot be used here: write it with && and ||');
    case 'list':
    case 'map':
      return wrongNode(reading, node, 'lists and maps cannot be used here');
    case 'in':
      return wrongNode(reading, node, '`in` cannot be used here: write `x == "a" || x == "b"`');
    default:
      return wrongNode(reading, node, `\`${node.op}\` cannot be used here`);
  }
}

function readLiteral(reading: Reading, node: Extract<ASTNode, { op: 'value' }>): Part | undefined {
  const literal = typeof node.args === 'bigint' ? Number(node.args) : node.args;
  switch (typeof literal) {
    case 'number':
      if (!Number.isFinite(literal)) return wrongNode(reading, node, 'this number is too large');
      return {
        type: 'number',
        cel: celNumber(literal),
        measures: [],
        number: { is: 'number', value: literal },
      };
    case 'string':
      return { type: 'text', cel: celText(literal), measures: [] };
    case 'boolean':
      return { type: 'bool', bool: { is: 'constant', value: literal } };
    default:
      return wrongNode(
        reading,
        node,
        literal === null
          ? '`null` cannot be used here: what depends on a measure without a value is unknown'
          : 'only numbers, texts, true and false can be used here',
      );
  }
}

function readMeasure(reading: Reading, node: ASTNode, names: GroupName): Part | undefined {
  const found = findMeasure(reading, node, names);
  if (found === undefined) return undefined;
  const { cel, ref } = found;
  const measures = [found];
  switch (found.name.type) {
    case 'number':
      return { type: 'number', cel, measures, number: { is: 'measure', ref } };
    case 'text':
      return { type: 'text', cel, measures };
    case 'bool':
      return { type: 'bool', bool: { is: 'atom', cel, measures } };
  }
}

function readLogic(reading: Reading, node: Binary<'||' | '&&'>, names: GroupName): Part | undefined {
  const left = expectBool(reading, node.args[0], names);
  const right = left && expectBool(reading, node.args[1], names);
  return left && right && { type: 'bool', bool: { is: node.op === '||' ? 'or' : 'and', left, right } };
}

function readArithmetic(reading: Reading, node: Binary<Arithmetic>, names: GroupName): Part | undefined {
  const left = expectNumber(reading, node.args[0], names);
  const right = left && expectNumber(reading, node.args[1], names);
  if (left === undefined || right === undefined) return undefined;
  return {
    type: 'number',
    cel: `(${left.cel}) ${node.op} (${right.cel})`,
    measures: [...left.measures, ...right.measures],
    number: { is: 'arithmetic', op: node.op, left: left.number, right: right.number },
  };
}

function readComparison(reading: Reading, node: Binary<Comparison>, names: GroupName): Part | undefined {
  const [leftNode, rightNode] = node.args;
  const left = read(reading, leftNode, names);
  const right = left && read(reading, rightNode, names);
  if (left === undefined || right === undefined) return undefined;
  if (left.type !== right.type) {
    const message = `a ${left.type} (\`${sourceOf(reading, leftNode)}\`) cannot be compared with a ${right.type}`;
    return wrong(reading, {
      message,
      offset: rightNode.start,
      found: sourceOf(reading, rightNode),
      expected: `a ${left.type}`,
    });
  }
  const { op } = node;
  if (left.type === 'number' && right.type === 'number') {
    return comparison({ op, left, right, comparison: { op, left: left.number, right: right.number } });
  }
  if (op !== '==' && op !== '!=') {
    return wrongNode(
      reading,
      node,
      `\`${op}\` compares numbers; a ${left.type} can only be compared with == and !=`,
    );
  }
  if (left.type === 'bool' && right.type === 'bool') {
    const same: BoolNode = { is: 'same', left: left.bool, right: right.bool };
    return { type: 'bool', bool: op === '==' ? same : { is: 'not', of: same } };
  }
  if (left.type === 'bool' || right.type === 'bool') return undefined;
  return comparison({ op, left, right });
}

type Comparable = Exclude<Part, { type: 'bool' }>;

function comparison(of: {
  op: Comparison;
  left: Comparable;
  right: Comparable;
  comparison?: { op: Comparison; left: NumberPart['number']; right: NumberPart['number'] };
}): Part {
  const { op, left, right } = of;
  return {
    type: 'bool',
    bool: {
      is: 'atom',
      cel: `(${left.cel}) ${op} (${right.cel})`,
      measures: [...left.measures, ...right.measures],
      ...(of.comparison === undefined ? {} : { comparison: of.comparison }),
    },
  };
}

type NumberPart = Extract<Part, { type: 'number' }>;

function expectNumber(reading: Reading, node: ASTNode, names: GroupName): NumberPart | undefined {
  const part = read(reading, node, names);
  if (part === undefined || part.type === 'number') return part;
  return wrong(reading, {
    message: `\`${sourceOf(reading, node)}\` is a ${part.type}, not a number`,
    offset: node.start,
    found: sourceOf(reading, node),
    expected: 'a number',
  });
}

/** A part that is true or false by itself. */
export function expectBool(reading: Reading, node: ASTNode, names: GroupName): BoolNode | undefined {
  const part = read(reading, node, names);
  if (part === undefined) return undefined;
  if (part.type === 'bool') return part.bool;
  return wrong(reading, {
    message: `\`${sourceOf(reading, node)}\` is a ${part.type}, not something true or false`,
    offset: node.start,
    found: sourceOf(reading, node),
    expected: 'a comparison such as `… < 10`',
  });
}
