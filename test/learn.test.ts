import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './support/cli.ts';
import { labUp, type TestLab } from './support/lab.ts';

const PORT = 31_850;
/** One red pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const experiment = `
title: A quiet word
question: Does anybody notice?
system: system.yaml
steady: [ backends.ready.last == 2 ]
faults: [ { id: kill, fault: kubernetes.pod.delete, target: { deployment: poll-backend, pick: 1 } } ]
predict: [ { id: replaced, expect: backends.replaced_after_s < 10, confidence: 0.9 } ]
timing: { baseline: 6s, watch: 4s, sliding: 2s, steady_for: 1s }
`;
const system = `
name: poll-app
lab: { name: poll-app, port: ${PORT} }
signals:
  votes: { http: { method: POST, url: 'http://127.0.0.1:${PORT}/api/polls/default/vote', json: { option: Go } }, rate: 20/s }
  backends: { kubernetes.pods: { selector: app=poll-backend } }
`;

let lab: TestLab;
let runs: string;
const where = (input: string) => ({ home: lab.home, cwd: lab.home, input });
const folder = (): string => join(runs, readdirSync(runs)[0] ?? 'none');

beforeAll(async () => {
  lab = await labUp(PORT);
  runs = join(lab.home, 'runs');
}, 120_000);
afterAll(() => lab.down());

test('a game day whose questions nobody answers touches nothing', async () => {
  const files = lab.files(experiment, system);
  const before = lab.kubectl('get', 'pods', '-o', 'name');
  const { code, stdout, stderr } = await run(['learn', 'game-day', files.experiment], where('1\n'));
  expect([code, stderr]).toEqual([2, expect.stringContaining('one answer a line')]);
  expect(stdout).toContain('Does anybody notice?');
  expect(existsSync(runs)).toBe(false);
  expect(lab.kubectl('get', 'pods', '-o', 'name')).toBe(before);
});

test('a game day asks first, runs, asks again, compares; the prediction is part of the run', async () => {
  const files = lab.files(experiment, system);
  // It holds, 90 % sure; users feel nothing; 2 s. Then what was seen: slow, 3 s. One answer is no number.
  const answers = ['1', 'perhaps', '5', '1', '2', '2', '3', ''].join('\n');
  const { code, stdout, stderr } = await run(['learn', 'game-day', files.experiment], where(answers));
  expect(code, stdout + stderr).toBe(0);
  const at = (text: string): number => stdout.indexOf(text);
  expect(at('Will this hold?')).toBeGreaterThan(0);
  expect(at('Watch.')).toBeGreaterThan(at('How sure are you?'));
  expect(at('Before you are told')).toBeGreaterThan(at('Watch.'));
  expect(at('Report:')).toBeGreaterThan(at('Before you are told'));
  expect(stdout).toContain('perhaps is not a number from 1 to 6');
  expect(stdout).toMatch(
    /✓ backends\.replaced_after_s < 10\n {4}you said before {2}holds, 90 % sure\n {4}it was {11}held/,
  );
  expect(stdout).toMatch(/of 3 right, Brier score 0\.01/);
  expect(readFileSync(join(folder(), 'report.md'), 'utf8')).toContain(
    'Game day, predicted before the fault: replaced holds',
  );
});

test('a note with a picture stands in both reports, and stays when they are written again', async () => {
  const picture = join(lab.home, 'dash board.png');
  writeFileSync(picture, Buffer.from(PNG, 'base64'));
  const noted = await run(
    ['note', 'a-quiet-word', 'restarted the', 'port-forward', '--at', '+1s', '--attach', picture],
    where(''),
  );
  expect([noted.code, noted.stdout]).toEqual([0, expect.stringContaining('noted at +1.0 s')]);
  expect((await run(['report', 'a-quiet-word'], where(''))).code).toBe(0);
  const html = readFileSync(join(folder(), 'report.html'), 'utf8');
  expect(html).toContain('restarted the port-forward');
  expect(html).toContain(`data:image/png;base64,${PNG}`);
  expect(readFileSync(join(folder(), 'report.md'), 'utf8')).toContain('(attachments/dash-board.png)');
  expect(readdirSync(join(folder(), 'attachments'))).toEqual(['dash-board.png']);
});

test.each([
  [['note', 'a-quiet-word', ' ']],
  [['note', 'a-quiet-word', 'x', '--at', 'noon']],
  [['note', 'a-quiet-word', 'x', '--at', '2020-01-01T00:00:00Z']],
  [['note', 'a-quiet-word', 'x', '--attach', 'no.png']],
  [['note', 'no-such-run', 'x']],
])('a note that cannot be made says what to do, and makes none: %s', async (args) => {
  const before = readFileSync(join(folder(), 'report.md'), 'utf8');
  const { code, stderr } = await run(args, where(''));
  expect([code, stderr]).toEqual([2, expect.stringContaining('→')]);
  expect((await run(['report', 'a-quiet-word'], where(''))).code).toBe(0);
  expect(readFileSync(join(folder(), 'report.md'), 'utf8')).toBe(before);
});

test('the quiz shows the charts without the name, and tells afterwards', async () => {
  const { code, stdout } = await run(['learn', 'quiz', '--seed', 'abc'], where('1\n'));
  expect(code).toBe(0);
  const [before = '', after = ''] = stdout.split('What was broken?');
  expect(before).toContain('votes: latency');
  for (const secret of ['quiet', 'kubernetes.pod.delete', 'poll-backend-'])
    expect(before).not.toContain(secret);
  expect(after.match(/kubernetes\.pod\.delete/g)?.length).toBeGreaterThanOrEqual(1);
  expect(after).toContain('A quiet word');
  const page = /page: (\S+)/.exec(before)?.[1] ?? '';
  expect(readFileSync(page, 'utf8')).toContain('Which fault was it?');
});

test('scores are shown over time', async () => {
  const { code, stdout } = await run(['learn', 'scores'], where(''));
  expect(code).toBe(0);
  expect(stdout).toMatch(/game-day: 1 time, \d of 3 right, Brier score 0\.01/);
  expect(stdout).toMatch(/quiz: 1 time, [01] of 1 right/);
  const json = await run(['learn', 'scores', '--json'], where(''));
  expect(JSON.parse(json.stdout)).toHaveLength(2);
});

test('without runs the quiz says how to get some', async () => {
  const { code, stderr } = await run(['learn', 'quiz', '--runs', 'nowhere'], where(''));
  expect([code, stderr]).toEqual([3, expect.stringContaining('aftershock suite')]);
});
