import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunResult } from '../src/model/verdict.ts';
import { sleep } from '../src/reach/clock.ts';
import { run, start, temporary } from './support/cli.ts';

/** A server that fails every tenth request. */
async function serve(): Promise<{ url: string; received: () => number; close: () => void }> {
  let received = 0;
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      received += 1;
      response.writeHead(received % 10 === 0 ? 500 : 200).end('ok');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}/vote`, received: () => received, close };
}

const folderOf = (stdout: string): string => join(/Report: (.*)\/report\.html/.exec(stdout)?.[1] ?? '', '/');
const resultOf = (folder: string): RunResult =>
  JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as RunResult;

test('a load by itself runs, ends with its figures and a report that speaks of no fault', async () => {
  const server = await serve();
  const home = temporary();
  const args = ['load', server.url, '--rate', '20/s', '--for', '3s', '--json', '{"a":{"pick":[1,2]}}'];
  const { code, stdout, stderr } = await run(args, { home });
  expect(code, stdout + stderr).toBe(0);
  for (const word of ['MEASURED', 'sent', 'succeeded', 'p50', 'p95', 'p99', 'status'])
    expect(stdout).toContain(word);
  const folder = folderOf(stdout);
  const sent = resultOf(folder).measures.find(({ text }) => text === 'load.run.requests.count');
  // The first ones are sent before all signals observe, and the run begins.
  const count = sent?.measured.is === 'value' ? Number(sent.measured.value) : Number.NaN;
  expect(Math.abs(server.received() - count)).toBeLessThan(5);
  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(report).toContain('aftershock load http://127.0.0.1');
  expect(report).not.toMatch(/^## (Recovery|Detection|Probable cause)/m);
  expect(readFileSync(join(folder, 'system.yaml'), 'utf8')).toContain(server.url);
  const judged = await run(['judge', folder], { home });
  expect(judged.code, judged.stderr).toBe(0);
});

test('a prediction that fails is the exit code', async () => {
  const server = await serve();
  const args = [
    'load',
    server.url,
    '--rate',
    '20/s',
    '--for',
    '2s',
    '--predict',
    'load.availability >= 0.99',
  ];
  const { code, stdout, stderr } = await run(args, { home: temporary() });
  expect(code, stdout + stderr).toBe(1);
  expect(stdout).toContain('load.availability >= 0.99');
});

test('ctrl-C ends it early, and the report is written', async () => {
  const server = await serve();
  const running = start(['load', server.url, '--rate', '20/s', '--for', '60s'], { home: temporary() });
  for (let tries = 0; tries < 600 && server.received() < 20; tries += 1) await sleep(50);
  process.kill(running.pid, 'SIGINT');
  const { code, stdout, stderr } = await running.finished;
  expect(code, stdout + stderr).toBe(4);
  expect(stdout).toContain('ctrl-C');
  expect(existsSync(join(folderOf(stdout), 'report.html'))).toBe(true);
});

test('what is wrong is told of the option, and nothing is sent', async () => {
  const server = await serve();
  const home = temporary();
  const { code, stderr } = await run(['load', server.url, '--rate', '20', '--for', '1h30'], { home });
  expect(code).toBe(2);
  expect(stderr).toContain('--rate 20');
  expect(stderr).toContain('--for 1h30');
  expect(stderr).toContain('→');
  expect(server.received()).toBe(0);
  expect(existsSync(join(home, 'runs'))).toBe(false);
});

test('a load of which nothing succeeds does not look like success', async () => {
  const server = await serve();
  server.close();
  const { stdout } = await run(['load', server.url, '--rate', '10/s', '--for', '1s'], { home: temporary() });
  expect(stdout).toContain('! MEASURED: NOTHING SUCCEEDED');
  expect(stdout).toMatch(/refused \d+/);
});
