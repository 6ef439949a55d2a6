import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journalLines, openInjections } from '../src/guard/journal.ts';
import { LEASE_S } from '../src/guard/lease.ts';
import type { LabState } from '../src/labs/lab.ts';
import type { KubernetesApi } from '../src/model/contracts/world.ts';
import type { JsonObject } from '../src/model/json.ts';
import type { RunResult } from '../src/model/verdict.ts';
import { sleep } from '../src/reach/clock.ts';
import { run, start } from './support/cli.ts';
import { clusterOf, stateOf } from './support/cluster.ts';
import { type Drill, ended, expectAsBefore, experimentWith, frozenAt } from './support/drill.ts';
import { eventually, labUp, type TestLab } from './support/lab.ts';

const ENV = 'kubernetes.deployment.env';

interface Place {
  lab: TestLab;
  api: KubernetesApi;
  before: JsonObject;
}

let places: Place[];
/** The first of two clusters; the second is for what takes a whole lease meanwhile. */
const place = (index = 0): Place => {
  const found = places[index];
  if (found === undefined) throw new Error('no lab');
  return found;
};

beforeAll(async () => {
  places = [];
  for (const port of [31_580, 31_680]) {
    const lab = await labUp(port);
    const api = await clusterOf(lab);
    places.push({ lab, api, before: await stateOf(api) });
  }
});
afterAll(() => Promise.all(places.map(({ lab }) => lab.down())));

const resultOf = (directory: string): RunResult =>
  JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')) as RunResult;

/** When a step was journalled, in seconds of uptime, and by whom. */
function stepAt(directory: string, by: string, step: string): number {
  const line = journalLines(directory).find((one) => one.by === by && one.step === step);
  return line?.uptime_s ?? Number.NaN;
}

async function undoneByGuardian({ directory }: Drill): Promise<void> {
  await eventually('the guardian has closed it', (LEASE_S + 30) * 1_000, () =>
    openInjections(directory).length === 0 ? true : undefined,
  );
}

/** The run wakes up, notices by itself what happened, and ends. */
async function endsAsCutShort(drill: Drill): Promise<void> {
  process.kill(drill.running.pid, 'SIGCONT');
  const { code, stdout, stderr } = await drill.running.finished;
  expect(code, stdout + stderr).not.toBe(0);
  const result = resultOf(drill.directory);
  expect(result.abort).toBeDefined();
  expect(result.predictions.map(({ verdict }) => verdict)).toEqual(['unknown']);
  await ended(drill.guardian, 20_000);
}

describe.concurrent('a run that hangs longer than its lease', () => {
  test('is undone by its guardian, and ends as cut short when it wakes', async () => {
    const { lab, api, before } = place(0);
    const drill = await frozenAt(lab, { fault: ENV, step: 'effective' });
    await undoneByGuardian(drill);
    const took_s =
      stepAt(drill.directory, 'guardian', 'undone') - stepAt(drill.directory, 'run', 'effective');
    expect(took_s).toBeLessThan(LEASE_S + 5);
    expect(await stateOf(api)).toEqual(before);
    // What others change after that is theirs: the run must not put it back.
    lab.kubectl('set', 'env', 'deployment/poll-backend', 'ARTIFICIAL_DELAY_MS=1');
    const theirs = await stateOf(api);
    await endsAsCutShort(drill);
    expect(await stateOf(api)).toEqual(theirs);
    lab.kubectl('set', 'env', 'deployment/poll-backend', 'ARTIFICIAL_DELAY_MS-');
    await expectAsBefore(api, before, drill);
    expect(resultOf(drill.directory).abort?.by).toBe('cut-short');
  });

  test('does not act when it wakes between the journal and the act', async () => {
    const { lab, api, before } = place(1);
    const drill = await frozenAt(lab, { fault: ENV, step: 'acting' });
    await undoneByGuardian(drill);
    const { generation } = await metadataOf(api);
    await endsAsCutShort(drill);
    await expectAsBefore(api, before, drill);
    // The template was never touched: no new generation.
    expect((await metadataOf(api)).generation).toBe(generation);
  });
});

async function metadataOf(api: KubernetesApi): Promise<{ generation: number }> {
  const path = '/apis/apps/v1/namespaces/poll-app/deployments/poll-backend';
  const got = await api.request({ method: 'GET', path }, AbortSignal.timeout(10_000));
  if (!got.ok) throw new Error(got.problem.text);
  return got.value['metadata'] as unknown as { generation: number };
}

/** Stops the whole API server for a while; its pods go on. */
async function apiAway(lab: TestLab, ms: number, meanwhile: () => void): Promise<void> {
  const state = JSON.parse(readFileSync(join(lab.kubeconfig, '..', 'state.json'), 'utf8')) as LabState;
  process.kill(state.pid, 'SIGSTOP');
  try {
    meanwhile();
    await sleep(ms);
  } finally {
    process.kill(state.pid, 'SIGCONT');
  }
}

describe('an API that is away when it is time to undo', () => {
  test('is waited for by the run', async () => {
    const { lab, api, before } = place();
    const drill = await frozenAt(lab, { fault: ENV, step: 'undoing' });
    await apiAway(lab, 14_000, () => process.kill(drill.running.pid, 'SIGCONT'));
    const { stdout, stderr } = await drill.running.finished;
    expect(stdout + stderr).toContain('undo of f');
    await ended(drill.guardian, 20_000);
    await expectAsBefore(api, before, drill);
    expect(journalLines(drill.directory).at(-1)).toMatchObject({ by: 'run', step: 'closed' });
  });

  test('is waited for by the guardian', async () => {
    const { lab, api, before } = place();
    const drill = await frozenAt(lab, { fault: ENV, step: 'effective' });
    await apiAway(lab, 14_000, () => process.kill(drill.running.pid, 'SIGKILL'));
    await ended(drill.guardian, 40_000);
    await expectAsBefore(api, before, drill);
  });
});

/** A small disk of its own under the run folders; undefined, with the reason, where nobody may mount one. */
function smallDisk(): { folder: string; fill(): void; remove(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    const message = `the full-disk tests need the right to mount a tmpfs: ${String(error)}`;
    if (process.env['CI']) throw new Error(message);
    process.stderr.write(`skipped: ${message}\n`);
    return undefined;
  }
  return {
    folder,
    fill: () => {
      for (let n = 0; statfsSync(folder).bavail > 0; n += 1) {
        const free = statfsSync(folder);
        try {
          writeFileSync(join(folder, `filler-${n}`), Buffer.alloc(free.bavail * free.bsize));
        } catch {
          // Full: that is what it is for.
        }
      }
    },
    remove: () => {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

const disk = smallDisk();
afterAll(() => disk?.remove());

describe.skipIf(disk === undefined)('a disk that is full under the run folder', () => {
  const runs = (name: string): string => join(disk?.folder ?? '', name);
  const empty = (): void => {
    for (const name of readdirSync(disk?.folder ?? '')) rmSync(runs(name), { recursive: true });
  };

  const isInBaseline = (folder: string): boolean => {
    const [name = ''] = readdirSync(folder);
    return readdirSync(join(folder, name)).includes('guardian.json');
  };

  test.each([
    ['as it starts', existsSync],
    ['in the baseline', (folder: string) => existsSync(folder) && isInBaseline(folder)],
  ])('%s: nothing is injected, and it says so', async (_when, reached) => {
    empty();
    const { lab, api, before } = place();
    const files = lab.files(experimentWith(ENV, { baseline: '6s' }));
    const running = start(['run', files.experiment, '--runs', runs('a')], { home: lab.home });
    await eventually('the run is there', 60_000, () => (reached(runs('a')) ? true : undefined));
    disk?.fill();
    const { code, stdout, stderr } = await running.finished;
    expect([3, 4], stdout + stderr).toContain(code);
    expect(stderr).toMatch(/full|space/i);
    expect(stderr).not.toMatch(/^\s+at .*\.ts:/m);
    const directory = join(runs('a'), readdirSync(runs('a'))[0] ?? '');
    expect(journalLines(directory)).toEqual([]);
    expect(await stateOf(api)).toEqual(before);
    expect((await run(['heal'], { home: lab.home })).stdout).toContain('nothing was left behind');
  });

  test.each(['armed', 'effective'])('after %s: the target is restored, and it says so', async (step) => {
    empty();
    const { lab, api, before } = place();
    const drill = await frozenAt(lab, { fault: ENV, step, runs: runs('b') });
    disk?.fill();
    process.kill(drill.running.pid, 'SIGCONT');
    const { code, stderr } = await drill.running.finished;
    expect([3, 4], stderr).toContain(code);
    expect(stderr).toMatch(/full|space/i);
    expect(stderr).not.toMatch(/^\s+at .*\.ts:/m);
    expect(await stateOf(api)).toEqual(before);
    await ended(drill.guardian, 40_000);
    const healed = await run(['heal'], { home: lab.home });
    expect(healed.stdout, healed.stderr).toContain('nothing was left behind');
  });
});
