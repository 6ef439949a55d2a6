import { createHash } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';
import { scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from './place.ts';

/** A script of a fault: its text, which is always the same, and the values that it gets as `$1`, `$2` … */
export interface HostText extends JsonObject {
  script: string;
  args: string[];
}

/** A file of `scripts/` with the values that it gets. */
export const hostText = (script: string, args: readonly string[] = []): HostText => ({
  script,
  args: [...args],
});

const head = scriptFile(import.meta.dirname, 'head.sh');
const worker = scriptFile(import.meta.dirname, 'worker.sh');
const boot = scriptFile(import.meta.dirname, 'boot.sh');

/** A value as one word of POSIX sh, whatever it holds; NUL cannot be in one. */
export const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

const TAG_LENGTH = 8;

/** A short name for what an injection makes on a host; hexadecimal. */
export const tagOf = (id: string): string =>
  createHash('sha256').update(id).digest('hex').slice(0, TAG_LENGTH);

/** A script of a fault as it is put on a host: complete, with its values quoted in it. */
export function completeText(id: string, { script, args }: HostText): string {
  const values = [`id=${quoted(id)}`, `tag=${quoted(tagOf(id))}`];
  const words = args.map((value) => ` ${quoted(value)}`).join('');
  return placedScript(...values, head, worker, `set --${words}`, script);
}

/** What takes the record of an injection off its host, as a file beside the record. */
export const cleanText = placedScript('id=', boot, scriptFile(import.meta.dirname, 'clean.sh'));
