import { parse } from 'shell-quote';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';

/** Quotes that are closed; a backslash takes the meaning of what follows. */
const CLOSED = /^(?:[^'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")*$/;
const CONTINUED = /\\\r?\n/g;

/** The words of one command line, as a shell splits it. What a shell would replace or run is a Problem: we cannot know it. */
export function wordsOf(line: string): Result<string[], Problem> {
  const text = line.replaceAll(CONTINUED, ' ');
  if (!CLOSED.test(text)) return fail(notPlain('a quote is opened and never closed'));
  const parts = parse(text, (name) => ({ op: `$${name}` }));
  const words: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') words.push(part);
    else if ('comment' in part) return fail(notPlain(`there is a comment: #${part.comment}`));
    else if ('pattern' in part) return fail(notPlain(`\`${part.pattern}\` stands for names of files`));
    else return fail(notPlain(`\`${part.op}\` is for the shell`));
  }
  // shell-quote leaves backquotes as they are, quoted or not.
  if (words.some((word) => word.includes('`'))) return fail(notPlain('it has a command in backquotes'));
  return ok(words);
}

const notPlain = (what: string): Problem => ({
  code: 'usage',
  message: `this is not one plain command: ${what}`,
  fix: 'Give one command line with its values written out, quoted as for a shell.',
});
