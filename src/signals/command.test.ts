import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { RunningSignal } from '../model/contracts/signal.ts';
import { ok, type Result } from '../model/result.ts';
import { localHost } from '../reach/hosts/local.ts';
import { worldOf } from '../reach/world.ts';
import { command, numberOf } from './command.ts';
import { contextOf } from './fake-context.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const within = { timeout: 15_000 };

async function begin(config: object): Promise<{ sink: FakeSink; started: Result<RunningSignal> }> {
  const sink = fakeSink();
  const world = worldOf({ host: () => ok(localHost('here', [])) });
  const started = await command.start(
    { ...contextOf(sink), world },
    command.config.parse({ every: '500ms', ...config }),
  );
  if (started.ok) onTestFinished(() => started.value.stop());
  return { sink, started };
}

function newFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'value');
  writeFileSync(file, text);
  return file;
}

test('a number; where it prints none we are blind until it does again', async () => {
  const file = newFile('1.5\n');
  const { sink } = await begin({ run: `cat ${file}`, as: 'number', host: 'here' });
  expect(sink.last('value')).toBe(1.5);
  writeFileSync(file, 'oops');
  await expect.poll(() => sink.said.at(-1), within).toMatchObject({ why: expect.stringContaining('oops') });
  expect(sink.last('value')).toBe(null);
  writeFileSync(file, '-2e3');
  await expect.poll(() => sink.said.at(-1)?.is, within).toBe('observing');
  expect(sink.last('value')).toBe(-2_000);
});

test('a text, from here', async () => {
  const file = newFile('leader\n');
  const { sink } = await begin({ run: `cat ${file}`, as: 'text' });
  expect(sink.last('value')).toBe('leader');
  writeFileSync(file, 'follower');
  await expect.poll(() => sink.last('value'), within).toBe('follower');
  const change = sink.points.find(({ value }) => value === 'follower');
  expect(change?.since).toBeLessThan(change?.t ?? 0);
});

test('how it ends, with its text; not to end in time is to fail', async () => {
  const file = newFile('exit 0');
  const { sink } = await begin({ run: `. ${file}`, as: 'exit', timeout: '300ms' });
  expect(sink.last('value')).toBe('ok');
  writeFileSync(file, 'echo no quorum >&2; exit 3');
  await expect.poll(() => sink.last('value'), within).toBe('failed');
  writeFileSync(file, 'exit 0');
  await expect.poll(() => sink.last('value'), within).toBe('ok');
  writeFileSync(file, 'sleep 30');
  await expect.poll(() => sink.last('value'), within).toBe('failed');
  expect(sink.events.map(({ type, detail }) => [type, detail['exit'], detail['text']])).toEqual([
    ['failed', 3, 'no quorum'],
    ['ok', 0, ''],
    ['failed', undefined, 'it had not ended after 0.3 s'],
  ]);
});

test('what never gives a number does not start', async () => {
  const { started } = await begin({ run: 'echo many', as: 'number' });
  expect(started).toMatchObject({
    problem: { code: 'signal-failed', message: expect.stringContaining('many') },
  });
});

test('its settings', () => {
  const parses = (config: object): boolean => command.config.safeParse(config).success;
  expect(parses({ run: 'true', as: 'exit' })).toBe(true);
  for (const wrong of [{ run: 'true' }, { run: ' ', as: 'exit' }, { run: 'x', as: 'exit', timeout: '6s' }])
    expect(parses(wrong), JSON.stringify(wrong)).toBe(false);
});

test('property: every finite number is read as it is, and nothing else is one', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(finite, (value) => {
      expect(numberOf(String(value))).toBe(value + 0);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = numberOf(text);
      if (value !== undefined) expect(Number.isFinite(value) && /^[-+.\deE]+$/.test(text)).toBe(true);
    }),
  );
  for (const text of ['', 'NaN', 'Infinity', '0x10', '1e999', '1 2', '1_000'])
    expect(numberOf(text)).toBe(undefined);
});
