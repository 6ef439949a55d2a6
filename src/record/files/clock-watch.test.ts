import { expect, test } from 'vitest';
import { handClock, START_MS } from '../fixtures/run.ts';
import { watchClock } from './clock-watch.ts';

test('anchors at once, then every ten seconds', () => {
  const clock = handClock();
  const look = watchClock(clock, () => clock.t / 1e9);
  expect(look()).toEqual({ anchor: { t: 0, wall_ms: START_MS } });
  clock.t = 9.9e9;
  expect(look()).toEqual({});
  clock.t = 10e9;
  expect(look()).toEqual({ anchor: { t: 10e9, wall_ms: START_MS + 10_000 } });
  clock.t = 19e9;
  expect(look()).toEqual({});
});

test('sees a step of the wall clock of over a second, either way, and anchors again', () => {
  const clock = handClock();
  const look = watchClock(clock, () => undefined);
  look();
  for (const step_ms of [3_600_000, -5_000]) {
    const from = clock.t;
    clock.t += 250e6;
    clock.step_ms += step_ms;
    expect(look()).toEqual({
      jump: { from, to: clock.t },
      anchor: { t: clock.t, wall_ms: START_MS + clock.t / 1e6 + clock.step_ms },
    });
  }
  clock.t += 250e6;
  clock.step_ms += 900;
  expect(look()).toEqual({});
});

test('sees that the machine slept, even if the wall clock was set back meanwhile', () => {
  const clock = handClock();
  let asleep_s = 0;
  const look = watchClock(clock, () => clock.t / 1e9 + asleep_s);
  look();
  clock.t = 250e6;
  asleep_s = 30;
  expect(look().jump).toEqual({ from: 0, to: 250e6 });
  clock.t = 500e6;
  expect(look()).toEqual({});
});

test('does not take a pause of our own for a jump', () => {
  const clock = handClock();
  const look = watchClock(clock, () => clock.t / 1e9);
  look();
  // Stopped between one clock and the next: the first reading is thrown away.
  let readings = 0;
  const wall = clock.wall.bind(clock);
  clock.wall = () => {
    readings += 1;
    if (readings === 1) clock.t += 60e9;
    return wall();
  };
  clock.t += 250e6;
  expect(look().jump).toBeUndefined();
  expect(readings).toBe(2);
});
