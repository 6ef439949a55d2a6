import { expect, test } from 'vitest';
import { goodSystem, loadTexts } from '../fake-files.ts';
import { resolvedFiles } from '../resolved.ts';

const withSlo = (text: string): string => `${goodSystem}slo:\n  voting: { ${text} }\n`;

const loaded = (text: string) => loadTexts({ system: withSlo(text) });

const problemsOf = (text: string) => {
  const result = loaded(text);
  if (result.ok) throw new Error('the file is right');
  return result.problem;
};

test('an objective is read, for 30 days unless told', () => {
  const result = loaded('signal: votes, objective: 99.9%, within: 300ms');
  expect(result).toMatchObject({
    ok: true,
    value: {
      system: {
        slo: [
          { name: 'voting', signal: 'votes', objective_percent: 99.9, within_ms: 300, window_s: 2_592_000 },
        ],
      },
    },
  });
  expect(loaded('signal: votes, objective: 99%, window: 4w')).toMatchObject({
    value: { system: { slo: [{ window_s: 2_419_200 }] } },
  });
});

test('a system without one has none, and its default window is written into the recording', () => {
  const plain = loadTexts();
  expect(plain.ok && plain.value.system).not.toHaveProperty('slo');
  const result = loaded('signal: votes, objective: 99.9%');
  expect(result.ok && resolvedFiles(result.value).system).toContain('window: 30d');
});

test.each([
  ['signal: vots, objective: 99%', 'name-unknown', 'there is no signal `vots`', 'Write `votes`.'],
  [
    'signal: backends, objective: 99%',
    'field-wrong',
    'the signal `backends` has no operations',
    'Write `votes`.',
  ],
  ['signal: votes, objective: 100%', 'field-wrong', 'leaves no error budget', 'Write less, such as `99.9%`.'],
  ['signal: votes, objective: 0.999%', 'field-wrong', '0.999% is too small', 'Write 50% or more.'],
  ['signal: votes, objective: 99.9', 'field-wrong', 'a percentage needs a unit', 'Write `99.9%`.'],
  ['signal: votes, objective: 99%, window: 30', 'field-wrong', 'a period needs a unit', 'Write `30d`.'],
  ['signal: votes, objective: 99%, whithin: 1s', 'field-unknown', 'there is no `whithin`', 'Write `within`.'],
])('%s: %s, with its place and what to write', (...row) => {
  const [text, code, message, fix] = row;
  const [problem, ...others] = problemsOf(text);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ code, message: expect.stringContaining(message), fix });
  expect(problem?.at).toMatchObject({
    file: expect.stringContaining('system.yaml'),
    line: goodSystem.split('\n').length + 1,
  });
});

test('an objective on a signal that is itself wrong adds nothing', () => {
  const system = withSlo('signal: votes, objective: 99%').replace('rate: 50/s', 'rate: 50');
  const result = loadTexts({ system });
  expect(!result.ok && result.problem.map(({ message }) => message)).toEqual([
    expect.stringContaining('a rate needs a unit'),
  ]);
});

test('how often the system scrapes is read', () => {
  const result = loadTexts({ system: `${goodSystem}monitoring: { scrape_interval: 30s }\n` });
  expect(result).toMatchObject({ value: { system: { monitoring: { scrape_interval_s: 30 } } } });
});
