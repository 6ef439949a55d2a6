import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { parseDuration } from '../../model/units.ts';
import { wordsOf } from './words.ts';

/** Whether a flag of ChaosBlade takes a value. */
export type FlagKind = 'value' | 'switch';

/** One command line of ChaosBlade, taken apart. */
export interface BladeCommand {
  target: string;
  action: string;
  flags: ReadonlyMap<string, string>;
  sudo: boolean;
  /** The line itself, as it may stand in a comment. */
  text: string;
}

/** Flags of every action: its life cycle, and the way to the host. */
export const commonFlags: Readonly<Record<string, FlagKind>> = {
  timeout: 'value',
  uid: 'value',
  async: 'switch',
  endpoint: 'value',
  debug: 'switch',
  channel: 'value',
  'ssh-host': 'value',
  'ssh-user': 'value',
  'ssh-port': 'value',
  'ssh-key': 'value',
  'blade-release': 'value',
  'override-blade-release': 'switch',
  'install-path': 'value',
};

const short: Readonly<Record<string, string>> = { a: 'async', e: 'endpoint', d: 'debug' };

/** Which flags an action has; undefined for an action that is not known. */
export type FlagsOf = (target: string, action: string) => Readonly<Record<string, FlagKind>> | undefined;

/** `sudo ./blade c TARGET ACTION --flag value`: splits it and sorts its flags; what is none of them is a Problem. */
export function bladeCommand(line: string, flagsOf: FlagsOf): Result<BladeCommand, Problem> {
  const split = wordsOf(line);
  if (!split.ok) return split;
  const called = afterBlade(split.value);
  if (!called.ok) return called;
  const { sudo, words } = called.value;
  const [target, action, ...rest] = words;
  if (target === undefined || action === undefined || target.startsWith('-') || action.startsWith('-'))
    return fail(noFault());
  const known = flagsOf(target, action);
  const flags =
    known === undefined ? ok(new Map<string, string>()) : readFlags(rest, { ...commonFlags, ...known });
  if (!flags.ok) return flags;
  return ok({ target, action, flags: flags.value, sudo, text: shownLine(line) });
}

const SUDO_SWITCH = /^-[nEHSkb]+$/;

/** What follows `blade create`. */
function afterBlade(words: readonly string[]): Result<{ sudo: boolean; words: string[] }, Problem> {
  const sudo = words[0] === 'sudo';
  let rest = sudo ? words.slice(1) : [...words];
  if (sudo) while (SUDO_SWITCH.test(rest[0] ?? '')) rest = rest.slice(1);
  const [program = '', verb = ''] = rest;
  if (program !== 'blade' && !program.endsWith('/blade')) return fail(noBlade(program));
  if (verb !== 'create' && verb !== 'c') return fail(otherVerb(verb));
  return ok({ sudo, words: rest.slice(2) });
}

function readFlags(
  words: readonly string[],
  known: Readonly<Record<string, FlagKind>>,
): Result<Map<string, string>, Problem> {
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word.startsWith('--ssh-key-passphrase')) return fail(passphrase);
    const [, dashes = '', written = '', given] = /^(--?)([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const name = dashes === '-' ? short[written] : written;
    const kind = name === undefined || !Object.hasOwn(known, name) ? undefined : known[name];
    if (name === undefined || kind === undefined) return fail(unknownFlag(word, known));
    if (flags.has(name)) return fail(twice(name));
    const takesNext = kind === 'value' && given === undefined;
    const value = takesNext ? words[at + 1] : (given ?? 'true');
    if (value === undefined) return fail(noValue(name));
    if (takesNext) at += 1;
    if (kind === 'switch' && value !== 'true' && value !== 'false') return fail(noSwitch(name, value));
    if (value !== 'false' || kind === 'value') flags.set(name, value);
  }
  return ok(flags);
}

/** `--timeout 60` (seconds) or a duration of Go such as `1m30s`, in seconds. */
export function bladeDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const parts = text.match(/\d+(?:\.\d+)?(?:ms|s|m|h)/g) ?? [];
  if (parts.length === 0 || parts.join('') !== text) return undefined;
  const seconds = parts.map((part) => parseDuration(part));
  return seconds.reduce((sum, one) => sum + (one.ok ? one.value : Number.NaN), 0);
}

/** The line for a comment: on one line. */
const shownLine = (line: string): string =>
  line
    .replaceAll(/\\?\s+/g, ' ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach a file or a terminal.
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .trim();

const noBlade = (program: string): Problem => ({
  code: 'usage',
  message: 'this is no command of ChaosBlade',
  found: program,
  expected: 'blade create TARGET ACTION --flag value, also as `sudo ./blade c …`',
  fix: 'Give the whole command line in quotes.',
});

const otherVerbs: Readonly<Record<string, string>> = {
  destroy: '`aftershock stop` undoes and ends a run, `aftershock heal` what dead runs left behind',
  d: '`aftershock stop` undoes and ends a run, `aftershock heal` what dead runs left behind',
  status: '`aftershock runs` lists every run with its verdict',
  s: '`aftershock runs` lists every run with its verdict',
  check: '`aftershock plan FILE` says what is missing on a host',
};

const otherVerb = (verb: string): Problem => ({
  code: 'usage',
  message: verb === '' ? 'it does not say what blade shall do' : `\`blade ${verb}\` makes no fault`,
  expected: 'blade create (or blade c)',
  fix: `Give a command that creates one${verb in otherVerbs ? `; ${otherVerbs[verb]}` : ''}.`,
});

const noFault = (): Problem => ({
  code: 'usage',
  message: 'it does not say which fault: a target and an action are missing',
  expected: 'blade create TARGET ACTION, such as `blade create cpu fullload`',
  fix: 'Give the whole command line in quotes.',
});

const passphrase: Problem = {
  code: 'usage',
  message: 'a passphrase is not carried over',
  fix: 'Load the key into your ssh agent (`ssh-add`), and leave the flag out.',
};

const unknownFlag = (word: string, known: Readonly<Record<string, FlagKind>>): Problem => ({
  code: 'usage',
  message: `we do not know what \`${word}\` means here, and leave nothing out`,
  found: word,
  expected: Object.keys(known)
    .map((name) => `--${name}`)
    .join(' '),
  fix: 'Take it out if the fault is the same without it.',
});

const twice = (name: string): Problem => ({
  code: 'usage',
  message: `\`--${name}\` is given twice`,
  fix: 'Keep the one that counts.',
});

const noValue = (name: string): Problem => ({
  code: 'usage',
  message: `\`--${name}\` has no value`,
  fix: `Write it: \`--${name} VALUE\`.`,
});

const noSwitch = (name: string, value: string): Problem => ({
  code: 'usage',
  message: `\`--${name}\` is a switch, and \`${value}\` is neither true nor false`,
  fix: `Write \`--${name}\`, or leave it out.`,
});
