import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalLines, openInjections } from '../src/guard/journal.ts';
import type { KubernetesApi } from '../src/model/contracts/world.ts';
import type { JsonObject } from '../src/model/json.ts';
import type { RunResult } from '../src/model/verdict.ts';
import { openRecording } from '../src/record/reader.ts';
import { run, type Started, start, temporary } from './support/cli.ts';
import { clusterOf, lockHolder, stateOf } from './support/cluster.ts';
import { eventually, labUp, type TestLab } from './support/lab.ts';

const CANARY = 'canary-7d1f0c9e-secret';

const system = (port: number): string => `
name: poll-app
lab: { name: poll-app, port: ${port} }
signals:
  votes:
    http:
      method: POST
      url: 'http://voter:\${env:CANARY}@127.0.0.1:${port}/api/polls/default/vote?token=\${env:CANARY}'
      headers: { authorization: 'Bearer \${env:CANARY}' }
      json: { option: { pick: [TypeScript, Python, Rust, Go] } }
      ledger: { read: 'http://reader:\${env:CANARY}@127.0.0.1:${port}/api/polls/default/votes?limit=10000&token=\${env:CANARY}', list: votes, id: id, next: next }
    rate: 50/s
    timeout: 2s
  backends:
    kubernetes.pods: { selector: app=poll-backend }
`;

const experiment = (body: string): string => `
title: A run under test
question: Does it do what it says?
system: system.yaml
steady: [ votes.availability >= 0.9, backends.ready.last == 2 ]
timing: { baseline: 3s, watch: 2s, hold: 4s, sliding: 2s, steady_for: 1s }
${body}
`;

const errors = (more: string): string => `
faults:
  - { id: errors, fault: kubernetes.deployment.env, target: { deployment: poll-backend }, with: { set: { ERROR_RATE: '1' } }${more} }
`;

let lab: TestLab;
let api: KubernetesApi;
let before: JsonObject;

beforeAll(async () => {
  lab = await labUp(31_180);
  api = await clusterOf(lab);
  before = await stateOf(api);
});
afterAll(() => lab.down());

interface Run {
  running: Started;
  /** The run's folder, once it is there. */
  directory: () => string;
}

function begin(body: string, args: readonly string[] = []): Run {
  const files = lab.files(experiment(body), system(lab.port));
  const runs = join(files.folder, 'runs');
  const running = start(['run', files.experiment, '--runs', runs, ...args], {
    home: lab.home,
    env: { CANARY },
  });
  return { running, directory: () => join(runs, readdirSync(runs)[0] ?? 'none') };
}

const reached = (one: Run, step: string): Promise<true> =>
  eventually(`${step} is journalled`, 60_000, () => {
    try {
      return journalLines(one.directory()).some((line) => line.step === step) ? true : undefined;
    } catch {
      return undefined;
    }
  });

const resultOf = (directory: string): RunResult =>
  JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')) as RunResult;

function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test('a killed pod is as predicted, and no secret is in the run folder', async () => {
  const one = begin(`
faults: [ { id: kill, fault: kubernetes.pod.delete, target: { deployment: poll-backend, pick: 1 } } ]
predict:
  - { id: replaced, expect: backends.replaced_after_s < 30, confidence: 0.9 }
  - { id: mostly-up, expect: votes.availability >= 0.5, confidence: 0.9 }
`);
  const { code, stdout, stderr } = await one.running.finished;
  expect(code, stdout + stderr).toBe(0);
  const result = resultOf(one.directory());
  expect(result.verdict).toBe('as-predicted');
  expect(result.predictions.map((prediction) => prediction.verdict)).toEqual(['held', 'held']);
  expect(stdout).toContain('report.html');
  const recording = openRecording(one.directory());
  if (!recording.ok) throw new Error(recording.problem.message);
  for (const name of ['baseline', 'hold']) {
    expect(JSON.stringify(recording.value.snapshot(name))).toContain('poll-backend');
  }
  recording.value.close();
  const forms = [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64').slice(0, -3)];
  for (const path of allFiles(one.directory())) {
    const bytes = readFileSync(path, 'latin1');
    for (const form of forms) expect(bytes.includes(form), `${path} holds the secret`).toBe(false);
  }
  expect(stdout + stderr).not.toContain(CANARY);
});

test('a wrong prediction deviates, and the copied folder is judged the same elsewhere', async () => {
  const one = begin(
    `${errors(', for: 4s')}predict: [ { id: fine, expect: votes.availability >= 0.99, confidence: 0.8 } ]`,
  );
  const { code, stdout, stderr } = await one.running.finished;
  expect(code, stdout + stderr).toBe(1);
  const result = resultOf(one.directory());
  expect(result.verdict).toBe('deviated');
  const elsewhere = join(temporary(), 'copied');
  cpSync(one.directory(), elsewhere, { recursive: true });
  const judged = await run(['judge', elsewhere, '--json'], { home: temporary() });
  expect(judged.code).toBe(1);
  expect(JSON.parse(judged.stdout)).toEqual(JSON.parse(JSON.stringify(result)));
  const reported = await run(['report', elsewhere], { home: temporary() });
  expect(reported.code, reported.stderr).toBe(0);
});

test('an abort condition undoes at once', async () => {
  const one = begin(`${errors(', for: 120s')}abort: [ { when: votes.error_rate > 0.5, for: 1s } ]`);
  const { code, stdout } = await one.running.finished;
  expect(code, stdout).toBe(4);
  expect(resultOf(one.directory()).abort?.by).toBe('condition');
  expect(await stateOf(api)).toEqual(before);
});

test.each([
  ['ctrl-C', async (one: Run) => void process.kill(one.running.pid, 'SIGINT')],
  ['SIGTERM', async (one: Run) => void process.kill(one.running.pid, 'SIGTERM')],
  ['aftershock stop', async () => expect((await run(['stop'], { home: lab.home })).code).toBe(0)],
])('%s undoes at once and says so', async (_name, stop) => {
  const one = begin(errors(', for: 120s'));
  await reached(one, 'effective');
  await stop(one);
  const { code, stdout, stderr } = await one.running.finished;
  expect(code, stdout + stderr).toBe(4);
  expect(await stateOf(api)).toEqual(before);
  expect(openInjections(one.directory())).toEqual([]);
  expect(await lockHolder(api)).toBe('');
});

test('heal leaves a living run alone, and heal --all ends it', async () => {
  const living = begin(errors(', for: 120s'));
  await reached(living, 'effective');
  const healed = await run(['heal'], { home: lab.home });
  expect(healed.stdout, healed.stderr).toContain('alive');
  expect(await stateOf(api)).not.toEqual(before);
  const all = await run(['heal', '--all'], { home: lab.home });
  expect(all.code, all.stdout + all.stderr).toBe(0);
  expect((await living.running.finished).code).toBe(4);
  expect(await stateOf(api)).toEqual(before);
});

test('a killed run leaves a recording that can be judged, and is never green', async () => {
  const one = begin(errors(', for: 120s'));
  await reached(one, 'effective');
  process.kill(one.running.pid, 'SIGKILL');
  await one.running.finished;
  await eventually('the guardian has undone it', 60_000, () =>
    openInjections(one.directory()).length === 0 ? true : undefined,
  );
  expect(await stateOf(api)).toEqual(before);
  const judged = await run(['judge', one.directory(), '--json'], { home: temporary() });
  // What the guardian did stands in the journal beside the recording: restored, but never green.
  expect(judged.code, judged.stdout + judged.stderr).toBe(3);
  expect((JSON.parse(judged.stdout) as RunResult).injections[0]?.cutShort).toContain('guardian');
});

test('the same seed chooses the same pod, and --json is one object a line', async () => {
  const body =
    'faults: [ { id: kill, fault: kubernetes.pod.delete, target: { deployment: poll-backend, pick: 1 } } ]';
  const files = lab.files(experiment(body), system(lab.port));
  const where = { home: lab.home, env: { CANARY } };
  const seeded = [files.experiment, '--seed', 'a1', '--json'];
  const [first, again] = await Promise.all([
    run(['plan', ...seeded], where),
    run(['plan', ...seeded], where),
  ]);
  expect(again.stdout).toBe(first.stdout);
  const plan = JSON.parse(first.stdout) as { faults: { targets: { name: string }[] }[] };
  const ran = await run(['run', ...seeded, '--runs', join(files.folder, 'runs')], where);
  const events = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  const acting = events.find((event) => event.step === 'acting');
  expect(acting?.record?.injection.target.name).toBe(plan.faults[0]?.targets[0]?.name);
  expect(events.at(-1)?.is).toBe('result');
});

interface Event {
  is: string;
  step?: string;
  record?: { injection: { target: { name: string } } };
}
