import { type Place, scriptText, told } from './place.ts';

const fingerprint = scriptText('fingerprint.pl');
/** A clock may drift so far, in seconds, and a disk's free space, in bytes: a log grows. */
const DRIFT_S = 2;
const LOG_BYTES = 24 * 1024 * 1024;

/** What a host is like. */
export interface State {
  facts: readonly string[];
  uptime_s: number;
  /** Its clock against ours, in seconds. */
  ahead_s: number;
  free_bytes: number;
}

/**
 * What is private to a record's folder while nothing is in it: a lock that has run out, a renewal of it that was cut
 * off, and the folder itself. `heal` takes them away, and the drill proves that it does.
 */
const inert = (place: Place, line: string): boolean =>
  [place.records, `${place.records}/lock`, `${place.records}/lock.new`].some(
    (path) => line.startsWith('file ') && line.split(' ')[3] === path,
  );

/** Looks at all of it; `also` is a script that prints more facts. */
export async function stateOf(place: Place, also = ''): Promise<State> {
  const from = Date.now();
  const looked = await told(place, `exec perl -e "$1" "$2" "$3"`, [fingerprint, place.scope, place.folder]);
  const lines = looked.split('\n').filter((line) => line !== '');
  const number = (what: string): number =>
    Number(lines.find((line) => line.startsWith(`${what} `))?.slice(what.length + 1) ?? 0);
  const more = also === '' ? [] : (await told(place, also)).split('\n').map((line) => `also ${line}`);
  const facts = lines.filter((line) => !/^(clock|uptime|free) /.test(line) && !inert(place, line));
  return {
    facts: [...facts, ...more].sort(),
    uptime_s: number('uptime'),
    ahead_s: number('clock') - from / 1_000,
    free_bytes: number('free'),
  };
}

/** What is not as it was: `+` is new, `-` is missing. */
export function changed(before: State, after: State): string[] {
  const [was, is] = [counts(before.facts), counts(after.facts)];
  const lines = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((fact) => {
    const more = (is.get(fact) ?? 0) - (was.get(fact) ?? 0);
    return more === 0 ? [] : [`${more > 0 ? '+' : '-'} ${fact}`];
  });
  const moved_s = after.ahead_s - before.ahead_s;
  if (Math.abs(moved_s) > DRIFT_S) lines.push(`~ the clock moved by ${moved_s.toFixed(1)} s`);
  const lost = before.free_bytes - after.free_bytes;
  if (Math.abs(lost) > LOG_BYTES) lines.push(`~ ${lost} bytes of the disk are gone`);
  return lines;
}

function counts(facts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const fact of facts) found.set(fact, (found.get(fact) ?? 0) + 1);
  return found;
}
