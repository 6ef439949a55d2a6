import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Injection, type InjectionStep, injectionSteps } from '../model/injection.ts';
import { injectionOf } from './fixtures/injection.ts';
import { appendStep, journalLines, type OpenInjection, openInjections } from './journal.ts';

const made: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'aftershock-journal-'));
  made.push(path);
  return path;
};
afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});
const path = (directory: string): string => join(directory, 'undo.jsonl');
const child = fileURLToPath(new URL('./fixtures/append.ts', import.meta.url));

const put = (directory: string, injection: Injection, ...steps: InjectionStep[]): void => {
  for (const step of steps)
    expect(appendStep(directory, 'run', { step, injection })).toEqual({ ok: true, value: undefined });
};
const ids = (directory: string): [string, InjectionStep][] =>
  openInjections(directory).map(({ injection, step }) => [injection.id, step]);

describe('the journal', () => {
  test('gives back what is open, newest first, each with its undo and its last step', () => {
    const directory = folder();
    const [a, b, c] = [injectionOf(1), injectionOf(2), injectionOf(3)];
    put(directory, a, 'intent', 'armed', 'acting');
    put(directory, b, 'intent');
    put(
      directory,
      c,
      'intent',
      'armed',
      'acting',
      'acted',
      'effective',
      'undoing',
      'undone',
      'recovered',
      'closed',
    );
    put(directory, a, 'acted');
    expect(openInjections(directory)).toMatchObject([
      { injection: b, step: 'intent' },
      { injection: a, step: 'acted' },
    ]);
    appendStep(directory, 'heal', { step: 'closed', injection: a, evidence: 'as before' });
    expect(ids(directory)).toEqual([[b.id, 'intent']]);
    expect(journalLines(directory).at(-1)).toMatchObject({
      by: 'heal',
      step: 'closed',
      evidence: 'as before',
    });
  });

  test('keeps payloads out of the lines and away from others', () => {
    const directory = folder();
    put(directory, { ...injectionOf(1), undo: { password: 'canary-9f81' } }, 'intent', 'armed');
    expect(readFileSync(path(directory), 'utf8')).not.toContain('canary-9f81');
    expect(statSync(path(directory)).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'undo')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'undo', 'r.kill.1.json')).mode & 0o777).toBe(0o600);
  });

  test('says if a payload is not what was written, and does not make one up', () => {
    for (const damage of [
      (file: string) => rmSync(file),
      (file: string) => writeFileSync(file, '{"replicas":0}'),
    ]) {
      const directory = folder();
      put(directory, injectionOf(1), 'intent');
      damage(join(directory, 'undo', 'r.kill.1.json'));
      const [open] = openInjections(directory);
      expect(open).toMatchObject({
        injection: { id: 'r.kill.1', undo: {} },
        damaged: { code: 'undo-failed' },
      });
    }
  });

  test('keeps a payload in its folder, whatever its injection is called', () => {
    const directory = folder();
    const odd = { ...injectionOf(1), id: '../../x/é' };
    put(directory, odd, 'intent');
    expect(openInjections(directory)).toMatchObject([{ injection: odd }]);
    expect(statSync(join(directory, 'undo', `${encodeURIComponent(odd.id)}.json`)).isFile()).toBe(true);
  });

  test('is empty where there is none', () => {
    expect(openInjections(folder())).toEqual([]);
  });

  test('never holds a line that it cannot read back', () => {
    const directory = folder();
    const broken = { ...injectionOf(1), deadline_s: Number.NaN };
    expect(() => appendStep(directory, 'run', { step: 'intent', injection: broken })).toThrow('internal');
    expect(openInjections(directory)).toEqual([]);
  });

  test('refuses where it cannot write, so that nothing is injected', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(appendStep(file, 'run', { step: 'intent', injection: injectionOf(1) })).toMatchObject({
      ok: false,
      problem: { code: 'disk-full', cause: expect.stringContaining('ENOTDIR') },
    });
  });
});

describe('a journal that was cut off', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...injectionSteps)), {
    maxLength: 15,
  });
  const byHand = (entries: readonly (readonly [number, InjectionStep])[]): [string, InjectionStep][] => {
    const open = new Map<string, InjectionStep>();
    for (const [number, step] of entries) {
      const { id } = injectionOf(number);
      if (step === 'intent') open.delete(id);
      if (step === 'intent' || open.has(id)) open.set(id, step);
      if (step === 'closed') open.delete(id);
    }
    return [...open].reverse();
  };

  test('says what its whole lines say, at whichever byte it ends, and can be written on', () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (entries, part) => {
        const directory = folder();
        for (const [number, step] of entries) put(directory, injectionOf(number), step);
        if (entries.length === 0) return;
        const text = readFileSync(path(directory), 'utf8');
        const cut = text.slice(0, Math.floor(text.length * part));
        writeFileSync(path(directory), cut);
        // A line that lacks nothing but its end of line is whole.
        const lines = text.split('\n');
        const ended = cut.split('\n').filter((line, index) => line !== '' && line === lines[index]);
        const whole = entries.slice(0, ended.length);
        expect(ids(directory)).toEqual(byHand(whole));
        // The guardian goes on behind a torn line.
        put(directory, injectionOf(9), 'intent');
        expect(ids(directory)).toEqual([[injectionOf(9).id, 'intent'], ...byHand(whole)]);
      }),
      { numRuns: 60 },
    );
  });

  test('is read whatever else is in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.json(), fc.constantFrom('null', '{"step":"intent"}', '{"intent":{}}')),
        ),
        (lines) => {
          const directory = folder();
          put(directory, injectionOf(1), 'intent');
          appendFileSync(path(directory), `${lines.join('\n')}\n`);
          expect(ids(directory)).toEqual([[injectionOf(1).id, 'intent']]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('holds every step that a killed process was told is written, and at most one more', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      const directory = folder();
      const run = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 40_000,
      });
      let told = '';
      run.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text;
      });
      const closed = once(run, 'close');
      await once(run.stdout, 'data');
      await delay(Math.random() * 150);
      run.kill('SIGKILL');
      await closed;
      const written = told.split('\n').length - 1;
      const lines = journalLines(directory);
      expect(lines.length - written).toBeGreaterThanOrEqual(0);
      expect(lines.length - written).toBeLessThanOrEqual(1);
      const open: OpenInjection[] = openInjections(directory);
      for (const one of open) {
        expect(one.damaged).toBeUndefined();
        expect(one.injection.undo).toEqual(injectionOf(Number(one.injection.id.split('.')[2])).undo);
      }
      expect(open.map(({ injection, step }) => [injection.id, step])).toEqual(
        byHand(lines.map((line) => [Number(line.injection.split('.')[2]), line.step])),
      );
    }
  });

  test('takes nothing from a full disk for written', async () => {
    const directory = folder();
    const limited = [
      '-c',
      'ulimit -f 8; exec "$@"',
      'sh',
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      child,
      directory,
    ];
    const run = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 40_000 });
    let told = '';
    run.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    await once(run, 'close');
    const lines = told.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      code: 'disk-full',
      fix: expect.stringMatching(/Free space/),
    });
    expect(journalLines(directory)).toHaveLength(lines.length - 1);
  });
});
