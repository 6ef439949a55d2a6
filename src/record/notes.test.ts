import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFolder } from './fixtures/folder.ts';
import { handClock, must, START_MS, signals } from './fixtures/run.ts';
import { appendNote } from './notes.ts';
import { openRecording } from './reader.ts';
import { createRedactor } from './redact.ts';
import { createRecording } from './writer.ts';

function begin() {
  const directory = runFolder();
  const clock = handClock();
  const redact = createRedactor([]);
  return {
    directory,
    clock,
    writer: must(createRecording(directory, { signals, clock, redact, uptime_s: () => undefined })),
  };
}
const notesOf = (directory: string): unknown => {
  const recording = must(openRecording(directory));
  recording.close();
  return recording.timeline.notes;
};

test('a note stands at its wall time, in a living run and in a finished one', () => {
  const { directory, clock, writer } = begin();
  expect(appendNote(directory, 'while it runs', START_MS + 3_000)).toEqual({ ok: true, value: 3e9 });
  clock.t = 20e9;
  // The wall clock is set an hour ahead; the next anchor knows.
  writer.mark({ is: 'anchor', t: 20e9, wall_ms: START_MS + 20_000 + 3_600_000 });
  writer.mark({ is: 'ended', t: 20e9 });
  must(writer.close());
  const later = appendNote(directory, 'see amqp://u:geheim@queue', START_MS + 3_600_000 + 25_000);
  expect(later).toEqual({ ok: true, value: 25e9 });
  expect(notesOf(directory)).toEqual([
    { t: 3e9, text: 'while it runs' },
    { t: 25e9, text: 'see amqp://u:[secret]@queue' },
  ]);
  expect(readdirSync(directory).sort()).toEqual(['plan.json', 'recording.db', 'undo']);
});

test('a note from before the run, or to what is no run, is refused', () => {
  const { directory, writer } = begin();
  must(writer.close());
  expect(appendNote(directory, 'x', START_MS - 60_000)).toMatchObject({
    ok: false,
    problem: { code: 'usage' },
  });
  expect(notesOf(directory)).toEqual([]);
  expect(appendNote(join(directory, 'no'), 'x', START_MS)).toMatchObject({
    ok: false,
    problem: { code: 'recording-broken' },
  });
});
