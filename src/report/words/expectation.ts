import { duration, figure, millis, percent } from './figures.ts';

interface Comparison {
  /** `votes.backends`: the signal and its series, as people read it. */
  subject: string;
  window?: string;
  measure: string;
  key?: string;
  operator: string;
  literal: string;
}

const windows: Record<string, string> = {
  baseline: 'before the fault',
  fault: 'while the fault lasts',
  recovery: 'after the fault',
  run: 'over the whole run',
};

const operators: Record<string, string> = {
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  '==': 'exactly',
  '!=': 'anything but',
};

const comparison =
  /^([A-Za-z_][\w-]*(?:\["[^"]*"\]|\.[A-Za-z_][\w-]*|\([\d.]+\))*)\s*(<=|>=|==|!=|<|>)\s*(-?[\d.]+|"[^"]*"|'[^']*'|true|false)$/;

function parse(text: string): Comparison | undefined {
  const match = comparison.exec(text.trim());
  const [, path = '', operator = '', literal = ''] = match ?? [];
  if (path === '') return undefined;
  const keyed = /\["([^"]*)"\]|\(([\d.]+)\)/.exec(path);
  const key = keyed?.[1] ?? keyed?.[2];
  const words = path.replace(/\["[^"]*"\]|\([\d.]+\)/g, '').split('.');
  const measure = words.pop() ?? '';
  const window = words.find((word, index) => index > 0 && word in windows);
  const subject = words.filter((word) => word !== window).join(' ');
  return {
    subject,
    measure,
    operator,
    literal: literal.replace(/^["']|["']$/g, ''),
    ...(window === undefined ? {} : { window }),
    ...(key === undefined ? {} : { key }),
  };
}

type Phrase = (of: Comparison & { limit: string; number: number }) => string | undefined;

const isUpper = (operator: string): boolean => operator === '<' || operator === '<=';

const slowest: Record<string, string> = {
  p50_ms: 'half of',
  p90_ms: '90 in 100',
  p95_ms: '95 in 100',
  p99_ms: '99 in 100',
  p999_ms: '999 in 1000',
};

const latency: Phrase = (of) =>
  isUpper(of.operator)
    ? `${slowest[of.measure] ?? ''} ${of.subject} take ${of.limit} ${millis(of.number)}`
    : `${of.measure.replace('_ms', '')} of ${of.subject} is ${of.limit} ${millis(of.number)}`;

const none = (of: Comparison): boolean =>
  (of.operator === '==' && Number(of.literal) === 0) || (of.operator === '<' && Number(of.literal) === 1);

const whole =
  (what: string): Phrase =>
  (of) =>
    none(of) ? `no ${what}` : `${of.limit} ${figure(of.number)} ${what}`;

const bounds: Phrase = (of) => {
  const never = of.measure === 'max' ? 'rises above' : 'falls below';
  const fits = of.measure === 'max' ? isUpper(of.operator) : of.operator.startsWith('>');
  if (of.operator === '<=' || of.operator === '>=')
    return fits ? `${of.subject} never ${never} ${figure(of.number)}` : undefined;
  return `the ${of.measure} of ${of.subject} is ${of.limit} ${figure(of.number)}`;
};

const after =
  (what: (of: Comparison) => string): Phrase =>
  (of) =>
    `${what(of)} ${of.limit} ${duration(of.number)} after the first injection`;

const phrases: Record<string, Phrase> = {
  availability: (of) => `${of.limit} ${percent(of.number)} of ${of.subject} succeed`,
  error_rate: (of) => `${of.limit} ${percent(of.number)} of ${of.subject} fail`,
  p50_ms: latency,
  p90_ms: latency,
  p95_ms: latency,
  p99_ms: latency,
  p999_ms: latency,
  max_ms: (of) => `the slowest of ${of.subject} takes ${of.limit} ${millis(of.number)}`,
  rate_per_s: (of) => `${of.limit} ${figure(of.number)} ${of.subject} a second`,
  longest_outage_s: (of) => `the longest outage of ${of.subject} lasts ${of.limit} ${duration(of.number)}`,
  outage_s: (of) => `${of.subject} are out for ${of.limit} ${duration(of.number)} in all`,
  failed: (of) =>
    none(of) ? `none of the ${of.subject} fail` : `${of.limit} ${figure(of.number)} ${of.subject} fail`,
  in_flight_lost: (of) => `${whole(`${of.subject} in flight`)(of)} are lost`,
  by_error: (of) =>
    `${none(of) ? 'none' : `${of.limit} ${figure(of.number)}`} of the ${of.subject} end in ‘${of.key ?? ''}’`,
  first_failure_after_s: after((of) => `the first failure of ${of.subject} comes`),
  changed_after_s: after((of) => `${of.subject} changes`),
  replaced_after_s: after((of) => `${of.subject} are replaced`),
  all_gone_after_s: after((of) => `${of.subject} are all gone`),
  fired_after_s: after((of) => `the alert ${of.key ?? ''} fires`),
  delivered_after_s: after((of) => `the alert ${of.key ?? ''} is delivered`),
  resolved_after_s: after((of) => `the alert ${of.key ?? ''} is resolved`),
  recovered_after_s: after(() => 'everything is steady again'),
  undone_after_s: after(() => 'everything is undone'),
  first_after_s: after((of) => `the first ${of.subject} comes`),
  lost: (of) => `${whole('acknowledged writes')(of)} are lost`,
  duplicated: (of) => `${whole('writes')(of)} are there twice`,
  last: (of) => (of.operator === '==' ? `${of.subject} is ${of.literal} in the end` : undefined),
  min: bounds,
  max: bounds,
};

/** `votes.by_error["reset"] + votes.by_error["closed"] >= 1`, said as one: of kinds of errors alone. */
function sumOfErrors(text: string): string | undefined {
  const [, sum = '', rest = ''] = /^([^<>=!]+\+[^<>=!]+)((?:<|>|=|!).*)$/.exec(text.trim()) ?? [];
  const parts = sum.split('+').map((part) => parse(`${part.trim()} ${rest}`));
  const [first] = parts;
  if (first === undefined) return undefined;
  const isAlike = parts.every(
    (one) => one?.measure === 'by_error' && one.subject === first.subject && one.window === first.window,
  );
  if (!isAlike) return undefined;
  return inClause({ ...first, key: parts.map((one) => one?.key ?? '').join('’ or ‘') });
}

function clause(text: string): string | undefined {
  const parsed = parse(text);
  return parsed === undefined ? sumOfErrors(text) : inClause(parsed);
}

function inClause(parsed: Comparison): string | undefined {
  const number = Number(parsed.literal);
  const limit = operators[parsed.operator] ?? parsed.operator;
  if (Number.isNaN(number) && parsed.measure !== 'last') return undefined;
  const words = phrases[parsed.measure]?.({ ...parsed, limit, number });
  const window = parsed.window === undefined ? '' : ` ${windows[parsed.window] ?? ''}`;
  return words === undefined ? undefined : `${words}${window}`;
}

/** An expression in words, where it is simple enough to say; the reader gets the expression beside it anyway. */
export function inWords(expression: string): string | undefined {
  if (/\|\||[!?]\s*\(|^\s*\(/.test(expression)) return undefined;
  const clauses = expression.split('&&').map(clause);
  return clauses.every((text) => text !== undefined) ? clauses.join(', and ') : undefined;
}

/** A confidence as people say it. */
export function sureness(confidence: number | undefined): string {
  if (confidence === undefined) return 'no confidence given';
  if (confidence >= 0.95) return 'almost certain';
  if (confidence >= 0.85) return 'very sure';
  if (confidence >= 0.75) return 'quite sure';
  if (confidence > 0.55) return 'rather sure';
  return confidence >= 0.45 ? 'a coin toss' : 'rather not';
}

/** What a measure's text says of its unit: the bare name, without window, series and key. */
export const bareName = (text: string): string =>
  text
    .replace(/\[.*\]|\(.*\)/g, '')
    .split('.')
    .at(-1) ?? text;
