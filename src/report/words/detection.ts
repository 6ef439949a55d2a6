import type { Detection } from '../../model/verdict.ts';

/** What a signal showed, without its name and its time, which stand beside it: `rose from 6.25 ms to 264 ms`. */
export function shown({ text, words }: Detection): string {
  const bare = words.startsWith(`${text} `) ? words.slice(text.length + 1) : words;
  return bare.replace(/, first [^,]* after the first injection\.?$/, '').replace(/\.$/, '');
}
