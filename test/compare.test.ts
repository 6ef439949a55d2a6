import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeFolder } from '../src/cli/fake-folder.ts';
import { type Finished, run, start, temporary } from './support/cli.ts';
import { clusterOf, lockHolder, stateOf } from './support/cluster.ts';
import { eventually, labUp, type TestLab, votingSystem } from './support/lab.ts';

describe('runs that are there', () => {
  let home: string;
  const aftershock = (...args: string[]): Promise<Finished> => run(args, { home });

  const made = (): void => {
    home = temporary();
    const runs = join(home, 'runs');
    fakeFolder({ runs, id: '2026-11-20T160800-scale-7f30', kind: 'scale' });
    fakeFolder({ runs, id: '2026-11-21T160800-latency-7f31', kind: 'latency' });
    fakeFolder({ runs, id: '2026-11-22T160800-errors-7f32', kind: 'errors', judged: false });
  };

  test('`runs` lists them, newest first, with the score of their predictions', async () => {
    made();
    const { stdout, code } = await aftershock('runs');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(1, 4).map((line) => line.slice(18, 22))).toEqual(['7f32', '7f31', '7f30']);
    expect(lines[1]).toMatch(/deviated .*failing .*One vote in five fails .*2026-11-22T160800-errors-7f32$/);
    expect(stdout).toMatch(/Brier score 0\.\d\d over 9 scored predictions/);
    expect(stdout).toMatch(/said 80 %, held \d of \d/);
    expect(existsSync(join(home, 'runs/2026-11-22T160800-errors-7f32/result.json'))).toBe(false);
  });

  test('`runs` filters, also as JSON; a wrong verdict comes with the nearest', async () => {
    made();
    const listed = JSON.parse((await aftershock('runs', '--json', '--experiment', 'LATENCY')).stdout);
    expect(listed.runs.map(({ short }: { short: string }) => short)).toEqual(['7f31']);
    expect(listed.brier.count).toBe(3);
    expect((await aftershock('runs', '--limit', '1')).stdout).toContain('and 2 more');
    expect((await aftershock('runs', '--verdict', 'aborted')).stdout).toContain('None of the 3 folders');
    const wrong = await aftershock('runs', '--verdict', 'deviatd');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('`deviated`');
  });

  test('`compare` tells them apart, and writes a page', async () => {
    made();
    const { stdout, code } = await aftershock('compare', '7f30', '7f31', '7f32');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^C .*failing .*votes\.availability −18\.5 points/m);
    const page = /Page: (\S+\.html)/.exec(stdout)?.[1] ?? '';
    expect(readFileSync(page, 'utf8')).toContain('3 runs side by side');
  });

  test('`compare` writes Markdown with its pictures, or any format to standard output', async () => {
    made();
    const written = await aftershock('compare', '7f30', '7f31', '-o', 'out/both.md');
    expect(written.code).toBe(0);
    expect(readFileSync(join(home, 'out/both.md'), 'utf8')).toContain('](both-charts/votes-latency-B.svg)');
    expect(readdirSync(join(home, 'out/both-charts')).length).toBe(8);
    const html = await aftershock('compare', '7f30', '7f31', '--format', 'html');
    expect(html.stdout).toMatch(/^<!doctype html>/);
    const text = await aftershock('compare', '7f30', '7f31', '--format', 'text');
    expect(text.stdout).not.toContain('Page:');
  });

  test.each([
    ['votes.p95_ms > 1.5x', 1],
    ['votes.p95_ms > 100x', 0],
    ['recovered_after_s > +60', 0],
    ['votes.above_s > 1.5x', 2],
    ['observer.lag_p99_ms > 1000', 0],
    ['monitoring.blind_s > 1.5x', 3],
  ])('`--fail-on %s` exits with %i', async (condition, code) => {
    made();
    const finished = await aftershock('compare', '7f30', '7f31', '--fail-on', condition);
    expect(finished.code, finished.stdout + finished.stderr).toBe(code);
    if (code === 2) expect(finished.stderr).toContain('→');
  });

  test('one that is true goes before one that cannot be told; another run can be the baseline', async () => {
    made();
    const both = ['--fail-on', 'monitoring.blind_s > 1.5x', '--fail-on', 'votes.p95_ms > 1.5x'];
    expect((await aftershock('compare', '7f30', '7f31', ...both)).code).toBe(1);
    const other = await aftershock(
      'compare',
      '7f30',
      '--baseline',
      '7f31',
      '--fail-on',
      'votes.p95_ms > 1.5x',
    );
    expect(other.code, other.stderr).toBe(0);
  });

  test('what cannot be compared is told, and what to do', async () => {
    made();
    for (const args of [
      ['7f30'],
      ['7f30', '7f30'],
      ['7f30', 'nowhere'],
      ['7f30', '7f31', '--format', 'pdf'],
    ]) {
      const { code, stderr } = await aftershock('compare', ...args);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain('→');
    }
  });
});

const experiment = (timing: string, fault = ''): string => `
title: Kill one backend pod
question: Is it noticed?
system: system.yaml
steady: [ backends.ready.last == 2 ]
faults:
  - ${fault === '' ? '{ id: kill, fault: kubernetes.pod.delete, target: { deployment: poll-backend, pick: 1 }, with: { grace: 0s } }' : fault}
predict: [ { id: replaced, expect: backends.replaced_after_s < 20, confidence: 0.9 } ]
timing: { ${timing} }
`;

describe('runs that are made', () => {
  let lab: TestLab;
  beforeAll(async () => {
    lab = await labUp(31_620);
  });
  afterAll(() => lab.down());

  test('a suite varies a rate, keeps what was varied in each recording, and its runs compare', async () => {
    const { folder } = lab.files(
      experiment('baseline: 3s, watch: 5s, sliding: 2s, steady_for: 1s'),
      votingSystem(lab.port),
    );
    const where = { home: lab.home, cwd: folder };
    const { stdout, stderr, code } = await run(
      ['suite', 'experiment.yaml', '--vary', 'signals.votes.rate=40/s,10/s', '--seed', 'abc'],
      where,
    );
    expect(stderr).toContain('1 of 2 · Kill one backend pod · signals.votes.rate=10/s');
    const summary = /Summary: (\S+)\/suite\.html/.exec(stdout)?.[1] ?? '';
    expect(summary, stdout + stderr).not.toBe('');
    const suite = JSON.parse(readFileSync(join(summary, 'suite.json'), 'utf8'));
    expect(suite.exit).toBe(code);
    expect(suite.varied).toEqual([{ path: 'signals.votes.rate', values: ['10/s', '40/s'] }]);
    const rates = suite.cells.map(
      ({ measures }: { measures: { text: string; median: { value: number } }[] }) =>
        Math.round(
          measures.find(({ text }) => text === 'votes.run.rate_per_s' || text === 'votes.rate_per_s')?.median
            .value ?? 0,
        ),
    );
    expect(rates[0]).toBeLessThan(20);
    expect(rates[1]).toBeGreaterThan(20);
    const names: string[] = suite.cells.flatMap(({ runs }: { runs: { run: string }[] }) =>
      runs.map((one) => one.run),
    );
    expect(readFileSync(join(folder, 'runs', names[0] ?? '', 'system.yaml'), 'utf8')).toContain('rate: 10/s');
    expect(readFileSync(join(folder, 'system.yaml'), 'utf8')).toContain('rate: 50/s');
    expect(readFileSync(join(summary, 'junit.xml'), 'utf8').match(/<testsuite /g)).toHaveLength(2);
    expect(readdirSync(join(summary, 'charts'))).toContain('votes-p95_ms-swept.svg');

    const compared = await run(['compare', ...names, '--fail-on', 'votes.count > 2x'], where);
    expect(compared.code, compared.stdout + compared.stderr).toBe(1);
    const listed = JSON.parse((await run(['runs', '--json'], where)).stdout);
    expect(listed.runs.map(({ is }: { is: string }) => is).toSorted()).toEqual(['run', 'run', 'suite']);
  });

  test('a path that does not exist is told before anything is made', async () => {
    const { folder } = lab.files(experiment('baseline: 3s, watch: 5s'), votingSystem(lab.port));
    const where = { home: lab.home, cwd: folder };
    for (const [vary, words] of [
      ['signals.vote.rate=5/s', 'signals.votes.rate'],
      ['signal.votes.rate=5/s', 'signals.votes.rate'],
      ['signals.votes.rate=5,fast', 'signals.votes.rate=5'],
      ['timing.wach=5s', '`watch`'],
      ['faults.kil.for=5s', 'faults.kill.for'],
    ] as const) {
      const { code, stderr } = await run(['suite', 'experiment.yaml', '--vary', vary], where);
      expect(code, vary + stderr).toBe(2);
      expect(stderr).toContain(words);
    }
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  test('ctrl-C undoes what the run holds, and makes no other run', async () => {
    const held =
      "{ id: slow, fault: kubernetes.deployment.env, target: { deployment: poll-backend }, with: { set: { ARTIFICIAL_DELAY_MS: '50' } }, for: 60s }";
    const { folder } = lab.files(
      experiment('baseline: 2s, watch: 2s, sliding: 1s, steady_for: 1s', held),
      votingSystem(lab.port),
    );
    const api = await clusterOf(lab);
    const before = await stateOf(api);
    const suite = start(['suite', 'experiment.yaml', '--repeat', '3'], { home: lab.home, cwd: folder });
    const journal = (): boolean =>
      existsSync(join(folder, 'runs')) &&
      readdirSync(join(folder, 'runs')).some((name) => {
        const file = join(folder, 'runs', name, 'undo.jsonl');
        return existsSync(file) && readFileSync(file, 'utf8').includes('"effective"');
      });
    await eventually('the fault is in effect', 60_000, () => (journal() ? true : undefined));
    suite.child.kill('SIGINT');
    const { code, stdout, stderr } = await suite.finished;
    expect(code, stdout + stderr).toBe(4);
    expect(stdout).toContain('Not all of the 3 runs took place: ctrl-C');
    expect(stderr).not.toContain('2 of 3');
    expect(await stateOf(api)).toEqual(before);
    expect(await lockHolder(api)).toBe('');
  });
});
