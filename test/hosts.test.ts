import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guardianOf } from '../src/guard/guardian.ts';
import { LEASE_S } from '../src/guard/lease.ts';
import { run, start } from './support/cli.ts';
import { clusterOf, lockHolder, stateOf } from './support/cluster.ts';
import { ended, processState } from './support/drill.ts';
import { eventually, labUp } from './support/lab.ts';
import {
  expectVictimAsBefore,
  processExperiment,
  recordsIn,
  type Victim,
  victim,
} from './support/process-drill.ts';

const rewritten = (one: Victim, entry: string, more = ''): string =>
  processExperiment(one, 'process.pause', { entry, more });

test('what must not be touched is refused before anything happens', async ({ onTestFinished }) => {
  const one = await victim(onTestFinished);
  const pause = (target: string): string =>
    `{ id: f, fault: process.pause, target: { host: here, ${target} } }`;
  const refused = async (code: number, ...words: string[]): Promise<void> => {
    const planned = await run(['plan', 'experiment.yaml'], one.where);
    expect(planned.code, planned.stdout + planned.stderr).toBe(code);
    for (const word of words) expect(planned.stderr).toContain(word);
    expect(planned.stderr).toContain('→');
  };
  rewritten(one, pause(`command: ${one.word}`), 'limits: { protect: [process/sh, process/dash] }');
  await refused(6, 'is protected', 'limits.protect');
  rewritten(one, pause(`command: ${one.word}`), 'limits: { protect: [host/here] }');
  await refused(6, 'names host/here');
  rewritten(one, pause('pid: 1'));
  await refused(2, 'pid 1', 'never a target');
  rewritten(one, pause(`pid: ${process.pid}`));
  await refused(2, 'aftershock runs below it');
  rewritten(one, pause('port: 31799'));
  await refused(2, 'listening on port 31799');
  rewritten(one, `{ id: f, fault: process.kill, target: { host: here, command: ${one.word} } }`);
  await refused(6, 'nothing undoes', 'limits: { allow: [process.kill] }');
  expect(one.running()).toEqual([one.first]);
});

test('of several that match, `pick` and the limits say how many', async ({ onTestFinished }) => {
  const one = await victim(onTestFinished);
  for (let index = 0; index < 3; index += 1) one.another();
  await eventually('four run', 5_000, () => (one.running().length === 4 ? true : undefined));
  const pick = (count: string): string =>
    `{ id: f, fault: process.pause, target: { host: here, command: ${one.word}, pick: ${count} } }`;
  rewritten(one, pick('2'), 'limits: { targets: 2 }');
  const two = await run(['plan', 'experiment.yaml'], one.where);
  expect(two.code, two.stderr).toBe(0);
  expect(two.stdout).toContain('50% of the processes with');
  rewritten(one, pick('all'), 'limits: { targets: 4 }');
  const all = await run(['plan', 'experiment.yaml'], one.where);
  expect(all.code, all.stderr).toBe(6);
  expect(all.stderr).toContain('would take away 100%');
});

test('two runs never break the same host at once', async ({ onTestFinished }) => {
  const one = await victim(onTestFinished);
  const experiment = processExperiment(one, 'process.pause', { hold: '20s' });
  const first = start(['run', experiment, '--yes'], one.where);
  await eventually('the first one acts', 60_000, () => /effect\s+f:/.test(first.output()) || undefined);
  processExperiment(one, 'process.kill');
  const second = await run(['run', experiment, '--yes'], { ...one.where, home: join(one.folder, 'other') });
  expect(second.code, second.stdout + second.stderr).toBe(6);
  expect(second.stderr).toContain('is breaking the host here now');
  const stopped = await run(['stop'], one.where);
  expect(stopped.code, stopped.stderr).toBe(0);
  expect((await first.finished).code).toBe(4);
  expect(processState(one.first.pid)).toBe('S');
  expect(recordsIn(one.records)).toEqual([]);
});

test('a cluster and a host in one run: both locks, both undone by the guardian', async ({
  onTestFinished,
}) => {
  const lab = await labUp(31_781);
  try {
    const one = await victim(onTestFinished);
    const api = await clusterOf(lab);
    const before = await stateOf(api);
    const where = { ...one.where, home: lab.home };
    const both = [
      '{ id: env, fault: kubernetes.deployment.env, target: { deployment: poll-backend }, with: { set: { ARTIFICIAL_DELAY_MS: "5" } } }',
      `{ id: freeze, fault: process.pause, target: { host: here, command: ${one.word} }, after: env }`,
    ];
    const more = `lab: { name: poll-app, port: ${lab.port} }\nlimits: { targets: 2 }`;
    const entry = both.join(', ');
    const experiment = processExperiment(one, 'process.pause', { entry, more, hold: '60s' });
    const running = start(['run', experiment, '--yes'], where);
    await eventually('both are in effect', 120_000, () =>
      /effect\s+freeze:/.test(running.output()) ? true : undefined,
    );
    const directory = join(one.folder, 'runs', readdirSync(join(one.folder, 'runs')).at(-1) ?? '');
    const guardian = guardianOf(directory);
    if (guardian === undefined) throw new Error('there is no guardian');
    expect(processState(one.first.pid)).toBe('T');
    expect(await lockHolder(api)).not.toBe('');
    expect(readdirSync(one.records)).toContain('lock');
    process.kill(running.pid, 'SIGKILL');
    await running.finished;
    await ended(guardian, (LEASE_S + 60) * 1_000);
    await expectVictimAsBefore(one, { running, directory, guardian }, 'process.pause');
    expect(await stateOf(api)).toEqual(before);
    expect(await lockHolder(api)).toBe('');
  } finally {
    await lab.down();
  }
});
