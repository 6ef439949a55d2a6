import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attach, picturesOf } from './attachments.ts';
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

/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

test('notes stand in order of time, in a living run and in a finished one; credentials are taken out', () => {
  const { directory, clock, writer } = begin();
  must(appendNote(directory, { t: 3e9, text: 'while it runs' }));
  clock.t = 20e9;
  writer.mark({ is: 'anchor', t: 20e9, wall_ms: START_MS + 20_000 });
  writer.mark({ is: 'ended', t: 20e9 });
  must(writer.close());
  must(appendNote(directory, { t: 1e9, text: 'see amqp://u:geheim@queue', picture: 'a.png' }));
  expect(notesOf(directory)).toEqual([
    { t: 1e9, text: 'see amqp://u:[secret]@queue', picture: 'a.png' },
    { t: 3e9, text: 'while it runs' },
  ]);
});

test('a note to what is no run is refused', () => {
  const { directory, writer } = begin();
  must(writer.close());
  expect(appendNote(join(directory, 'no'), { t: 0, text: 'x' })).toMatchObject({
    ok: false,
    problem: { code: 'recording-broken' },
  });
});

test('pictures are copied under safe new names, by what they hold', () => {
  const directory = runFolder();
  const from = join(runFolder(), 'from');
  mkdirSync(from, { recursive: true });
  const path = join(from, 'my dash board<1>.jpg');
  writeFileSync(path, PNG);
  expect(attach(directory, path)).toEqual({ ok: true, value: 'my-dash-board-1.png' });
  expect(attach(directory, path)).toEqual({ ok: true, value: 'my-dash-board-1-2.png' });
  const notes = [
    { t: 0, text: 'a', picture: 'my-dash-board-1.png' },
    { t: 0, text: 'b', picture: '../../recording.db' },
    { t: 0, text: 'c', picture: 'gone.png' },
  ];
  expect([...picturesOf(directory, notes)]).toEqual([
    ['my-dash-board-1.png', `data:image/png;base64,${PNG.toString('base64')}`],
  ]);
});

test('what is no picture, too large or not there is refused with what to do', () => {
  const directory = runFolder();
  const page = join(directory, 'page.png');
  writeFileSync(page, '<html><script>alert(1)</script>');
  expect(attach(directory, page)).toMatchObject({ ok: false, problem: { code: 'usage' } });
  const large = join(directory, 'large.png');
  writeFileSync(large, Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)]));
  expect(attach(directory, large)).toMatchObject({ ok: false, problem: { found: '11 MiB' } });
  expect(attach(directory, join(directory, 'no.png'))).toMatchObject({
    ok: false,
    problem: { code: 'file-missing' },
  });
});
