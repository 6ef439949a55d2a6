import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import type { Operation } from '../model/series.ts';
import { options, run, serveHttp, serveRaw, until, watch } from './fake-servers.ts';
import { startLoad } from './load.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const kinds = (rows: readonly Operation[]): string[] => [...new Set(rows.map((row) => row.kind))];

describe('an open loop', () => {
  test('sends evenly, each once, and tells intended, sent and done', async () => {
    let received = 0;
    await using server = await serveHttp((_, answer) => {
      received += 1;
      answer.end('ok');
    });
    const rows = await run(options(server.url, { rate_per_s: 50 }), 50);
    expect(kinds(rows)).toEqual(['ok']);
    expect(received).toBe(rows.length);
    for (const [at, row] of rows.entries()) {
      expect(row.intended - (rows[0]?.intended ?? 0)).toBeCloseTo(at * 20e6, -1);
      expect(row.sent).toBeGreaterThanOrEqual(row.intended);
      expect(row.done).toBeGreaterThan(row.sent ?? Number.POSITIVE_INFINITY);
      expect(row.status).toBe(200);
      expect(row.detail).toBeUndefined();
    }
  });

  test('sends as many as the rate says', async () => {
    await using server = await serveHttp((_, answer) => answer.end('ok'));
    const watched = await watch(options(server.url, { rate_per_s: 1_000 }));
    await until(() => watched.rows.length >= 1_500);
    await watched.load.stop();
    const times = watched.rows.map((row) => row.intended);
    const span_s = (Math.max(...times) - Math.min(...times)) / 1e9;
    expect(watched.rows.length).toBe(Math.round(span_s * 1_000) + 1);
  });

  test('an operation that waits for a connection counts its wait', async () => {
    await using server = await serveHttp((_, answer) => void setTimeout(() => answer.end('ok'), 100));
    const rows = await run(options(server.url, { rate_per_s: 20, connections: 1 }), 20);
    const last = rows.at(-1);
    expect(kinds(rows)).toEqual(['ok']);
    // One connection serves at most ten a second: the twentieth waited for about ten others.
    expect((last?.sent ?? 0) - (last?.intended ?? 0)).toBeGreaterThan(0.5e9);
  });

  test('reports its own lateness for every 100 ms, its CPU and how busy it is', async () => {
    await using server = await serveHttp((_, answer) => answer.end('ok'));
    const watched = await watch(options(server.url));
    await until(() => watched.health.flatMap((one) => one.buckets).length >= 8);
    await watched.load.stop();
    const buckets = watched.health.flatMap((one) => one.buckets);
    for (const [at, bucket] of buckets.entries()) {
      expect(bucket.t).toBe((buckets[0]?.t ?? 0) + at * 100e6);
      expect(bucket.error).toBeGreaterThanOrEqual(0);
    }
    const cpu_us = watched.health.reduce((sum, one) => sum + one.cpu_us, 0);
    expect(cpu_us).toBeGreaterThan(0);
    expect(Math.max(...watched.health.map((one) => one.utilization))).toBeLessThanOrEqual(1);
  });
});

describe('failures are told as they are', () => {
  test('status: 503 is one, unless it is expected', async () => {
    await using server = await serveHttp((_, answer) => answer.writeHead(503).end('busy'));
    const rows = await run(options(server.url), 3);
    expect(rows[0]).toMatchObject({ kind: 'status', status: 503, detail: '503 Service Unavailable' });
    const expected = await run(
      options(server.url, {
        expected: [
          [200, 200],
          [500, 503],
        ],
      }),
      3,
    );
    expect(kinds(expected)).toEqual(['ok']);
  });

  test('refused: nobody listens, and nothing was sent', async () => {
    const server = await serveHttp(() => undefined);
    await server[Symbol.asyncDispose]();
    const rows = await run(options(server.url), 3);
    expect(kinds(rows)).toEqual(['refused']);
    expect(rows[0]?.sent).toBeNull();
    expect(rows[0]?.detail).toContain('ECONNREFUSED 127.0.0.1');
  });

  test('reset: in the middle of the answer', async () => {
    await using server = await serveRaw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', () =>
          setTimeout(() => socket.resetAndDestroy(), 50),
        );
      });
    });
    const rows = await run(options(server.url), 3);
    expect(kinds(rows)).toEqual(['reset']);
    expect(rows[0]?.detail).toContain('in the middle of the answer');
    expect(rows[0]?.status).toBe(200);
  });

  test.each([
    ['without a byte', ''],
    ['in a body with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
    ['in a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nha'],
    [
      'in a chunked body of a last answer',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nha',
    ],
    [
      'in a body with a length of a last answer',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf',
    ],
  ])('closed: %s', async (_, bytes) => {
    await using server = await serveRaw((socket) => socket.once('data', () => socket.end(bytes)));
    const rows = await run(options(server.url), 3);
    expect(rows.map((row) => [row.kind, row.detail])[0]?.[0]).toBe('closed');
    expect(kinds(rows)).toEqual(['closed']);
  });

  test('protocol: what comes is not HTTP', async () => {
    await using server = await serveRaw((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n')));
    expect(kinds(await run(options(server.url), 3))).toEqual(['protocol']);
  });

  test('tls: what answers speaks no TLS', async () => {
    await using server = await serveHttp((_, answer) => answer.end('ok'));
    expect(kinds(await run(options(server.url.replace('http:', 'https:')), 3))).toEqual(['tls']);
  });

  test('dns: a name that does not exist', async () => {
    const rows = await run(options('http://nothing.invalid/', { rate_per_s: 5, timeout_ms: 20_000 }), 1);
    expect(rows[0]).toMatchObject({ kind: 'dns', sent: null });
  });

  test('timeout: counted from the intended start, the connection cut, one that waited never sent', async () => {
    let cut = 0;
    await using server = await serveRaw((socket) => socket.on('close', () => (cut += 1)).resume());
    // Several fall due in each millisecond, so that not even a quiet machine can send each at the end of another.
    const rows = await run(options(server.url, { timeout_ms: 300, connections: 2, rate_per_s: 3_000 }), 300);
    expect(kinds(rows)).toEqual(['timeout']);
    for (const row of rows) expect((row.done ?? 0) - row.intended).toBeGreaterThanOrEqual(300e6);
    expect(rows[0]?.detail).toBe('no answer within 300 ms');
    const waited = rows.find((row) => row.sent === null);
    expect(waited?.detail).toBe('no free connection within 300 ms: all 2 waited for answers');
    await until(() => cut >= 2);
    expect(cut).toBeGreaterThanOrEqual(2);
  });
});

describe('a connection kept from earlier requests', () => {
  test('that the server closed while nothing was in flight fails nothing', async () => {
    let connections = 0;
    await using server = await serveRaw((socket) => {
      connections += 1;
      socket.once('data', () => socket.write(ANSWER, () => setTimeout(() => socket.end(), 5)));
    });
    const rows = await run(options(server.url, { rate_per_s: 10, connections: 1 }), 6);
    expect(kinds(rows)).toEqual(['ok']);
    expect(connections).toBe(rows.length);
  });

  test.each([
    ['closed', 'end' as const],
    ['reset', 'resetAndDestroy' as const],
  ])('that the server lets go just as a request arrives is %s, and not sent again', async (kind, act) => {
    let received = 0;
    await using server = await serveRaw((socket) => {
      socket.on('data', () => (received += 1));
      socket.once('data', () => {
        socket.write(ANSWER);
        socket.once('data', () => socket[act]());
      });
    });
    const rows = await run(options(server.url, { rate_per_s: 20, connections: 1 }), 10);
    expect(kinds(rows)).toEqual(['ok', kind]);
    expect(rows[1]?.detail).toContain('on a connection kept from earlier requests');
    expect(received).toBe(rows.length);
  });
});

describe('bodies', () => {
  test('the same seed sends the same bodies in the same order; another one others', async () => {
    const json: Json = { option: { pick: ['a', 'b', 'c', 'd', 'e'] }, fixed: [1, { pick: [true, false] }] };
    const bodiesOf = async (seed: string): Promise<string[]> => {
      const bodies: string[] = [];
      await using server = await serveHttp((request, answer) => {
        request.setEncoding('utf8').on('data', (body: string) => bodies.push(body));
        request.on('end', () => answer.end('ok'));
      });
      const posted = { method: 'POST', json, seed, rate_per_s: 200, connections: 1 };
      await run(options(server.url, posted), 40);
      return bodies.slice(0, 40);
    };
    const first = await bodiesOf('7f3a');
    expect(JSON.parse(first[0] ?? '')).toHaveProperty('fixed.0', 1);
    expect(new Set(first).size).toBeGreaterThan(3);
    expect(await bodiesOf('7f3a')).toEqual(first);
    expect(await bodiesOf('7f3b')).not.toEqual(first);
  });
});

describe('the end of a load', () => {
  test('stop sends nothing new and waits for what is in flight', async () => {
    let received = 0;
    await using server = await serveHttp((_, answer) => {
      received += 1;
      setTimeout(() => answer.end('ok'), 400);
    });
    const watched = await watch(options(server.url));
    await until(() => received >= 5);
    await watched.load.stop();
    const received_at_stop = received;
    expect(kinds(watched.rows)).toEqual(['ok']);
    expect(watched.rows.length).toBe(received);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).toBe(received_at_stop);
    await watched.load.stop();
    expect(watched.deaths).toEqual([]);
  });

  test('stop waits no longer than the timeout', async () => {
    await using server = await serveHttp(() => undefined);
    const watched = await watch(options(server.url, { timeout_ms: 500 }));
    const since = performance.now();
    await watched.load.stop();
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(kinds(watched.rows)).toEqual(['timeout']);
  });

  test('an abort ends it at once and is no death', async () => {
    await using server = await serveHttp(() => undefined);
    const watched = await watch(options(server.url, { timeout_ms: 60_000 }));
    watched.abort();
    const since = performance.now();
    await watched.load.stop();
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(watched.deaths).toEqual([]);
  });

  test('a thread that dies is told', async () => {
    await using server = await serveHttp((_, answer) => answer.end('ok'));
    // A body that cannot be made into JSON: the thread fails in the middle of its work.
    const endless: { [key: string]: Json } = {};
    endless['again'] = endless;
    const json: Json = { pick: [1, 1, 1, 1, 1, 1, 1, 1, 1, endless] };
    const watched = await watch(options(server.url, { json, method: 'POST', rate_per_s: 100 }));
    await until(() => watched.deaths.length > 0);
    expect(watched.deaths).toEqual(['Maximum call stack size exceeded']);
    await watched.load.stop();
  });

  test('one that cannot start is a problem', async () => {
    const listener = { operations: () => undefined, health: () => undefined, died: () => undefined };
    const started = await startLoad(options('nonsense'), listener, new AbortController().signal);
    expect(started).toMatchObject({ ok: false, problem: { code: 'signal-failed', cause: 'Invalid URL' } });
  });

  test('a process that stopped its load ends by itself, on plain Node', async () => {
    await using server = await serveHttp((_, answer) => answer.end('ok'));
    const code = `import { startLoad } from '${new URL('./load.ts', import.meta.url).href}';
      const options = { url: '${server.url}', method: 'GET', headers: [], expected: [[200, 299]], rate_per_s: 50,
        timeout_ms: 1000, connections: 4, seed: 's', clockStart: process.hrtime.bigint() };
      let rows = 0;
      const listener = { operations: (more) => { rows += more.length; }, health() {}, died() { rows = -1; } };
      const load = await startLoad(options, listener, new AbortController().signal);
      setTimeout(async () => { await load.value.stop(); console.log(rows > 5 ? 'good' : rows); }, 500);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (out += data.toString()));
    const ended = await new Promise((resolve) => child.once('exit', resolve));
    expect([out.trim(), ended]).toEqual(['good', 0]);
  });
});
