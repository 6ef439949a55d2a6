import { expect, test } from 'vitest';
import { fakeRun } from './fake/fake-run.ts';
import { quizPage, quizText } from './quiz.ts';

test.each(['kill', 'latency', 'errors', 'scale'] as const)(
  'nothing but the charts tells that it was %s',
  (kind) => {
    const input = fakeRun(kind);
    const { title, question, run } = input.result;
    const [record] = input.result.injections;
    const told = [title, question, run, record?.injection.fault, record?.injection.target.name];
    const short = record?.injection.fault.split('.').slice(-2).join('.');
    for (const text of [quizPage(input), quizText(input, 100)]) {
      for (const secret of [...told, short]) expect(text).not.toContain(secret);
      expect(text).toContain('votes');
    }
  },
);
