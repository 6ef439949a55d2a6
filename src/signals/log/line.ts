import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';

/** `file` or `unit`, its path or name, and `stay` or `check`. */
export const logScript = scriptOf(scriptFile(import.meta.dirname, 'log.sh'));

/** Of a longer line only so much is looked at, in characters. */
export const MOST_LOOKED_AT = 2_000;

export interface LogLine {
  text: string;
  /** When the journal took it, in seconds since 1970 by the host's clock. */
  at_s?: number;
}

/** A line of the script; undefined for a sign of life, and for what is torn. */
export function logLine(raw: string, kind: 'file' | 'unit'): LogLine | undefined {
  if (!raw.startsWith('> ')) return undefined;
  const text = raw.slice(2, 2 + MOST_LOOKED_AT).replace(/\r$/, '');
  if (kind === 'file') return { text };
  // `journalctl -o short-unix`: 1700000000.123456 host program[pid]: message
  const [, at, rest] = /^(\d{9,11}\.\d{1,9}) [^ ]+ (.*)$/s.exec(text) ?? [];
  if (at === undefined || rest === undefined) return text.startsWith('-- ') ? undefined : { text };
  return { text: rest, at_s: Number(at) };
}
