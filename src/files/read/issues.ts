import type { z } from 'zod';
import { nearestOf } from '../../judge/expression/nearest.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { keysAt, shapesAt } from './json-shape.ts';
import { pathText, valueText } from './shown.ts';
import type { Path, Source } from './source.ts';

/** What is parsed: a part of a file. */
export interface Part {
  source: Source;
  path: Path;
}

type Issue = z.core.$ZodIssue;

/** Stands where a schema has no words of its own: then ours are used. */
const OURS = '';

/** Parses a part of a file; every issue becomes a Problem at its place, with what was written there. */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, part: Part): Result<T, Problem[]> {
  const parsed = schema.safeParse(value, { error: () => OURS });
  if (parsed.success) return ok(parsed.data);
  const context: Context = { schema, ...part };
  const { issues } = parsed.error;
  return fail(
    issues
      .filter((issue) => !isMisspelt(issue, issues, context))
      .flatMap((issue) => problemsOf(issue, context)),
  );
}

/** Is it missing only because its name is misspelt? Then the wrong key says it all. */
function isMisspelt(issue: Issue, issues: readonly Issue[], { source, path, schema }: Context): boolean {
  if (source.valueAt([...path, ...plain(issue.path)]) !== undefined) return false;
  const parent = issue.path.slice(0, -1);
  return issues.some(
    (other) =>
      other.code === 'unrecognized_keys' &&
      other.path.join('\0') === parent.join('\0') &&
      other.keys.some((key) => nearestOf(key, keysAt(schema, parent)) === issue.path.at(-1)),
  );
}

interface Context extends Part {
  schema: z.ZodType;
}

function problemsOf(issue: Issue, context: Context): Problem[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, issue.path, context));
    case 'invalid_union':
      return unionProblems(issue, context);
    case 'invalid_key':
      return [keyProblem(issue, context)];
    default:
      return [valueProblem(issue, context)];
  }
}

function unknownKey(key: string, path: readonly PropertyKey[], context: Context): Problem {
  const names = keysAt(context.schema, path);
  return unknownKeyProblem(context.source, { path: [...context.path, ...plain(path), key], names });
}

/** A key that does not exist where it stands; `names` are those that do. */
export function unknownKeyProblem(
  source: Source,
  { path, names }: { path: Path; names: readonly string[] },
): Problem {
  const key = String(path.at(-1));
  const nearest = nearestOf(key, names);
  return {
    code: 'field-unknown',
    message: `there is no \`${key}\` ${path.length > 1 ? `in \`${pathText(path.slice(0, -1))}\`` : 'at the top of this file'}`,
    at: source.placeOfKey(path),
    found: key,
    ...(names.length === 0 ? {} : { expected: names.join(', ') }),
    fix: nearest === undefined ? `Remove \`${key}\`.` : `Write \`${nearest}\`.`,
  };
}

function keyProblem(issue: Extract<Issue, { code: 'invalid_key' }>, context: Context): Problem {
  const path = [...context.path, ...plain(issue.path)];
  const [first] = issue.issues;
  const message = first === undefined || first.message === OURS ? 'this cannot be a key here' : first.message;
  return {
    code: 'field-wrong',
    message: `\`${pathText(path)}\`: ${message}`,
    at: context.source.placeOfKey(path),
    found: String(path.at(-1)),
    fix: 'Write another name.',
  };
}

function valueProblem(issue: Issue, context: Context): Problem {
  const path = [...context.path, ...plain(issue.path)];
  const found = context.source.valueAt(path);
  const { description } =
    shapesAt(context.schema, issue.path).find((shape) => shape.description !== undefined) ?? {};
  const words = wordsOf(issue, found);
  if (found === undefined && path.length > 0) {
    const expected = words.expected ?? description;
    return {
      code: 'field-wrong',
      message: `\`${pathText(path)}\` is missing`,
      at: context.source.placeOf(path),
      ...(expected === undefined ? {} : { expected }),
      fix: `Add \`${String(path.at(-1))}: …\`${description === undefined ? '' : ` (${decapitalized(description)})`}.`,
    };
  }
  return {
    code: 'field-wrong',
    message: path.length === 0 ? words.message : `\`${pathText(path)}\`: ${words.message}`,
    at: context.source.placeOf(path),
    found: valueText(found),
    ...(words.expected === undefined ? {} : { expected: words.expected }),
    fix: words.fix,
  };
}

interface Words {
  message: string;
  expected?: string;
  fix: string;
}

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping (`key: value`)',
  record: 'a mapping (`key: value`)',
};

function wordsOf(issue: Issue, found: unknown): Words {
  if (issue.message !== OURS) return ownWords(issue);
  switch (issue.code) {
    case 'invalid_type': {
      const expected = types[issue.expected] ?? issue.expected;
      return { message: `must be ${expected}`, expected, fix: typeFix(issue.expected, found) };
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const nearest = nearestOf(valueText(found), values);
      const expected = values.join(', ');
      const fix = nearest === undefined ? `Write one of: ${expected}.` : `Write \`${nearest}\`.`;
      return { message: 'is not one of the values allowed here', expected, fix };
    }
    case 'too_small':
    case 'too_big':
      return sizeWords(issue);
    case 'invalid_format':
      return formatWords(issue.format);
    default:
      return { message: 'is not right here', fix: 'Compare it with the example in the docs.' };
  }
}

/** A schema's own message, with the advice that our fields carry, or that the message itself gives. */
function ownWords(issue: Issue): Words {
  const params: Record<string, unknown> = (issue.code === 'custom' ? issue.params : undefined) ?? {};
  const expected = typeof params['expected'] === 'string' ? params['expected'] : demanded(issue.message);
  const fix = typeof params['fix'] === 'string' ? params['fix'] : undefined;
  return {
    message: issue.message,
    ...(expected === undefined ? {} : { expected }),
    fix: fix ?? (expected === undefined ? 'Correct it as the message says.' : `Write ${expected}.`),
  };
}

/** What a message that begins with `must be` asks for. */
const demanded = (message: string): string | undefined => /^must be (.*)$/s.exec(message)?.[1];

function typeFix(expected: string, found: unknown): string {
  const scalar = typeof found === 'number' || typeof found === 'boolean';
  if (expected === 'string' && scalar) return `Put it into quotes: \`'${String(found)}'\`.`;
  if (
    (expected === 'number' || expected === 'int') &&
    typeof found === 'string' &&
    Number.isFinite(Number(found))
  ) {
    return 'Write the number without quotes.';
  }
  if (expected === 'array') return 'Write a list: `[ … ]`, or lines that begin with `- `.';
  return `Write ${types[expected] ?? expected}.`;
}

function sizeWords(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): Words {
  const small = issue.code === 'too_small';
  const bound = Number(small ? issue.minimum : issue.maximum);
  const limit = `${small ? 'at least' : 'at most'} ${bound}`;
  const counted = { string: 'letters', array: 'entries', set: 'entries', object: 'keys' }[
    String(issue.origin)
  ];
  if (issue.origin === 'string' && small && bound === 1) {
    return { message: 'must not be empty', expected: 'a text', fix: 'Write a text.' };
  }
  const open = issue.inclusive === false ? `${small ? 'more' : 'less'} than ${bound}` : limit;
  const expected = counted === undefined ? open : `${limit} ${counted}`;
  const what = counted === undefined ? 'a number that is' : 'it with';
  return { message: `must be ${expected}`, expected, fix: `Write ${what} ${expected}.` };
}

function formatWords(format: string): Words {
  if (format === 'url') {
    const expected = 'a URL such as http://127.0.0.1:8080/path';
    return { message: 'is not a URL that can be used here', expected, fix: `Write ${expected}.` };
  }
  return { message: 'does not have the right form', fix: 'Compare it with the example in the docs.' };
}

/**
 * One Problem for a choice of several shapes: keys that none of them has; else what the shape that fits best misses.
 * A shape of quite another type than what was written does not count.
 */
function unionProblems(issue: Extract<Issue, { code: 'invalid_union' }>, context: Context): Problem[] {
  const { shapes, unknown } = compared(issue);
  if (unknown.length > 0) return unknown.map((key) => unknownKey(key, issue.path, context));
  const [best = [], ...others] = shapes.sort((a, b) => a.length - b.length);
  const tie = others.some((other) => other.length === best.length);
  const whole = best.every((one) => one.path.length === 0 && one.code !== 'unrecognized_keys');
  const alike = tie && best.every((one) => one.path.length <= 1);
  if (shapes.length === 0 || alike || (whole && issue.message !== OURS)) return [noShape(issue, context)];
  return best.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] } as Issue, context));
}

function compared(issue: Extract<Issue, { code: 'invalid_union' }>): {
  shapes: Issue[][];
  unknown: string[];
} {
  const otherType = (one: Issue): boolean => one.code === 'invalid_type' && one.path.length === 0;
  const shapes = issue.errors.filter((branch) => !branch.some(otherType));
  const keysOf = (branch: readonly Issue[]): string[] =>
    branch.flatMap((one) => (one.code === 'unrecognized_keys' && one.path.length === 0 ? one.keys : []));
  const [first = [], ...rest] = shapes.map(keysOf);
  return { shapes: [...shapes], unknown: first.filter((key) => rest.every((keys) => keys.includes(key))) };
}

/** None of the shapes is nearer than the others. */
function noShape(issue: Extract<Issue, { code: 'invalid_union' }>, context: Context): Problem {
  const path = [...context.path, ...plain(issue.path)];
  const found = context.source.valueAt(path);
  const keys = keysAt(context.schema, issue.path);
  const isMapping = typeof found === 'object' && found !== null && !Array.isArray(found);
  const own = [issue.message, ...issue.errors.flat().map((one) => one.message)].filter(
    (message) => message !== OURS,
  );
  const kinds = [
    ...new Set(
      issue.errors
        .flat()
        .flatMap((one) => (one.code === 'invalid_type' ? [types[one.expected] ?? one.expected] : [])),
    ),
  ];
  const expected =
    isMapping && keys.length > 0
      ? `one of ${keys.join(', ')}`
      : (demanded(own[0] ?? '') ?? own[0] ?? kinds.join(' or '));
  const what = isMapping && keys.length > 0 ? `needs ${expected}` : (own[0] ?? `must be ${expected}`);
  return {
    code: 'field-wrong',
    message: `\`${pathText(path)}\`: ${found === undefined ? 'is missing' : what}`,
    at: context.source.placeOf(path),
    found: isMapping ? Object.keys(found).join(', ') || 'nothing' : valueText(found),
    ...(expected === '' ? {} : { expected }),
    fix:
      isMapping && keys.length > 0 ? `Write exactly ${expected}.` : `Write ${expected || 'another value'}.`,
  };
}

const plain = (path: readonly PropertyKey[]): Path =>
  path.map((step) => (typeof step === 'symbol' ? String(step) : step));

const decapitalized = (text: string): string =>
  /^[A-Z][a-z ]/.test(text) ? `${text.slice(0, 1).toLowerCase()}${text.slice(1)}` : text;
