import { createSocket } from 'node:dgram';
import { expect, onTestFinished, test } from 'vitest';
import type { Host, HostScript } from '../model/contracts/world.ts';
import { fail, ok } from '../model/result.ts';
import { localHost } from '../reach/hosts/local.ts';
import { worldOf } from '../reach/world.ts';
import { contextOf } from './fake-context.ts';
import { figureSeries } from './host/figures.ts';
import { host } from './host.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const here = localHost('here', []);
const worldWith = (one: Host) => worldOf({ host: () => ok(one) });
const never = new AbortController().signal;
const within = { timeout: 15_000 };

async function watch(config: object = {}, on = here): Promise<FakeSink> {
  const sink = fakeSink();
  const parsed = host.config.parse({ host: 'here', ...config });
  const started = await host.start({ ...contextOf(sink), world: worldWith(on) }, parsed);
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  return sink;
}

test('this machine: all that it has, in plausible numbers', async () => {
  const sink = await watch();
  expect(sink.said[0]).toEqual({ is: 'observing' });
  await expect.poll(() => sink.last('cpu_percent'), within).toBeGreaterThanOrEqual(0);
  expect(sink.last('cpu_percent')).toBeLessThanOrEqual(100);
  for (const series of ['memory_used_mb', 'memory_available_mb', 'disk_free_mb', 'processes', 'uptime_s'])
    expect(sink.last(series), series).toBeGreaterThan(0);
  expect(sink.last('disk_free_percent')).toBeLessThanOrEqual(100);
  expect(sink.last('boot')).toMatch(/^[0-9a-f-]{36}$/);
  await expect.poll(() => sink.last('clock_error_ms'), within).toBeGreaterThan(0);
  expect(Math.abs(Number(sink.last('clock_offset_ms')))).toBeLessThanOrEqual(
    Number(sink.last('clock_error_ms')),
  );
  for (const { value } of sink.points) expect(value).not.toBeNaN();
});

test('what is sent over an interface is counted on it', async () => {
  const sink = await watch({ interface: 'lo' });
  const rates = (): number[] =>
    sink.points.flatMap(({ series, value }) => (series === 'network_sent_mb_per_s' ? [Number(value)] : []));
  await expect.poll(() => rates().length, within).toBeGreaterThan(0);
  const socket = createSocket('udp4');
  for (let sent = 0; sent < 400; sent += 1) socket.send(Buffer.alloc(50_000), 30_800, '127.0.0.1');
  await expect.poll(() => Math.max(...rates()), within).toBeGreaterThan(3);
  socket.close();
});

test('it is blind while it cannot look, says why, and looks again', async () => {
  let tries = 0;
  const flaky: Host = {
    ...here,
    run: async (script: HostScript, signal: AbortSignal) => {
      if (script.onLine === undefined) return here.run(script, signal);
      tries += 1;
      return tries === 1 ? fail({ kind: 'failed', text: 'spawn sh EAGAIN' }) : here.run(script, signal);
    },
  };
  const sink = await watch({}, flaky);
  expect(sink.said).toMatchObject([{ is: 'blind', why: expect.stringContaining('EAGAIN') }]);
  await expect.poll(() => sink.said.at(-1), within).toEqual({ is: 'observing' });
});

test('a host that comes back with another boot id was rebooted, and no rate spans it', async () => {
  let sessions = 0;
  const rebooting: Host = {
    ...here,
    run: async (script: HostScript, signal: AbortSignal) => {
      if (script.onLine === undefined) return here.run(script, signal);
      sessions += 1;
      for (const line of sessionOf(sessions)) script.onLine(line);
      if (sessions === 1) return ok({ code: 255, stdout: '', stderr: 'Connection closed' });
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(fail({ kind: 'aborted', text: 'aborted' })));
      });
    },
  };
  const sink = await watch({}, rebooting);
  await expect.poll(() => sink.last('boot'), within).toBe('boot-2');
  expect(sink.events).toMatchObject([
    { type: 'rebooted', detail: { boot: 'boot-2', before: 'boot-1', uptime_s: 11 } },
  ]);
  expect(sink.said.map(({ is }) => is).slice(-2)).toEqual(['blind', 'observing']);
  const cpu = sink.points.filter(({ series }) => series === 'cpu_percent');
  expect(cpu.map(({ value }) => value)).toEqual([60]);
});

/** Two looks of one boot, then one of the next. */
function sessionOf(number: number): string[] {
  const look = (uptime: number, ticks: string): string[] => [
    '@processes 3',
    `/proc/stat:cpu ${ticks}`,
    `/proc/uptime:${uptime} 1.00`,
    '@end',
  ];
  if (number === 1)
    return [
      '@boot boot-1',
      ...look(1_000, '500 0 0 500 0 0 0 0 0 0'),
      ...look(1_001, '560 0 0 540 0 0 0 0 0 0'),
    ];
  return ['@boot boot-2', ...look(11, '10 0 0 10 0 0 0 0 0 0')];
}

test('what it should watch is checked before: the interface, the path', async () => {
  const checked = (config: object) =>
    host.check?.(worldWith(here), host.config.parse({ host: 'here', ...config }), never);
  expect(await checked({ interface: 'lo', path: '/tmp' })).toEqual(ok(undefined));
  expect(await checked({ interface: 'nosuch0' })).toMatchObject({
    problem: { code: 'name-unknown', expected: expect.stringContaining('lo') },
  });
  expect(await checked({ path: '/no/such/place' })).toMatchObject({ problem: { code: 'field-wrong' } });
});

test('its series, and what its settings may be', () => {
  const names = host.describe('machine', { host: 'here' }).series.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(figureSeries().map(({ name }) => name)));
  for (const wrong of [{ every: '0s' }, { path: 'var' }, { interface: 'a b' }, { hosts: 'x' }])
    expect(host.config.safeParse({ host: 'here', ...wrong }).success, JSON.stringify(wrong)).toBe(false);
});
