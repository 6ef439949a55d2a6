import { meanBrier } from '../../judge/predictions.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { Impact, PredictionVerdict, RunResult } from '../../model/verdict.ts';
import { inWords } from '../../report/words/expectation.ts';
import { duration } from '../../report/words/figures.ts';
import type { Ask } from './ask.ts';

/** What somebody says of one prediction of the experiment: whether it will hold, and how sure they are (0.5 to 1). */
export interface Said {
  id: string;
  expect: string;
  holds: boolean;
  sure: number;
}

/** What somebody expects before, or has seen after. */
export interface Guess {
  said: readonly Said[];
  impact: Exclude<Impact, 'unknown'>;
  /** Seconds from the first injection until it is steady again; 0: it never leaves. */
  recovered_s: number;
}

const impacts = [
  { value: 'none', label: 'none: users notice nothing' },
  { value: 'slow', label: 'slow: answers take much longer, but come' },
  { value: 'failing', label: 'failing: some requests fail' },
  { value: 'both', label: 'both: slow and failing' },
] as const;

const sureness = [0.5, 0.6, 0.7, 0.8, 0.9, 0.99].map((value) => ({
  value,
  label: value === 0.5 ? '50 % (a coin toss)' : `${value * 100} %`,
}));

const LONGEST_S = 3_600;

/** Asks for the prediction, before anything is broken; undefined where somebody gave up. */
export async function askBefore(ask: Ask, experiment: Experiment): Promise<Guess | undefined> {
  const said: Said[] = [];
  for (const { id, expect } of experiment.predict) {
    const words = inWords(expect.text);
    const told = words === undefined ? expect.text : `${words} (${expect.text})`;
    const holds = await ask.choose(`Will this hold? ${told}`, [
      { value: true, label: 'yes, it will hold' },
      { value: false, label: 'no, it will fail' },
    ]);
    const sure = holds === undefined ? undefined : await ask.choose('How sure are you?', sureness);
    if (holds === undefined || sure === undefined) return undefined;
    said.push({ id, expect: expect.text, holds, sure });
  }
  const rest = await askSeen(ask, {
    impact: 'What will users feel?',
    recovered: 'After how many seconds will it be steady again? 0: it stays steady',
  });
  return rest === undefined ? undefined : { said, ...rest };
}

/** Asks what happened, before it is told. */
export const askAfter = (ask: Ask): Promise<Omit<Guess, 'said'> | undefined> =>
  askSeen(ask, {
    impact: 'From what you saw: what did users feel?',
    recovered: 'After how many seconds was it steady again? 0: it stayed steady',
  });

async function askSeen(
  ask: Ask,
  questions: { impact: string; recovered: string },
): Promise<Omit<Guess, 'said'> | undefined> {
  const impact = await ask.choose(questions.impact, impacts);
  if (impact === undefined) return undefined;
  const recovered_s = await ask.number(questions.recovered, { min: 0, max: LONGEST_S });
  return recovered_s === undefined ? undefined : { impact, recovered_s };
}

/** One line of the comparison; `right` is absent where it could not be judged. */
export interface Compared {
  question: string;
  before: string;
  after?: string;
  was: string;
  right?: boolean;
}

/** A guess of a time is right within half of the truth, or within two seconds of it. */
const isNear = (guess: number, truth: number): boolean => Math.abs(guess - truth) <= Math.max(2, truth / 2);

/** Lines up what was predicted, what was seen and what the recording says. */
export function compared(before: Guess, after: Omit<Guess, 'said'>, result: RunResult): Compared[] {
  const recovered = result.measures.find(({ text }) => text === 'recovered_after_s')?.measured;
  const truth =
    recovered?.is === 'value' && typeof recovered.value === 'number' ? recovered.value : undefined;
  const seconds = (value: number): string => (value === 0 ? 'it stays steady' : duration(value));
  return [
    ...before.said.map((one): Compared => {
      const verdict = verdictOf(one, result);
      return {
        question: one.expect,
        before: `${one.holds ? 'holds' : 'fails'}, ${Math.round(100 * one.sure)} % sure`,
        was: verdict,
        ...(verdict === 'unknown' ? {} : { right: (verdict === 'held') === one.holds }),
      };
    }),
    {
      question: 'What users felt',
      before: before.impact,
      after: after.impact,
      was: result.impact,
      ...(result.impact === 'unknown' ? {} : { right: before.impact === result.impact }),
    },
    {
      question: 'Steady again after',
      before: seconds(before.recovered_s),
      after: seconds(after.recovered_s),
      was: truth === undefined ? 'unknown' : seconds(truth),
      ...(truth === undefined ? {} : { right: isNear(before.recovered_s, truth) }),
    },
  ];
}

const verdictOf = (said: Said, result: RunResult): PredictionVerdict =>
  result.predictions.find(({ id }) => id === said.id)?.verdict ?? 'unknown';

/** Mean Brier score of what was said; undefined where nothing could be judged. */
export function brierOf(said: readonly Said[], result: RunResult): number | undefined {
  const scored = said.flatMap((one) => {
    const verdict = verdictOf(one, result);
    if (verdict === 'unknown') return [];
    const probability = one.holds ? one.sure : 1 - one.sure;
    return [{ brier: (probability - (verdict === 'held' ? 1 : 0)) ** 2 }];
  });
  return meanBrier(scored);
}

/** The prediction as a line for the timeline. */
export function inOneLine({ said, impact, recovered_s }: Guess): string {
  const each = said.map(
    ({ id, holds, sure }) => `${id} ${holds ? 'holds' : 'fails'} (${Math.round(100 * sure)} %)`,
  );
  const rest = [
    `users feel: ${impact}`,
    recovered_s === 0 ? 'it stays steady' : `steady again after ${duration(recovered_s)}`,
  ];
  return `Game day, predicted before the fault: ${[...each, ...rest].join('; ')}`;
}
