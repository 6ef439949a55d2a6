import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunResult } from '../src/model/verdict.ts';
import { run, temporary } from './support/cli.ts';

const PORT = 30_880;

const systemOf = (log: string): string => `
name: host
hosts: { here: local }
signals:
  machine:
    host: { host: here, interface: lo }
  way:
    ping: { host: here, to: 127.0.0.1, every: 200ms }
  written:
    log: { host: here, file: ${log}, match: [{ name: tick, pattern: '^tick \\d+$' }, { name: bad, pattern: ERROR }] }
  size:
    command: { run: 'wc -l <${log}', as: number, every: 1s }
  listens:
    command: { host: here, run: 'test -s ${log}', as: exit, every: 1s }
  names:
    dns: { name: localhost, every: 500ms }
  port:
    tcp: { to: '127.0.0.1:${PORT}', expect: hello }
    rate: 10/s
    timeout: 1s
`;

const experiment = `
title: What signals of a host see
question: Is everything of a quiet host seen?
system: system.yaml
steady: [ way.availability == 1, machine.cpu_percent.max <= 100 ]
faults: []
predict:
  - { id: pinged, expect: 'way.ok >= 10 && way.availability == 1 && way.p95_ms < 500', confidence: 0.9 }
  - { id: logged, expect: 'written.tick.count >= 10 && written.bad.count == 0', confidence: 0.9 }
  - { id: grown, expect: 'size.min < size.max', confidence: 0.9 }
  - { id: there, expect: 'listens.last == "ok" && listens.events.failed.count == 0', confidence: 0.9 }
  - { id: named, expect: 'names.availability == 1', confidence: 0.9 }
  - { id: open, expect: 'port.availability == 1 && port.by_error["refused"] == 0', confidence: 0.9 }
  - { id: host, expect: 'machine.memory_used_mb.min > 0 && machine.disk_free_mb.min > 0 && machine.events.rebooted.count == 0', confidence: 0.9 }
  - { id: clock, expect: 'machine.clock_offset_ms.max < 1000', confidence: 0.9 }
timing: { baseline: 6s, watch: 0s }
`;

test('all signals of a host in one run, planned, run and judged', async () => {
  const home = temporary();
  const log = join(home, 'app.log');
  writeFileSync(log, 'before\n');
  const loop = 'n=0; while sleep 0.2; do n=$((n+1)); echo "tick $n" >>"$1"; done';
  const writer = spawn('sh', ['-c', loop, 'sh', log], { stdio: 'ignore' });
  onTestFinished(() => void writer.kill('SIGKILL'));
  const server = createServer((socket) => socket.on('error', () => undefined).end('hello\n'));
  await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  writeFileSync(join(home, 'system.yaml'), systemOf(log));
  writeFileSync(join(home, 'experiment.yaml'), experiment);
  const planned = await run(['plan', 'experiment.yaml'], { home });
  expect(planned.code, planned.stdout + planned.stderr).toBe(0);
  const ran = await run(['run', 'experiment.yaml', '--yes'], { home });
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  const [folder = ''] = readdirSync(join(home, 'runs'));
  const result = JSON.parse(readFileSync(join(home, 'runs', folder, 'result.json'), 'utf8')) as RunResult;
  expect(result.predictions.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(
    ['pinged', 'logged', 'grown', 'there', 'named', 'open', 'host', 'clock'].map((id) => `${id} held`),
  );
}, 120_000);

test('a host that is not there, and a log that cannot be read, are told with the place', async () => {
  const home = temporary();
  writeFileSync(
    join(home, 'system.yaml'),
    systemOf('/etc').replace('ping: { host: here', 'ping: { host: there'),
  );
  writeFileSync(join(home, 'experiment.yaml'), experiment);
  const unknown = await run(['plan', 'experiment.yaml'], { home });
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('no host `there`');
  writeFileSync(join(home, 'system.yaml'), systemOf('/etc'));
  const unreadable = await run(['plan', 'experiment.yaml'], { home });
  expect(unreadable.code).not.toBe(0);
  expect(unreadable.stderr).toContain('The log cannot be read');
}, 60_000);
