import { RE2JS } from 're2js';
import { fail, ok, type Result } from '../../model/result.ts';

/** A user's pattern; matching takes time linear in the text, whatever the pattern is (RE2). */
export interface Pattern {
  matches(text: string): boolean;
}

/** Compiles a pattern in RE2's syntax; a failure is what is wrong with it. */
export function compilePattern(text: string): Result<Pattern, string> {
  try {
    const compiled = RE2JS.compile(text);
    return ok({ matches: (line) => compiled.matcher(line).find() });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
