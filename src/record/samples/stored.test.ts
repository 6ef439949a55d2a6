import { expect, test } from 'vitest';
import { runFolder } from '../fixtures/folder.ts';
import { handClock, must, signals } from '../fixtures/run.ts';
import { openRecording } from '../reader.ts';
import { createRedactor } from '../redact.ts';
import { createRecording } from '../writer.ts';

test('a recording keeps why a signal did not observe, cut to the span that is asked for', () => {
  const directory = runFolder();
  const clock = handClock();
  const redact = createRedactor([]);
  const writer = must(createRecording(directory, { signals, clock, redact, uptime_s: () => undefined }));
  const backends = writer.sink('backends');
  const at = (second: number, act: () => void): void => {
    clock.t = second * 1e9;
    act();
  };
  at(1, () => backends.observing());
  at(4, () => backends.blind('the watch was cut off'));
  at(6, () => backends.observing());
  at(9, () => backends.blind('the API did not answer'));
  at(10, () => must(writer.close()));
  const recording = must(openRecording(directory));
  const why = (from: number, to: number): unknown =>
    recording.samples.whyBlind?.('backends.ready', { from: from * 1e9, to: to * 1e9 });
  expect(why(0, 20)).toEqual([
    { from: 0, to: 1e9, why: 'it did not observe yet' },
    { from: 4e9, to: 6e9, why: 'the watch was cut off' },
    { from: 9e9, to: 10e9, why: 'the API did not answer' },
  ]);
  expect(why(5, 8)).toEqual([{ from: 5e9, to: 6e9, why: 'the watch was cut off' }]);
  expect(why(2, 3)).toEqual([]);
  expect(recording.samples.whyBlind?.('no.such', { from: 0, to: 9e9 })).toEqual([]);
  recording.close();
});
