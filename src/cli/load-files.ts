import { withoutPasswords } from '../files/read/shown.ts';
import type { Problem, Result } from '../model/result.ts';
import { fail, ok } from '../model/result.ts';
import type { FileTrouble } from '../reach/files.ts';

/** What `aftershock load` is told, as it stands on the command line. */
export interface LoadAsked {
  url: string;
  rate: string;
  for: string;
  method?: string;
  /** JSON, which may hold `{ pick: [...] }`. */
  json?: string;
  body?: string;
  /** `name: value`. */
  header?: readonly string[];
  timeout?: string;
  connections?: string;
  expect?: string;
  /** Expressions. */
  predict?: readonly string[];
  name?: string;
}

/** The name of the load's signal, as predictions name it. */
const SIGNAL = 'load';

/** A line of one of the two files, and the part of the command line that it comes from. */
interface Line {
  text: string;
  from: string;
}

/** The two files that a load by itself would be written as: one path for all that is wrong in either. */
export interface LoadFiles {
  experiment: string;
  system: string;
  read: (path: string) => Result<string, FileTrouble>;
  /** A problem of the loader, told of the command line instead of a file that nobody wrote. */
  told: (problem: Problem) => Problem;
}

const EXPERIMENT = 'aftershock load';
const SYSTEM = 'aftershock load, its system';

/** Writes a load by itself as an experiment without faults and its system; what they mean is for the loader to say. */
export function loadFiles(asked: LoadAsked): LoadFiles {
  const files: Record<string, readonly Line[]> = {
    [EXPERIMENT]: experimentLines(asked),
    [SYSTEM]: systemLines(asked),
  };
  return {
    experiment: EXPERIMENT,
    system: SYSTEM,
    read: (path) => {
      const lines = files[path];
      return lines === undefined
        ? fail({ code: 'ENOENT', text: `no such file: ${path}` })
        : ok(lines.map(({ text }) => `${text}\n`).join(''));
    },
    told: (problem) => {
      const { at, ...rest } = problem;
      const line = at?.line === undefined ? undefined : files[at.file]?.[at.line - 1];
      return line === undefined ? rest : { ...rest, at: { file: line.from } };
    },
  };
}

/** JSON is YAML; a value stays on its line, so that a problem in it is found by the line. */
const json = (value: unknown): string => JSON.stringify(value);

function experimentLines(asked: LoadAsked): Line[] {
  const title = asked.name ?? `Load on ${placeOf(asked.url)}`;
  const predictions = asked.predict ?? [];
  return [
    { text: `title: ${json(title)}`, from: '--name' },
    { text: `question: ${json(`What does it do at ${asked.rate} for ${asked.for}?`)}`, from: '--rate' },
    { text: 'faults: []', from: 'aftershock load' },
    ...(predictions.length === 0 ? [] : [{ text: 'predict:', from: '--predict' }]),
    ...predictions.map((expect, index) => ({
      text: `  - { id: expected-${index + 1}, expect: ${json(expect)} }`,
      from: `--predict ${expect}`,
    })),
    { text: 'timing:', from: '--for' },
    { text: `  baseline: ${json(asked.for)}`, from: `--for ${asked.for}` },
    // Nothing is judged over a sliding window here; the shortest allows the shortest load.
    { text: '  sliding: 1s', from: '--for' },
    { text: '  watch: 0s', from: '--for' },
  ];
}

function systemLines(asked: LoadAsked): Line[] {
  const optional = (key: string, value: unknown, from: string): Line[] =>
    value === undefined ? [] : [{ text: `      ${key}: ${json(value)}`, from }];
  const { header = [], method, connections, expect } = asked;
  return [
    { text: `name: ${json(placeOf(asked.url))}`, from: withoutPasswords(asked.url) },
    { text: 'signals:', from: 'aftershock load' },
    { text: `  ${SIGNAL}:`, from: 'aftershock load' },
    { text: '    http:', from: 'aftershock load' },
    { text: `      url: ${json(asked.url)}`, from: withoutPasswords(asked.url) },
    ...optional('method', method?.toUpperCase(), `--method ${method}`),
    ...(header.length === 0 ? [] : [{ text: '      headers:', from: '--header' }]),
    ...header.map((one) => headerLine(one)),
    ...optional('json', parsed(asked.json), '--json'),
    ...optional('body', asked.body, '--body'),
    ...optional('expect', expect?.split(',').map(statusOf), `--expect ${expect}`),
    ...optional('connections', numberOf(connections), `--connections ${connections}`),
    { text: `    rate: ${json(asked.rate)}`, from: `--rate ${asked.rate}` },
    ...(asked.timeout === undefined
      ? []
      : [{ text: `    timeout: ${json(asked.timeout)}`, from: `--timeout ${asked.timeout}` }]),
  ];
}

function headerLine(header: string): Line {
  const colon = header.indexOf(':');
  const name = header.slice(0, colon).trim();
  const value = header.slice(colon + 1).trim();
  return { text: `        ${json(name)}: ${json(value)}`, from: `--header ${name}` };
}

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : asJson(text).value);

/** What is no JSON is passed on as a text; `loadProblems` says so before. */
function asJson(text: string): { value: unknown; wrong?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { value: text, wrong: error instanceof Error ? error.message : String(error) };
  }
}

/** What is wrong with how the command line is written, before what it means is looked at. */
export function loadProblems({ json: body, header = [] }: LoadAsked): Problem[] {
  const wrong = body === undefined ? undefined : asJson(body).wrong;
  const bodyProblem: Problem = {
    code: 'usage',
    message: 'the body is not JSON',
    at: { file: '--json' },
    found: body ?? '',
    fix: `Quote it for the shell: --json '{"option":{"pick":["Rust","Go"]}}'; --body sends any text.`,
    ...(wrong === undefined ? {} : { cause: wrong }),
  };
  const headerProblems = header
    .filter((one) => !one.includes(':'))
    .map(
      (one): Problem => ({
        code: 'usage',
        message: 'the header has no colon between its name and its value',
        at: { file: '--header' },
        found: one,
        fix: "Write it as --header 'x-team: blue'.",
      }),
    );
  return [...(wrong === undefined ? [] : [bodyProblem]), ...headerProblems];
}

const numberOf = (text: string | undefined): unknown =>
  text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : text;

const statusOf = (text: string): unknown => numberOf(text.trim());

/** Host and path of a URL, without what may be secret; a URL that is none is told as it is. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
