import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registries } from '../../src/cli/registries.ts';
import { loadExperiment } from '../../src/files/load.ts';
import { labs } from '../../src/labs/registry.ts';
import { root, run, temporary } from '../support/cli.ts';

const [POLL, TIME, SET] = ['31220', '31224', '31226'];

test('labs live side by side; status shows all of them, and down asks which one', async () => {
  const home = temporary();
  const lab = (...args: string[]) => run(['lab', ...args], { home });
  try {
    const [poll, time] = await Promise.all([
      lab('up', '--port', POLL),
      lab('up', 'timeserver', '--port', TIME),
    ]);
    expect([poll.code, time.code], poll.stderr + time.stderr).toEqual([0, 0]);
    expect(poll.stdout).toMatch(/^ +poll-backend +http:\/\/127\.0\.0\.1:31220$/m);
    expect(poll.stdout).toMatch(/^ +poll-frontend +http:\/\/127\.0\.0\.1:31221$/m);
    expect(time.stdout).toMatch(/^ +timeserver +http:\/\/127\.0\.0\.1:31224$/m);
    expect((await lab('status')).stdout).toBe(`${poll.stdout}\n${time.stdout}`);
    expect((await lab('status', 'timeserver')).stdout).toBe(time.stdout);
    expect((await lab('status', 'timeserver', '--port', POLL)).stdout).toBe(
      `timeserver is not up on port ${POLL}\n`,
    );
    const which = await lab('down');
    expect(which.code).toBe(2);
    expect(which.stderr).toContain('2 labs are up: poll-app on port 31220, timeserver on port 31224');
    expect(which.stderr).toContain(`aftershock lab down timeserver --port ${TIME}`);
    expect((await lab('down', '--port', POLL)).stdout).toBe(`poll-app on port ${POLL} is down\n`);
    expect((await lab('down')).stdout).toBe(`timeserver on port ${TIME} is down\n`);
    expect((await lab('status')).stdout).toBe('no lab is up\n');
    expect((await lab('down')).stdout).toBe('no lab was up\n');
  } finally {
    await lab('down', 'poll-app', '--port', POLL);
    await lab('down', 'timeserver', '--port', TIME);
  }
});

test('a lab has the settings of the system file; one that somebody keeps with others is refused', async () => {
  const home = temporary();
  const folder = temporary();
  const file = join(folder, 'experiment.yaml');
  const system = (settings: string) =>
    writeFileSync(
      join(folder, 'system.yaml'),
      `name: s\nlab: { name: poll-app, port: ${SET}, settings: ${settings} }\nsignals:\n  votes:\n    http: { method: POST, url: 'http://127.0.0.1:${SET}/api/polls/default/vote', json: { option: Go } }\n    rate: 10/s\n`,
    );
  writeFileSync(
    file,
    'title: t\nquestion: q\nsystem: system.yaml\nfaults: []\npredict:\n  - { id: all-fail, expect: votes.availability == 0 }\ntiming: { baseline: 5s, watch: 0s }\n',
  );
  const set = 'poll-backend.ERROR_RATE=1';
  try {
    system('{ poll-backend: { ERROR_RATE: 1 } }');
    const ran = await run(['run', file, '--runs', join(folder, 'runs')], { home });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const up = await run(['lab', 'up', '--port', SET, '--set', set], { home });
    expect(up.stdout, up.stderr).toMatch(/^ +set +poll-backend\.ERROR_RATE=1$/m);
    expect((await run(['lab', 'status'], { home })).stdout).toBe(up.stdout);
    const planned = await run(['plan', file], { home });
    expect(planned.stdout, planned.stderr).toMatch(/set:\s+poll-backend\.ERROR_RATE=1$/m);
    system('{ poll-frontend: { RETRIES: 3 } }');
    for (const verb of ['plan', 'run']) {
      const refused = await run([verb, file], { home, cwd: folder });
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain(`is up with other settings: ${set}, poll-frontend.RETRIES not set`);
      expect(refused.stderr).toContain(`aftershock lab down poll-app --port ${SET}`);
    }
    const wrong = await run(['lab', 'up', '--port', SET, '--set', 'poll-backend.ERROR_RAT=1'], { home });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Did you mean `ERROR_RATE`?');
  } finally {
    await run(['lab', 'down', 'poll-app', '--port', SET], { home });
  }
});

test('what a crashed lab left behind is removed by down, and no lab for status', async () => {
  const home = temporary();
  mkdirSync(join(home, 'labs', `poll-app-${POLL}`), { recursive: true });
  expect((await run(['lab', 'status'], { home })).stdout).toBe('no lab is up\n');
  expect((await run(['lab', 'down'], { home })).stdout).toBe(
    `poll-app on port ${POLL} was not up; what it had left behind is removed\n`,
  );
  expect((await run(['lab', 'down'], { home })).stdout).toBe('no lab was up\n');
});

test('a lab that does not exist is told with those that do', async () => {
  const { code, stderr } = await run(['lab', 'up', 'timeserve'], { home: temporary() });
  expect(code).toBe(2);
  expect(stderr).toContain('poll-app, timeserver');
  expect(stderr).toContain('Did you mean `timeserver`?');
});

test('docs/lab.md tells every lab, its port, and every variable of the poll app', () => {
  const page = readFileSync(join(root, 'docs/lab.md'), 'utf8');
  const source = ['knobs.ts', 'frontend-settings.ts']
    .map((name) => readFileSync(join(root, 'src/labs/poll-app', name), 'utf8'))
    .join('');
  const variables = [...source.matchAll(/(?:Setting\(|process\.env\[)'([A-Z_]+)'/g)].map(
    ([, name = '']) => name,
  );
  expect(variables.length).toBeGreaterThan(10);
  const settable = (of: typeof labs): string[] => of.flatMap((one) => Object.values(one.variables).flat());
  const machines = labs.filter(({ name }) => name === 'hosts');
  expect(settable(labs.filter((one) => !machines.includes(one))).toSorted()).toEqual(variables.toSorted());
  for (const name of [...variables, ...settable(machines)]) expect(page).toContain(`\`${name}`);
  for (const { name, port } of labs) expect(page).toMatch(new RegExp(`^\\| \`${name}\` .* ${port} `, 'm'));
});

test.each(['timeserver', 'poll-frontend', 'poll-frontend-retries'])('systems/%s.yaml loads', (name) => {
  const file = join(temporary(), 'experiment.yaml');
  const system = join(root, 'systems', `${name}.yaml`);
  writeFileSync(file, `title: t\nquestion: q\nsystem: ${system}\nfaults: []\n`);
  const loaded = loadExperiment({ file, registries, env: {} });
  expect(loaded.ok ? [] : loaded.problem).toEqual([]);
});
