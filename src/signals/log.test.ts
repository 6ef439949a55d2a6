import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Host } from '../model/contracts/world.ts';
import { ok } from '../model/result.ts';
import { localHost } from '../reach/hosts/local.ts';
import { worldOf } from '../reach/world.ts';
import { contextOf } from './fake-context.ts';
import { LogBook } from './log/book.ts';
import { logLine } from './log/line.ts';
import { compilePattern } from './log/pattern.ts';
import { log } from './log.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const here = localHost('here', []);
const within = { timeout: 15_000 };
const match = [
  { name: 'bad', pattern: 'ERROR|panic' },
  { name: 'any', pattern: '.' },
];

async function watch(config: object): Promise<FakeSink> {
  const sink = fakeSink();
  const started = await log.start(
    { ...contextOf(sink), world: worldOf({ host: () => ok(here) }) },
    log.config.parse({ match, ...config }),
  );
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  return sink;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const seen = ({ events }: FakeSink, type = 'any'): unknown[] =>
  events.filter((event) => event.type === type).map(({ detail }) => detail['text']);

test('new lines, also after a rotation and after the file was cut, but nothing of what was there', async () => {
  const file = join(newFolder(), 'app.log');
  writeFileSync(file, 'an old ERROR\n');
  const sink = await watch({ file });
  expect(sink.said[0]).toEqual({ is: 'observing' });
  appendFileSync(file, 'one ERROR\ntwo\n');
  await expect.poll(() => seen(sink), within).toEqual(['one ERROR', 'two']);
  renameSync(file, `${file}.1`);
  writeFileSync(file, 'three\n');
  await expect.poll(() => seen(sink), within).toEqual(['one ERROR', 'two', 'three']);
  truncateSync(file);
  // A follower that polls must see the short file before it is long again.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  appendFileSync(file, 'panic\n');
  await expect.poll(() => seen(sink), within).toEqual(['one ERROR', 'two', 'three', 'panic']);
  expect(seen(sink, 'bad')).toEqual(['one ERROR', 'panic']);
}, 30_000);

/** Another user than root, who may read everything. */
test.skipIf(process.getuid?.() !== 0)(
  'a file that a rotation makes private is not followed on in silence',
  async () => {
    const folder = newFolder();
    chmodSync(folder, 0o755);
    const file = join(folder, 'app.log');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    const script = readFileSync(join(import.meta.dirname, 'log/scripts/log.sh'), 'utf8');
    const child = spawn('sh', ['-c', script, 'sh', 'file', file, 'stay'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      uid: 65_534,
      gid: 65_534,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    renameSync(file, `${file}.1`);
    writeFileSync(file, 'PANIC\n', { mode: 0o600 });
    expect(await ended).toBe(77);
    expect(said).toContain('no file that this user may read any more');
  },
  30_000,
);

test('a file that comes later, from a host', async () => {
  const file = join(newFolder(), 'later.log');
  const sink = await watch({ file, host: 'here' });
  expect(sink.said[0]).toEqual({ is: 'observing' });
  writeFileSync(file, 'the first\n');
  await expect.poll(() => seen(sink), within).toEqual(['the first']);
});

test('a long line is cut, and a flood is thinned, counted and said to be', async () => {
  const file = join(newFolder(), 'flood.log');
  writeFileSync(file, '');
  const sink = await watch({ file });
  appendFileSync(file, `${'x'.repeat(100_000)}\n`);
  await expect.poll(() => seen(sink).length, within).toBe(1);
  expect(String(seen(sink)[0]).length).toBeLessThan(600);
  appendFileSync(file, 'again\n'.repeat(20_000));
  await expect.poll(() => sink.said.at(-1)?.is, within).toBe('blind');
  await expect.poll(() => sink.said.at(-1)?.is, within).toBe('observing');
  const dropped = sink.events.filter(({ type }) => type === 'dropped');
  const lines = dropped.reduce((sum, { detail }) => sum + Number(detail['lines']), 0);
  expect(lines + seen(sink).length).toBe(20_001);
  expect(seen(sink).length).toBeLessThan(1_000);
});

const HOUR_AHEAD = 'date() { echo "$(($(command date +%s) + 3600)) $(command date +%N)"; }';

test('a journal: its lines stand when they were written; none to read is told, never taken for silence', async () => {
  const bin = newFolder();
  const program = join(bin, 'journalctl');
  const on: Host = {
    ...here,
    run: (script, signal) =>
      here.run({ ...script, script: `PATH=${bin}:$PATH\n${HOUR_AHEAD}\n${script.script}` }, signal),
  };
  const write = (text: string): void => writeFileSync(program, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const world = worldOf({ host: () => ok(on) });
  const wanted = log.config.parse({ match, unit: 'app.service', host: 'here' });
  // A host an hour ahead, whose lines come half a second late; the last one is from long ago.
  const line = 'echo "$(date | tr " " .) web app[7]: ERROR" >"$0.line"; sleep 0.5; cat "$0.line"';
  write(
    `${HOUR_AHEAD}; [ "$1" = -n ] || { sleep 2; ${line}; echo "1000000001.5 web app[7]: ERROR"; sleep 60; }`,
  );
  const never = new AbortController().signal;
  expect(await log.check?.(world, wanted, never)).toEqual(ok(undefined));
  const sink = fakeSink();
  const started = await log.start({ ...contextOf(sink), world }, wanted);
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  await expect.poll(() => seen(sink, 'bad'), within).toHaveLength(2);
  const [placed, old] = sink.events.filter(({ type }) => type === 'bad');
  const { t = 0, since = 0, foreign_t = 0, foreign_error_s = 0 } = placed ?? {};
  expect(foreign_t - Date.now() / 1_000).toBeGreaterThan(3_500);
  expect(placed?.detail).toEqual({ text: 'app[7]: ERROR' });
  expect((t - since) / 1e9).toBeLessThanOrEqual(2 * foreign_error_s + 1e-6);
  // It came half a second after it was written.
  expect(((old?.t ?? 0) - (t + since) / 2) / 1e9).toBeGreaterThan(0.4);
  expect(old).toMatchObject({ foreign_t: 1_000_000_001.5 });
  expect(old).not.toHaveProperty('foreign_error_s');
  expect(old?.detail['placed']).toMatch(/^when it came: .* does not fit/);
  write('case "$*" in *cat*) ;; *) echo "No journal files were found." >&2 ;; esac');
  expect(await log.check?.(world, wanted, never)).toMatchObject({ problem: { code: 'rights-missing' } });
});

test('what cannot be read is told before', async () => {
  const never = new AbortController().signal;
  const checked = (config: object) => log.check?.(worldOf({}), log.config.parse({ match, ...config }), never);
  expect(await checked({ file: '/etc/hostname' })).toEqual(ok(undefined));
  expect(await checked({ file: '/etc' })).toMatchObject({ problem: { code: 'rights-missing' } });
});

describe('settings', () => {
  test('a file or a unit, and patterns that are some', () => {
    const parses = (config: object): boolean => log.config.safeParse({ match, ...config }).success;
    expect(parses({ unit: 'ssh.service' })).toBe(true);
    for (const wrong of [
      {},
      { file: '/a', unit: 'b' },
      { file: 'a.log' },
      { unit: '-f' },
      { file: '/a', match: [{ name: 'x', pattern: '(' }] },
      { file: '/a', match: [{ name: 'x', pattern: 'a(?=b)' }] },
      { file: '/a', match: [{ name: 'dropped', pattern: 'a' }] },
      { file: '/a', match: [...match, match[0]] },
    ])
      expect(parses(wrong), JSON.stringify(wrong)).toBe(false);
  });

  test('no pattern takes long, however it is written', () => {
    for (const evil of ['(a+)+$', '(a|a)*b', '.*.*.*.*=.*', '(.*a){20}']) {
      const pattern = compilePattern(evil);
      const began = performance.now();
      if (pattern.ok) pattern.value.matches(`${'a'.repeat(1_999)}!`);
      expect(performance.now() - began, evil).toBeLessThan(2_000);
    }
  });
});

describe('lines', () => {
  test('of the journal have the time of the host', () => {
    expect(logLine('> 1795275001.760811 web nginx[12]: it works', 'unit')).toEqual({
      text: 'nginx[12]: it works',
      at_s: 1_795_275_001.760811,
    });
    expect(logLine('> -- Boot 4c8d69545ff3 --', 'unit')).toBe(undefined);
    expect(logLine('@alive', 'unit')).toBe(undefined);
  });

  test('property: a line is looked at as it is, up to its bound; all matches are recorded or counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.integer({ min: 0, max: 400 })), { maxLength: 300 }),
        (lines) => {
          const sink = fakeSink();
          const compiled = compilePattern('a');
          if (!compiled.ok) return;
          const book = new LogBook(sink, {
            matchers: [{ name: 'a', pattern: compiled.value }],
            subject: 'x',
          });
          let t = 0;
          let matching = 0;
          for (const [text, wait] of lines) {
            t += wait * 1e5;
            const line = logLine(`> ${text}`, 'file');
            expect(line?.text).toBe(text.replace(/\r$/, ''));
            if (line === undefined) continue;
            matching += line.text.includes('a') ? 1 : 0;
            book.line(line, t);
          }
          book.alive(t + 2e9);
          const recorded = sink.events.filter(({ type }) => type === 'a').length;
          const dropped = sink.events.filter(({ type }) => type === 'dropped');
          expect(recorded + dropped.reduce((sum, { detail }) => sum + Number(detail['lines']), 0)).toBe(
            matching,
          );
        },
      ),
    );
  });
});
