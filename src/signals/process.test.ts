import { expect, onTestFinished, test } from 'vitest';
import type { HostFailure, HostScript } from '../model/contracts/world.ts';
import { fail, ok } from '../model/result.ts';
import { startProcess } from '../reach/hosts/fake-process.ts';
import { localHost } from '../reach/hosts/local.ts';
import { worldOf } from '../reach/world.ts';
import { contextOf } from './fake-context.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';
import { type ProcessConfig, processes } from './process.ts';

const here = localHost('here', []);

async function watch(config: object, host = here): Promise<FakeSink> {
  const sink = fakeSink();
  const started = await processes.start(
    { ...contextOf(sink), name: 'server', world: worldOf({ host: () => ok(host) }) },
    processes.config.parse({ host: 'here', ...config }),
  );
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  return sink;
}

const begin = (script: string, word: string) => startProcess('sh', ['-c', script, word]);

const newWord = (): string => `watched-${process.pid}-${Math.random().toString(36).slice(2)}`;
const within = { timeout: 15_000 };

test('a busy process, its end, and the next one of the same selection', async () => {
  const word = newWord();
  const busy = begin('while :; do :; done', word);
  const sink = await watch({ command: word });
  expect(sink.said).toEqual([{ is: 'observing' }]);
  expect(sink.points.map(({ series }) => series)).toEqual(['running', 'count', 'threads', 'memory_mb']);
  await expect.poll(() => Number(sink.last('cpu_percent')), within).toBeGreaterThan(10);
  expect(sink.last('cpu_percent')).toBeLessThan(150);
  expect([sink.last('running'), sink.last('count'), sink.last('threads')]).toEqual([true, 1, 1]);
  expect(sink.last('memory_mb')).toBeGreaterThan(0.1);
  process.kill(busy.pid, 'SIGKILL');
  await expect.poll(() => sink.last('running'), within).toBe(false);
  expect([sink.last('count'), sink.last('memory_mb')]).toEqual([0, 0]);
  await expect.poll(() => sink.last('cpu_percent'), within).toBe(null);
  const next = begin('sleep 600', word);
  await expect.poll(() => sink.last('running'), within).toBe(true);
  const told = sink.events.map(({ type, detail }) => `${type} ${detail['pid']}`);
  expect(told).toEqual([`exited ${busy.pid}`, `started ${next.pid}`]);
  for (const { t, since } of sink.events) expect(t - (since ?? t)).toBeGreaterThan(0.5e9);
});

test('what is not there yet is not running, and with its children all are counted', async () => {
  const word = newWord();
  const sink = await watch({ command: word, children: true });
  expect(sink.last('running')).toBe(false);
  begin('sleep 600 & sleep 601 & wait', word);
  await expect.poll(() => sink.last('count'), within).toBe(3);
  expect(sink.story().map((line) => line.split(' ')[0])).toEqual(['started', 'started', 'started']);
});

test('what stays the same costs one look a second, and none of our own processes is watched', async () => {
  const word = newWord();
  begin('sleep 600', word);
  const sink = await watch({ command: word }, { ...here, ours: [word] });
  await expect
    .poll(() => sink.points.filter(({ series }) => series === 'count').length, within)
    .toBeGreaterThan(1);
  expect(sink.last('count')).toBe(0);
});

test('it is blind while it cannot look, and looks again', async () => {
  let tries = 0;
  const failure: HostFailure = { kind: 'failed', text: 'spawn sh EAGAIN' };
  const flaky = {
    ...here,
    run: async (script: HostScript, signal: AbortSignal) => {
      tries += 1;
      return tries === 1 ? fail(failure) : here.run(script, signal);
    },
  };
  const sink = await watch({ pid: process.pid }, flaky);
  expect(sink.said).toMatchObject([{ is: 'blind', why: expect.stringContaining('EAGAIN') }]);
  await expect.poll(() => sink.last('running'), within).toBe(true);
  expect(sink.said.at(-1)).toEqual({ is: 'observing' });
  expect(sink.events).toEqual([]);
});

test('its series, and what its settings may be', () => {
  const described = processes.describe('server', { host: 'here', pid: 1 } satisfies ProcessConfig);
  expect(described.series.map(({ name }) => name)).toEqual([
    'cpu_percent',
    'memory_mb',
    'threads',
    'count',
    'running',
    'events',
  ]);
  for (const wrong of [{}, { pid: 1, name: 'x' }, { pid: 1, every: '0s' }, { port: 70_000 }])
    expect(processes.config.safeParse({ host: 'here', ...wrong }).success).toBe(false);
});
