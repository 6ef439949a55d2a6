import { readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sleep } from '../src/reach/clock.ts';
import { run, start, temporary } from './support/cli.ts';

/** Takes writes by their Idempotency-Key, acknowledges all and forgets every tenth; lists what it kept. */
async function forgetful(): Promise<{ url: string; received: () => number }> {
  const ids: string[] = [];
  let received = 0;
  const server = http.createServer((request, response) => {
    if (request.method === 'GET') {
      const after = Number(new URL(request.url ?? '', 'http://x').searchParams.get('after') ?? 0);
      const items = ids.slice(after, after + 7).map((id) => ({ id }));
      response.end(JSON.stringify({ items, next: after + 7 < ids.length ? after + 7 : null }));
      return;
    }
    request.resume().on('end', () => {
      received += 1;
      if (received % 10 !== 0) ids.push(String(request.headers['idempotency-key']));
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received: () => received };
}

/** Writes an experiment that breaks nothing and expects that nothing is lost. */
function files(home: string, url: string, seconds: number): string {
  writeFileSync(
    join(home, 'system.yaml'),
    `name: forgetful
signals:
  writes:
    http: { method: POST, url: '${url}', ledger: { read: '${url}', list: items, id: id, next: next } }
    rate: 40/s
`,
  );
  const file = join(home, 'experiment.yaml');
  writeFileSync(
    file,
    `title: Writes are kept
question: Is anything lost that was acknowledged?
system: system.yaml
faults: []
predict: [ { id: kept, expect: writes.lost == 0, confidence: 0.9 } ]
timing: { baseline: ${seconds}s, watch: 0s, sliding: 1s }
`,
  );
  return file;
}

test('acknowledged writes that are gone are counted, told, and fail the prediction', async () => {
  const server = await forgetful();
  const home = temporary();
  const { code, stdout, stderr } = await run(['run', files(home, server.url, 2)], { home, cwd: home });
  expect(code, stdout + stderr).toBe(1);
  const lost = Math.floor(server.received() / 10);
  expect(lost).toBeGreaterThan(3);
  expect(stdout).toContain(`${lost} of ${server.received()} acknowledged writes are lost.`);
});

test('of a run that was killed before it read back, nothing is claimed', async () => {
  const server = await forgetful();
  const home = temporary();
  const running = start(['run', files(home, server.url, 60)], { home, cwd: home });
  for (let tries = 0; tries < 600 && server.received() < 40; tries += 1) await sleep(50);
  await sleep(1_500);
  process.kill(running.pid, 'SIGKILL');
  await running.finished;
  const [folder = ''] = readdirSync(join(home, 'runs'));
  const { code, stdout } = await run(['judge', join(home, 'runs', folder)], { home });
  expect(code, stdout).not.toBe(0);
  expect(stdout).toContain('? unknown  writes.lost == 0');
});
