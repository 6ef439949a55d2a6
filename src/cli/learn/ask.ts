import { createInterface } from 'node:readline';
import { isCancel, select, text } from '@clack/prompts';
import type { Problem } from '../../model/result.ts';
import type { Terminal } from '../terminal.ts';

export interface Option<T> {
  value: T;
  label: string;
}

/** Asks a person; each answer is undefined where the person gave up, or the input ended. */
export interface Ask {
  choose<T>(question: string, options: readonly Option<T>[]): Promise<T | undefined>;
  number(question: string, range: { min: number; max: number }): Promise<number | undefined>;
  close(): void;
}

/** On a terminal with menus; in a pipe with numbered options and one line an answer. */
export const askOn = (term: Terminal): Ask =>
  process.stdin.isTTY === true && process.stdout.isTTY === true ? menus : lines(term);

const menus: Ask = {
  choose: async <T>(question: string, options: readonly Option<T>[]) => {
    const answer = await select<number>({
      message: question,
      options: options.map(({ label }, index) => ({ value: index, label })),
    });
    return isCancel(answer) ? undefined : options[answer]?.value;
  },
  number: async (question, range) => {
    const answer = await text({
      message: `${question} (${range.min} to ${range.max})`,
      validate: (given) =>
        inRange(given ?? '', range) === undefined
          ? `Write a number from ${range.min} to ${range.max}.`
          : undefined,
    });
    return isCancel(answer) ? undefined : inRange(answer, range);
  },
  close: () => undefined,
};

/** The number that was written, where it is one of the range. */
export function inRange(given: string, { min, max }: { min: number; max: number }): number | undefined {
  const trimmed = given.trim();
  const value = Number(trimmed);
  return trimmed === '' || !(value >= min && value <= max) ? undefined : value;
}

function lines(term: Terminal): Ask {
  const reader = createInterface({ input: process.stdin });
  const iterator = reader[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const line = await iterator.next();
    return line.done === true ? undefined : line.value;
  };
  const until = async <T>(
    read: (line: string) => T | undefined,
    expected: string,
  ): Promise<T | undefined> => {
    for (let line = await next(); line !== undefined; line = await next()) {
      const answer = read(line);
      if (answer !== undefined) return answer;
      term.out(`  (${line.trim() === '' ? 'nothing' : line.trim()} is not ${expected}; once more)`);
    }
    return undefined;
  };
  return {
    choose: (question, options) => {
      term.out([question, ...options.map(({ label }, index) => `  ${index + 1}  ${label}`)].join('\n'));
      const pick = (line: string) => {
        const number = inRange(line, { min: 1, max: options.length });
        return number === undefined || !Number.isInteger(number) ? undefined : options[number - 1];
      };
      return until(pick, `a number from 1 to ${options.length}`).then((picked) => picked?.value);
    },
    number: (question, range) => {
      term.out(`${question} (${range.min} to ${range.max})`);
      return until((line) => inRange(line, range), `a number from ${range.min} to ${range.max}`);
    },
    close: () => reader.close(),
  };
}

/** Nobody answered (any more). */
export const noAnswer: Problem = {
  code: 'confirmation-missing',
  message: 'a question was not answered, so nothing was scored',
  fix: 'Run it again in a terminal, or give one answer a line on standard input.',
};
