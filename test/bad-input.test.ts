import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { run, temporary } from './support/cli.ts';
import { defaultSystem, eventually } from './support/lab.ts';
import { experiment, KILL, type Trial, trialOn } from './support/trial.ts';

const PORT = 32_180;

let trial: Trial;

beforeAll(async () => {
  trial = await trialOn(PORT);
});
afterAll(() => trial.lab.down());

describe('files', () => {
  test('a missing experiment', async () => {
    const folder = temporary();
    const tried = await run(['run', 'nope.yaml'], { home: trial.lab.home, cwd: folder });
    await trial.refused({ ...tried, folder }, 2, 'nope.yaml does not exist');
  });

  test('a missing system is shown where the experiment names it', async () => {
    const tried = await trial.attempt(experiment().replace('system.yaml', 'gone.yaml'));
    await trial.refused(tried, 2, 'experiment.yaml:3:9', 'gone.yaml does not exist', '3 | system: gone.yaml');
  });

  test.each([
    ['an open quote', 'title: x\nquestion: "why\nsteady: []\n', 'this is not valid YAML'],
    ['a tab', 'title: x\n\tquestion: y\n', 'experiment.yaml:2:1  a tab is used to indent'],
    ['nothing', '', 'experiment.yaml:1:1  the file is empty'],
    ['no YAML at all', '\u0000\u0001{{{', 'experiment.yaml:1'],
  ])('broken YAML: %s', async (_name, text, words) => {
    await trial.refused(await trial.attempt(text), 2, words);
  });

  test('a circle of after', async () => {
    const waiting = [
      KILL.replace(/ }$/, ', after: other }'),
      KILL.replace('id: kill', 'id: other').replace(/ }$/, ', after: kill.undone }'),
    ].join('\n  - ');
    await trial.refused(
      await trial.attempt(experiment(waiting)),
      2,
      'in a circle',
      '`kill` waits for `other`',
      'remove its `after`',
    );
  });

  test('a variable that is not set', async () => {
    const system = defaultSystem(PORT).replace(
      'signals:\n',
      "signals:\n  web: { http: { url: 'http://127.0.0.1/${env:NOT_THERE}' }, rate: 1/s }\n",
    );
    await trial.refused(
      await trial.attempt(experiment(), system),
      2,
      'system.yaml:5:41',
      'NOT_THERE is not set',
      'export NOT_THERE=',
    );
  });

  test('a password in a URL is not shown', async () => {
    const system = defaultSystem(PORT).replace(
      'signals:\n',
      "signals:\n  web: { http: { url: 'http://me:hunter2@127.0.0.1/' }, rate: 1/s }\n",
    );
    const tried = await trial.attempt(experiment(), system);
    await trial.refused(tried, 2, 'system.yaml:5:23', 'holds a secret as it is', '${env:NAME}');
    expect(tried.stdout + tried.stderr).not.toContain('hunter2');
  });
});

/** Everything wrong, and where: line, column, words, and the next step. */
const WRONG = `title: 5
question: Q?
system: system.yaml
stedy: []
steady: [ backends.raedy.last == 2, backends.ready.last = 2 ]
faults:
  - { id: a, fault: kubernetes.pod.delte, target: { deployment: web } }
  - { id: b, fault: kubernetes.pod.delete, target: { deploymnt: web }, for: 30 }
  - { id: b, fault: kubernetes.deployment.env, target: { deployment: web }, with: { set: { A: 5 } } }
predict:
  - { id: p, expect: backends.replaced_after < 30, confidence: 80 }
  - { id: q, expect: backend.ready.min >= 1 }
abort: [ { when: votes.error_rate > 50%, for: 10 } ]
timing: { baseline: 15, watch: 1x }
`;

const WRONG_SYSTEM = `name: wrong
labs: poll-app
signals:
  votes: { http: { url: 'http://127.0.0.1/' }, rate: 50, timeout: 2 }
  other: { htpp: { url: 'http://127.0.0.1/' } }
  backends: { kubernetes.pods: { selector: app=web } }
limits: { targets: many, duration: 5, percnt: 3 }
`;

const FOUND: readonly [at: string, message: string, fix: string][] = [
  ['experiment.yaml:1:8', '`title`: must be a text', "Put it into quotes: `'5'`."],
  ['experiment.yaml:4:1', 'there is no `stedy`', 'Write `steady`.'],
  ['experiment.yaml:5:20', 'raedy', 'Write `ready`.'],
  ['experiment.yaml:5:57', '`=` compares nothing', 'Write `==`.'],
  ['experiment.yaml:7:21', 'there is no fault `kubernetes.pod.delte`', 'Write `kubernetes.pod.delete`.'],
  ['experiment.yaml:8:54', 'there is no `deploymnt`', 'Write `deployment`.'],
  ['experiment.yaml:8:77', 'a duration needs a unit', 'Write `30s`.'],
  ['experiment.yaml:9:11', 'the id `b` is used twice', 'Give each its own id.'],
  ['experiment.yaml:9:95', 'must be a text', "Put it into quotes: `'5'`."],
  ['experiment.yaml:11:31', 'replaced_after', 'Write `replaced_after_s`.'],
  ['experiment.yaml:11:64', 'must be a number from 0 to 1', 'Write a number from 0 to 1'],
  ['experiment.yaml:13:37', 'shares are numbers from 0 to 1', 'Write `0.5`.'],
  ['experiment.yaml:13:47', 'a duration needs a unit', 'Write `10s`.'],
  ['experiment.yaml:14:21', 'a duration needs a unit', 'Write `15s`.'],
  ['experiment.yaml:14:32', '`1x` is not a duration', '30s'],
  ['system.yaml:2:1', 'there is no `labs`', 'Write `lab`.'],
  ['system.yaml:4:54', 'a rate needs a unit', 'Write `50/s`.'],
  ['system.yaml:4:67', 'a duration needs a unit', 'Write `2s`.'],
  ['system.yaml:5:12', 'there is no kind of signal `htpp`', 'Write `http`.'],
  ['system.yaml:7:20', 'must be a number', 'Write a number.'],
  ['system.yaml:7:36', 'a duration needs a unit', 'Write `5s`.'],
  ['system.yaml:7:39', 'there is no `percnt`', 'Write `percent`.'],
];

test('everything wrong in both files is told at once, each with its place, the caret and the next step', async () => {
  const tried = await trial.attempt(WRONG, WRONG_SYSTEM);
  await trial.refused(tried, 2);
  const blocks = tried.stderr.split('\n\n');
  for (const [at, message, fix] of FOUND) {
    const block = blocks.find((one) => one.startsWith(`${at}  `));
    expect(block, `${at} in\n${tried.stderr}`).toBeDefined();
    expect(block).toContain(message);
    expect(block).toContain(fix);
  }
  caretsStandBelow(blocks, { 'experiment.yaml': WRONG, 'system.yaml': WRONG_SYSTEM });
  expect(tried.stderr).toContain(`${blocks.length - 1} problems`);
});

/** The letter above each caret is the one at the column that the block begins with. */
function caretsStandBelow(blocks: readonly string[], files: Record<string, string>): void {
  for (const block of blocks.slice(0, -1)) {
    const [head = '', shown = '', caret = ''] = block.split('\n');
    const [, file = '', line, column] = /^(\S+?):(\d+):(\d+) {2}/.exec(head) ?? [];
    const wanted = files[file]?.split('\n')[Number(line) - 1]?.slice(Number(column) - 1, Number(column) + 4);
    expect(shown.slice(caret.indexOf('^')), block).toContain(wanted);
    expect(shown.slice(caret.indexOf('^')).startsWith(wanted ?? '?'), block).toBe(true);
  }
}

const onCluster = (kubernetes: string, more = ''): string =>
  [
    'name: some-cluster',
    `kubernetes: { ${kubernetes} }`,
    'signals: { backends: { kubernetes.pods: { selector: app=poll-backend } } }',
    more,
  ].join('\n');

describe('a cluster that cannot be used', () => {
  test('a kubeconfig that is missing', async () => {
    const tried = await trial.attempt(
      experiment(),
      onCluster('kubeconfig: gone/config, namespace: poll-app'),
      ['--yes'],
    );
    await trial.refused(tried, 2, 'gone/config does not exist');
  });

  test('no kubeconfig at all', async () => {
    const { folder } = trial.lab.files(experiment(), onCluster('namespace: poll-app'));
    const env = { HOME: folder, KUBECONFIG: '' };
    const tried = await run(['run', 'experiment.yaml', '--yes'], { home: trial.lab.home, cwd: folder, env });
    await trial.refused({ ...tried, folder }, 2, 'There is no kubeconfig', 'lab: poll-app');
  });

  test('a port where nobody answers', async () => {
    const config = join(temporary(), 'config');
    const text = readFileSync(trial.lab.kubeconfig, 'utf8').replace(
      /server: .*/,
      'server: https://127.0.0.1:1',
    );
    writeFileSync(config, text);
    const tried = await trial.attempt(experiment(), onCluster(`kubeconfig: ${config}, namespace: poll-app`), [
      '--yes',
    ]);
    await trial.refused(tried, 2, 'https://127.0.0.1:1', 'refused');
  });

  test('a context that is not there', async () => {
    const system = onCluster(`kubeconfig: ${trial.lab.kubeconfig}, context: stagin`);
    await trial.refused(
      await trial.attempt(experiment(), system, ['--yes']),
      2,
      'no context `stagin`',
      'get-contexts',
    );
  });

  test('who may only look is told which right is missing', async () => {
    const system = onCluster(`kubeconfig: ${trial.lab.viewerKubeconfig}, namespace: poll-app`);
    const pods = trial.podNames();
    await trial.refused(
      await trial.attempt(experiment(), system, ['--yes']),
      2,
      'may not delete pods',
      'verbs: ["delete"]',
    );
    expect(trial.podNames()).toBe(pods);
  });

  test('a cluster that is no lab is not broken without a terminal or --yes', async () => {
    const pods = trial.podNames();
    const tried = await trial.attempt(
      experiment(),
      onCluster(`kubeconfig: ${trial.lab.kubeconfig}, namespace: poll-app`),
    );
    await trial.refused(tried, 2, 'no terminal to ask on', '--yes');
    expect(trial.podNames()).toBe(pods);
  });
});

describe('targets that must not be touched', () => {
  const limited = (limits: string): string => defaultSystem(PORT).replace(/limits: .*/, `limits: ${limits}`);

  test('kube-system, unless the system file allows it', async () => {
    trial.lab.kubectl('-n', 'kube-system', 'create', 'deployment', 'dns', '--image=practice/poll-backend:1');
    onTestFinished(() => void trial.lab.kubectl('-n', 'kube-system', 'delete', 'deployment', 'dns'));
    await eventually('its pod runs', 60_000, () =>
      trial.lab.kubectl('-n', 'kube-system', 'get', 'pods').includes('1/1') ? true : undefined,
    );
    const dns = experiment(KILL.replace('poll-backend', 'dns'));
    const cluster = `kubeconfig: ${trial.lab.kubeconfig}, namespace: kube-system`;
    const watched = (system: string): string => system.replace('app=poll-backend', 'app=dns');
    const tried = await trial.attempt(dns, watched(onCluster(cluster)), ['--yes']);
    await trial.refused(tried, 6, 'is protected', 'kube-system', 'limits: { allow: [kube-system] }');
    const allowed = watched(onCluster(cluster, 'limits: { allow: [kube-system], percent: 100 }'));
    const files = trial.lab.files(dns, allowed);
    const planned = await run(['plan', files.experiment], { home: trial.lab.home });
    expect(planned.code, planned.stderr).toBe(0);
  });

  test.each(['poll-app', 'deployment/poll-backend'])('what limits.protect names: %s', async (name) => {
    const tried = await trial.attempt(experiment(), limited(`{ protect: [${name}] }`));
    await trial.refused(tried, 6, 'is protected', `names ${name}`, 'Choose another target');
  });

  test('a deployment that is not there', async () => {
    const tried = await trial.attempt(experiment(KILL.replace('poll-backend', 'poll-backen')));
    await trial.refused(tried, 2, 'no deployment `poll-backen`', 'expected poll-backend');
  });

  test('a signal whose selector matches nothing', async () => {
    const system = defaultSystem(PORT).replace('app=poll-backend', 'app=poll-backed');
    const tried = await trial.attempt(experiment(), system);
    await trial.refused(
      tried,
      2,
      'no pod in namespace poll-app matches the selector `app=poll-backed`',
      'get pods --show-labels',
    );
  });

  test('a selector that matches nothing', async () => {
    const tried = await trial.attempt(
      experiment(KILL.replace('deployment: poll-backend', 'selector: app=nothing')),
    );
    await trial.refused(tried, 2, 'pods with app=nothing', 'there are none');
  });

  test('more than the limits allow', async () => {
    const tried = await trial.attempt(experiment(KILL.replace('pick: 1', 'pick: all')));
    await trial.refused(tried, 6, 'would break 2 targets', 'limits.targets', '100%', 'limits.percent');
  });

  test('held for longer than the limits allow', async () => {
    const scale =
      '{ id: one, fault: kubernetes.deployment.scale, target: { deployment: poll-backend }, with: { replicas: 1 }, for: 10m }';
    await trial.refused(
      await trial.attempt(experiment(scale)),
      6,
      'held longer',
      'limits.duration',
      'for: 5m',
    );
  });

  test('a pod without a controller', async () => {
    trial.lab.kubectl('run', 'lonely', '--image=practice/poll-backend:1', '--restart=Never');
    onTestFinished(() => void trial.lab.kubectl('delete', 'pod', 'lonely'));
    await eventually('it runs', 60_000, () =>
      trial.lab.kubectl('get', 'pods').match(/lonely +1\/1/) ? true : undefined,
    );
    const tried = await trial.attempt(
      experiment(KILL.replace('deployment: poll-backend, pick: 1', 'pod: lonely')),
    );
    await trial.refused(tried, 2, 'pod/lonely has no controller', 'Choose pods of a deployment');
    expect(trial.lab.kubectl('get', 'pods')).toContain('lonely');
  });
});
