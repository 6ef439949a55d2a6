import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../reach/random.ts';
import { answerOf, choicesOf } from './riddle.ts';

const plan = (faults: { fault: string; params: object }[], text = 'POST http://x at 50/s, timeout 2 s') =>
  ({ experiment: { faults }, watched: [{ name: 'votes', text }] }) as unknown as Parameters<
    typeof answerOf
  >[0];

test('an answer says the fault with its settings, or the load where nothing was broken', () => {
  expect(
    answerOf(plan([{ fault: 'kubernetes.deployment.env', params: { set: { ERROR_RATE: '0.2' } } }])),
  ).toBe('kubernetes.deployment.env (ERROR_RATE=0.2)');
  expect(
    answerOf(
      plan([
        { fault: 'a', params: {} },
        { fault: 'b', params: { replicas: 1 } },
      ]),
    ),
  ).toBe('a, then b (replicas=1)');
  const votes = { rate: 20, json: { option: { pick: ['Rust', 'Go'] } } };
  expect(answerOf(plan([{ fault: 'http.load', params: votes }]))).toBe(
    'http.load (rate=20, option={"pick":["Rust","Go"]})',
  );
  expect(answerOf(plan([]))).toBe('nothing: only the load, at 50/s');
});

test('the right answer is always among the choices, once, and the same seed draws the same list', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string(), { maxLength: 9 }), fc.string(), (right, known, seed) => {
      const choices = choicesOf(right, known, seededRandom(seed, 'quiz'));
      expect(choices.filter((one) => one === right)).toHaveLength(1);
      expect(new Set(choices).size).toBe(choices.length);
      expect(choices).toHaveLength(5);
      expect(choicesOf(right, known, seededRandom(seed, 'quiz'))).toEqual(choices);
    }),
  );
});
