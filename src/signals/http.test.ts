import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serveHttp, until } from '../load/fake-servers.ts';
import type { Operation } from '../model/series.ts';
import { contextOf } from './fake-context.ts';
import { http } from './http.ts';
import { fakeSink } from './pods/fake-sink.ts';

describe('the config', () => {
  test.each([
    ['no url', {}, 'url'],
    ['another protocol', { url: 'ftp://x/' }, 'url'],
    ['an unknown key', { url: 'http://x/', nope: 1 }, 'nope'],
    ['two bodies', { url: 'http://x/', json: 1, body: 'x' }, 'json or body'],
    ['an empty pick', { url: 'http://x/', json: { a: { pick: [] } } }, 'at least one item'],
    ['a header of the connection', { url: 'http://x/', headers: { Connection: 'close' } }, 'Connection'],
    ['a header that would add another', { url: 'http://x/', headers: { a: 'x\r\nb: y' } }, 'headers.a'],
    ['a status that is text', { url: 'http://x/', expect: 'fine' }, 'expect'],
  ])('%s is an error that says where', (_, config, said) => {
    const parsed = http.config.safeParse(config);
    const words = parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n');
    expect(words).toContain(said);
  });

  test('has a JSON Schema for editors', () => {
    const schema = z.toJSONSchema(http.config, { io: 'input' });
    expect(schema).toMatchObject({ type: 'object', required: ['url'], additionalProperties: false });
  });
});

describe('a load', () => {
  test('sends what is configured and writes each request on the clock of the run', async () => {
    const seen: { method?: string; path?: string; headers: NodeJS.Dict<string | string[]>; body: string }[] =
      [];
    await using server = await serveHttp((request, answer) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push({ method: method ?? '', path: url ?? '', headers, body });
        answer.writeHead(404).end();
      });
    });
    const rows: Operation[] = [];
    const sink = fakeSink();
    sink.operations = (series, more) => void (series === 'requests' && rows.push(...more));
    const context = contextOf(sink);
    const config = http.config.parse({
      url: server.url.replace('://', '://user:p%40ss@').concat('vote?poll=1'),
      headers: { 'X-Team': 'blue' },
      json: { option: { pick: ['Rust'] } },
      expect: [200, '404-405'],
    });
    const before = context.clock.now();
    const started = await http.start(context, config);
    if (!started.ok) throw new TypeError(started.problem.message);
    expect(sink.said).toEqual([{ is: 'observing' }]);
    await until(() => rows.length >= 10 && sink.last('schedule_error_ms') !== undefined);
    await started.value.stop();
    const after = context.clock.now();
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/vote?poll=1', body: '{"option":"Rust"}' });
    expect(seen[0]?.headers).toMatchObject({
      'x-team': 'blue',
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    });
    expect(rows.length).toBe(seen.length);
    for (const row of rows) {
      expect(row).toMatchObject({ kind: 'ok', status: 404 });
      expect(row.intended).toBeGreaterThan(before);
      expect(row.done).toBeLessThan(after);
    }
    expect(sink.said).toEqual([{ is: 'observing' }]);
  });

  test('describes a closed list of failures, without the ends that are none', () => {
    const { main, series } = http.describe('votes', {});
    expect(main).toBe('requests');
    expect(series[0]?.kinds).toEqual(
      expect.arrayContaining(['timeout', 'refused', 'reset', 'status', 'other']),
    );
    expect(series[0]?.kinds).not.toContain('missed');
  });
});
