import { fail, ok, type Result } from '../../model/result.ts';

/** One value of one labelled metric. Its own timestamp, where it has one, is not kept. */
export interface Sample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

const metricTypes = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const;

export type MetricType = (typeof metricTypes)[number];

export interface Exposition {
  samples: Sample[];
  /** What `# TYPE` lines say, by the name that they name. */
  types: ReadonlyMap<string, MetricType>;
}

/** A line that is not of the format; lines count from 1. */
export interface BrokenLine {
  line: number;
  why: string;
}

/**
 * Reads the text exposition format 0.0.4, wholly or not at all: a page that is broken in one line may be broken off.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format).
 */
export function parseExposition(text: string): Result<Exposition, BrokenLine> {
  const samples: Sample[] = [];
  const types = new Map<string, MetricType>();
  for (const [index, line] of text.split('\n').entries()) {
    const start = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    if (start === line.length) continue;
    if (line.endsWith('\r')) return fail({ line: index + 1, why: 'it ends with a carriage return' });
    const why = line[start] === '#' ? readComment(line, types) : readSample(line, start, samples);
    if (why !== undefined) return fail({ line: index + 1, why });
  }
  return ok({ samples, types });
}

/** `# TYPE name type`, `# HELP name text`, or a comment. Says what is wrong. */
function readComment(line: string, types: Map<string, MetricType>): string | undefined {
  const [, word, name = '', rest = ''] =
    /^[ \t]*#[ \t]*(HELP|TYPE)(?:[ \t]+(\S+))?(?:[ \t]+(.*))?$/.exec(line) ?? [];
  if (word === undefined) return undefined;
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) return `${word} names no metric`;
  if (word === 'HELP') return undefined;
  const said = rest.trim();
  const type = metricTypes.find((known) => known === said);
  if (type === undefined) return `\`${excerpt(said)}\` is no type of metric`;
  const before = types.get(name);
  if (before !== undefined && before !== type) return `${name} was a ${before} before and is a ${type} here`;
  types.set(name, type);
  return undefined;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*/y;
const OPEN = /[ \t]*\{/y;
const CLOSE = /[ \t]*\}/y;
const VALUE = /[ \t]*(\S+)(?:[ \t]+([+-]?\d+))?[ \t]*$/y;

/** `name{label="value",…} value timestamp`. Says what is wrong. */
function readSample(line: string, start: number, samples: Sample[]): string | undefined {
  const name = match(NAME, line, start);
  if (name === undefined) return `\`${excerpt(line.slice(start))}\` does not begin with the name of a metric`;
  const labels = new Map<string, string>();
  const read = readLabels(line, start + name[0].length, labels);
  if (typeof read === 'string') return read;
  const rest = line.slice(read);
  const value = match(VALUE, line, read);
  const number = value === undefined ? undefined : numberOf(value[1] ?? '');
  const apart = read > start + name[0].length || /^[ \t]/.test(rest);
  if (number === undefined || !apart)
    return `\`${excerpt(rest.trim())}\` is no value, with or without a timestamp`;
  samples.push({ name: name[0], labels, value: number });
  return undefined;
}

/** Reads `{…}` where there is one; where it ends, or what is wrong. */
function readLabels(line: string, start: number, labels: Map<string, string>): number | string {
  const open = match(OPEN, line, start);
  if (open === undefined) return start;
  let at = start + open[0].length;
  for (;;) {
    const close = match(CLOSE, line, at);
    if (close !== undefined) return at + close[0].length;
    const label = match(LABEL, line, at);
    if (label === undefined) return `\`${excerpt(line.slice(at).trim())}\` is no label`;
    const [whole, name = '', escaped = ''] = label;
    const value = unescaped(escaped);
    if (value === undefined)
      return `\`${excerpt(escaped)}\` has a backslash before another letter than \\, " or n`;
    if (labels.has(name)) return `it has the label ${name} twice`;
    labels.set(name, value);
    at += whole.length;
    if (line[at] === ',') at += 1;
    else if (line[at] !== '}') return `after the label ${name} a comma or } is missing`;
  }
}

function match(pattern: RegExp, line: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line) ?? undefined;
}

const escapes: Record<string, string> = { '\\': '\\', '"': '"', n: '\n' };

function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  if (/\\(?![\\"n])/.test(text.replaceAll('\\\\', ''))) return undefined;
  return text.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? '');
}

/** As Go's ParseFloat, without its hexadecimal numbers. */
function numberOf(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word.toLowerCase() === 'nan') return sign === '' ? Number.NaN : undefined;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
