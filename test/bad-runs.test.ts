import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openInjections } from '../src/guard/journal.ts';
import { run, start, temporary } from './support/cli.ts';
import { lockHolder, readyPods } from './support/cluster.ts';
import { defaultSystem, eventually } from './support/lab.ts';
import { experiment, noStackTrace, type Trial, trialOn } from './support/trial.ts';

const PORT = 32_280;

let trial: Trial;

beforeAll(async () => {
  trial = await trialOn(PORT);
});
afterAll(() => trial.lab.down());

describe('runs', () => {
  test('not steady in the baseline: nothing is injected', async () => {
    const pods = trial.podNames();
    const tried = await trial.attempt(experiment().replace('== 2', '== 7'));
    expect(tried.code, tried.stderr).toBe(3);
    expect(tried.stdout).toContain('nothing was injected');
    expect(tried.stdout).toContain('`backends.ready.last == 7` does not hold: it is 2');
    expect(trial.podNames()).toBe(pods);
    noStackTrace(tried);
    await trial.untouched();
  });

  test('a second run on the same system', async () => {
    const files = trial.lab.files(experiment(SLOW));
    const first = start(['run', files.experiment, '--runs', join(files.folder, 'runs')], {
      home: trial.lab.home,
    });
    await eventually('the first one breaks something', 60_000, async () =>
      (await lockHolder(trial.api)) !== '' && first.output().includes('effect') ? true : undefined,
    );
    const second = await trial.attempt(experiment());
    expect(second.code, second.stdout + second.stderr).toBe(6);
    expect(second.stderr).toContain(`aftershock stop ${await lockHolder(trial.api)}`);
    expect(existsSync(join(second.folder, 'runs'))).toBe(false);
    noStackTrace(second);
    process.kill(first.pid, 'SIGINT');
    expect((await first.finished).code, first.output()).toBe(4);
    await trial.untouched();
  });

  test('a runs folder that cannot be made', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'runs'), '');
    const files = trial.lab.files(experiment());
    const pods = trial.podNames();
    const tried = await run(['run', files.experiment, '--runs', join(folder, 'runs')], {
      home: trial.lab.home,
    });
    expect(tried.code, tried.stderr).toBe(3);
    expect(tried.stderr).toContain(join(folder, 'runs'));
    expect(tried.stderr).toContain('--runs');
    noStackTrace(tried);
    expect(trial.podNames()).toBe(pods);
    await trial.untouched();
  });

  test.skipIf(!mayMount())(
    'a disk that fills up in the middle: the fault is undone, and what was seen is kept',
    async () => {
      const disk = smallDisk();
      const files = trial.lab.files(experiment(SLOW), loadedSystem);
      const running = start(['run', files.experiment, '--runs', disk], { home: trial.lab.home });
      await eventually('it breaks something', 60_000, () =>
        running.output().includes('effect') ? true : undefined,
      );
      fill(disk);
      const { code, stdout, stderr } = await running.finished;
      expect(code, stdout + stderr).toBe(4);
      expect(stderr).toContain('the disk is full');
      expect(stderr).toContain('Free space there');
      noStackTrace({ stdout, stderr });
      await trial.untouched();
      const directory = join(disk, readdirSync(disk).find((name) => name !== 'filler') ?? '');
      expect(openInjections(directory)).toEqual([]);
      rmSync(join(disk, 'filler'));
      const judged = await run(['judge', directory], { home: trial.lab.home });
      expect([3, 4, 5], judged.stdout + judged.stderr).toContain(judged.code);
    },
  );

  test('whoever reads the output may go away: the run goes on to its end', async () => {
    const files = trial.lab.files(experiment());
    const runs = join(files.folder, 'runs');
    const running = start(['run', files.experiment, '--runs', runs], { home: trial.lab.home });
    await eventually('it has begun', 60_000, () =>
      running.output().includes('baseline') ? true : undefined,
    );
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    const { code } = await running.finished;
    expect([0, 3]).toContain(code);
    expect(existsSync(join(runs, readdirSync(runs)[0] ?? '', 'result.json'))).toBe(true);
    await eventually('two are ready', 60_000, async () =>
      (await readyPods(trial.api)) === 2 ? true : undefined,
    );
  });
});

const SLOW =
  "{ id: slow, fault: kubernetes.deployment.env, target: { deployment: poll-backend }, with: { set: { ARTIFICIAL_DELAY_MS: '20' } }, for: 120s }";

const loadedSystem = defaultSystem(PORT).replace(
  'signals:\n',
  `signals:\n  polls: { http: { url: 'http://127.0.0.1:${PORT}/api/polls/default' }, rate: 100/s }\n`,
);

/** A disk of 4 MB. */
function smallDisk(): string {
  const folder = temporary();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

/** Mounting needs root; in CI there is root. */
function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-mount-'));
  const tried = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
  if (tried.status === 0) execFileSync('umount', [folder]);
  else process.stderr.write('skipped: this test needs root, to mount a small disk\n');
  rmdirSync(folder);
  return tried.status === 0;
}

function fill(disk: string): void {
  const filler = join(disk, 'filler');
  for (let size = 1 << 20; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
}

describe('recordings', () => {
  let whole: string;

  beforeAll(async () => {
    const tried = await trial.attempt(experiment().replace('== 2', '== 7'));
    whole = join(tried.folder, 'runs', readdirSync(join(tried.folder, 'runs'))[0] ?? '');
  });

  const damages: [name: string, damage: (folder: string) => void, words: string][] = [
    ['missing', (folder) => rmSync(folder, { recursive: true }), 'there is no folder'],
    ['not a run', (folder) => rmSync(join(folder, 'recording.db')), 'has no recording.db'],
    ['truncated', (folder) => truncateSync(join(folder, 'recording.db'), 5_000), 'is damaged'],
    ['empty', (folder) => truncateSync(join(folder, 'recording.db'), 0), 'is damaged'],
    [
      'foreign',
      (folder) => writeFileSync(join(folder, 'recording.db'), 'some text'.repeat(999)),
      'is damaged',
    ],
    ['without its plan', (folder) => rmSync(join(folder, 'plan.json')), 'plan.json cannot be read'],
    ['with half a plan', (folder) => truncateSync(join(folder, 'plan.json'), 100), 'plan.json is not whole'],
  ];

  test.each(damages)('%s', async (_name, damage, words) => {
    const folder = join(temporary(), 'copied');
    cpSync(whole, folder, { recursive: true });
    damage(folder);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    for (const command of ['judge', 'report']) {
      const tried = await run([command, folder], { home: trial.lab.home });
      expect(tried.code, tried.stdout + tried.stderr).toBe(3);
      expect(tried.stderr).toContain(words);
      expect(tried.stderr).toContain('→');
      noStackTrace(tried);
    }
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual(files);
  });

  test('a whole one in a folder that cannot be written is judged all the same', async () => {
    const folder = join(temporary(), 'copied');
    cpSync(whole, folder, { recursive: true });
    rmSync(join(folder, 'result.json'));
    mkdirSync(join(folder, 'result.json', 'in-the-way'), { recursive: true });
    const judged = await run(['judge', folder], { home: trial.lab.home });
    expect(judged.code, judged.stderr).toBe(3);
    expect(judged.stdout).toContain('INCONCLUSIVE');
    expect(judged.stderr).toContain('result.json');
  });
});
