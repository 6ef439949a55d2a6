import { expect, test } from 'vitest';
import { type Judged, markOf } from './health.ts';

const words = { words: 'It was out', calm: 'It never was out.' };

/** One letter each second from -2 on: `o` out, `.` in, `?` not observed. */
const seconds = (letters: string): Judged[] =>
  [...letters].map((letter, index) => ({
    from: index - 2,
    to: index - 1,
    out: letter === '?' ? null : letter === 'o',
  }));

test.each([
  ['oo..........', 'healthy'],
  ['....o.......', 'warning'],
  ['..ooooo.....', 'warning'],
  ['..oooooo....', 'critical'],
  ['..oo...oo...', 'warning'],
  ['..........oo', 'critical'],
  ['..??????....', 'not judged'],
  ['..??....o...', 'warning'],
  ['..', 'not judged'],
] as const)('%s is %s', (letters, health) => {
  expect(markOf(seconds(letters), words).health).toBe(health);
});

test('says for how long, and in how many stretches', () => {
  expect(markOf(seconds('..oo..o....'), words).why).toBe('It was out for 3 s, in 2 stretches.');
  expect(markOf(seconds('..........oo'), words).why).toBe('It was out for 2 s, and still at the end.');
});
