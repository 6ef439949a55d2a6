import { existsSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { serveHttp, until } from '../../load/fake-servers.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail } from '../../model/result.ts';
import { httpLoad } from './load.ts';

const nothing = () => fail({ code: 'usage', message: 'not needed', fix: '' } as const);
const world: World = { kubernetes: nothing, host: nothing };
const { signal } = new AbortController();

const open: Injection[] = [];
afterEach(async () => {
  for (const injection of open.splice(0)) {
    await httpLoad.undo(world, injection, signal);
    await httpLoad.disarm?.(world, injection, signal);
  }
});

/** An injection as a run makes it, prepared and armed. */
async function armed(url: string, given: JsonObject = {}, lease_s = 30): Promise<Injection> {
  const params = httpLoad.params.parse({ rate: '50/s', ...given });
  const found = await httpLoad.resolve(world, { target: { url }, params }, signal);
  const [target] = found.ok ? found.value.found : [];
  if (target === undefined) throw new TypeError('no target');
  const prepared = await httpLoad.prepare(world, { target, params }, signal);
  if (!prepared.ok) throw new TypeError(prepared.problem.message);
  const injection: Injection = {
    id: `run.pressure.${open.length + Math.random()}`,
    run: 'run',
    entry: 'pressure',
    fault: 'http.load',
    target,
    params,
    undo: prepared.value.undo,
    deadline_s: 60,
    lease_s,
  };
  open.push(injection);
  expect(await httpLoad.arm?.(world, injection, signal)).toMatchObject({ ok: true });
  return injection;
}

const act = (injection: Injection) => httpLoad.act(world, injection, signal);
const undo = (injection: Injection) => httpLoad.undo(world, injection, signal);
const recovered = (injection: Injection) => httpLoad.recovered(world, injection, signal);
const effect = (injection: Injection) => httpLoad.effect(world, injection, signal);

async function seen(injection: Injection): Promise<string> {
  let evidence = '';
  for (let tries = 0; tries < 100; tries += 1) {
    const look = await effect(injection);
    evidence = look.evidence;
    if (look.is === 'yes') return evidence;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new TypeError(`no effect: ${evidence}`);
}

async function counting(status = 200) {
  const bodies: string[] = [];
  const server = await serveHttp((request, answer) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      answer.writeHead(status).end();
    });
  });
  return { url: server.url, bodies, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

const permitOf = ({ undo }: Injection): string => String(undo['permit']);
/** As another process finds it after the run has died: nothing of it lives here. */
const elsewhere = (injection: Injection, process: JsonObject): Injection => ({
  ...injection,
  id: `${injection.id}.elsewhere`,
  undo: { ...injection.undo, process },
});

describe('a second load', () => {
  test('sends at its rate until it is undone, and tells what became of it', async () => {
    await using server = await counting();
    const injection = await armed(server.url, { json: { option: { pick: ['a', 'b'] } } });
    expect(await act(injection)).toMatchObject({ ok: true });
    expect(await seen(injection)).toMatch(/^\d+ requests sent in .* ok, 0 failed; wanted 50\/s$/);
    expect(await recovered(injection)).toMatchObject({ is: 'no' });
    expect(await undo(injection)).toMatchObject({ ok: true });
    const sent = server.bodies.length;
    const look = await recovered(injection);
    expect(look).toMatchObject({ is: 'yes' });
    expect(look.evidence).toContain(`the load has ended: ${sent} requests sent`);
    expect(new Set(server.bodies)).toEqual(new Set(['{"option":"a"}', '{"option":"b"}']));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.bodies.length).toBe(sent);
    expect(await undo(injection)).toMatchObject({ ok: true });
    expect(existsSync(permitOf(injection))).toBe(false);
  });

  test('counts how its requests failed', async () => {
    await using server = await counting(503);
    const injection = await armed(server.url);
    await act(injection);
    expect(await seen(injection)).toMatch(/0 ok, \d+ failed \(status \d+\)/);
  });

  test('that reaches nobody has no effect', async () => {
    const server = await counting();
    await server[Symbol.asyncDispose]();
    const injection = await armed(server.url);
    await act(injection);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const look = await effect(injection);
    expect(look).toMatchObject({ is: 'no' });
    expect(look.evidence).toContain('refused');
  });

  test('is ended with its queue: a target that never answers does not hold the undo up', async () => {
    await using server = await serveHttp(() => undefined);
    const injection = await armed(server.url, { connections: 2, timeout: '60s' });
    await act(injection);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const begun = performance.now();
    expect(await undo(injection)).toMatchObject({ ok: true });
    expect(performance.now() - begun).toBeLessThan(12_000);
    expect(await recovered(injection)).toMatchObject({ is: 'yes' });
  });

  test('that is not renewed ends by itself, and renewing it says so', async () => {
    await using server = await counting();
    const injection = await armed(server.url, {}, 2);
    await act(injection);
    await until(() => server.bodies.length > 10);
    await httpLoad.renew?.(world, injection, signal);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const sent = server.bodies.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.bodies.length).toBe(sent);
    const renewed = await httpLoad.renew?.(world, injection, signal);
    expect(renewed?.ok === false && renewed.problem.message).toContain('nobody had renewed it');
  });
});

describe('the undo from another process', () => {
  test('takes the permit away, which ends the load of a process that lives', async () => {
    await using server = await counting();
    const injection = await armed(server.url);
    await act(injection);
    await seen(injection);
    const there = elsewhere(injection, injection.undo['process'] as JsonObject);
    expect(await recovered(there)).toMatchObject({ is: 'no' });
    expect(await undo(there)).toMatchObject({ ok: true });
    expect(await recovered(there)).toMatchObject({ is: 'yes' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = server.bodies.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.bodies.length).toBe(sent);
  });

  test('is true at once where the process is gone', async () => {
    const injection = await armed('http://127.0.0.1:9/');
    const dead = elsewhere(injection, { pid: 2 ** 22 - 3, startTime: '1' });
    expect(await recovered(dead)).toMatchObject({ is: 'yes' });
  });

  test('before the act keeps it from being made', async () => {
    await using server = await counting();
    const injection = await armed(server.url);
    expect(await undo(injection)).toMatchObject({ ok: true });
    expect(await recovered(injection)).toMatchObject({ is: 'yes' });
    expect(await act(injection)).toMatchObject({ ok: false, problem: { code: 'inject-failed' } });
    expect(server.bodies).toEqual([]);
  });
});

test.each([
  ['no rate', {}, 'rate'],
  ['two bodies', { rate: '1/s', json: 1, body: 'x' }, 'json or body'],
  ['an unknown key', { rate: '1/s', url: 'http://x/' }, 'url'],
])('%s is an error that says where', (_, given, said) => {
  const parsed = httpLoad.params.safeParse(given);
  const words = parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n');
  expect(words).toContain(said);
});
