import { describe, expect, test } from 'vitest';
import type { Problem } from '../model/result.ts';
import { edited, goodExperiment, goodSystem, placesOf, problemsWith } from './fake-files.ts';

describe('one thing wrong in the experiment', () => {
  const kill = '    fault: kubernetes.fake.kill';
  const target = '    target: { deployment: web, pick: 1 }';
  test.each<[string, Record<string, string>, Partial<Problem> & { place: string }]>([
    [
      'a key',
      { 'title:': 'titel: x' },
      { code: 'field-unknown', place: '1:1', found: 'titel', fix: 'Write `title`.' },
    ],
    [
      'a type',
      { 'title:': 'title: 5' },
      {
        code: 'field-wrong',
        place: '1:8',
        found: 'the number 5',
        expected: 'a text',
        fix: "Put it into quotes: `'5'`.",
      },
    ],
    [
      'a duration',
      { 'timing:': 'timing: { baseline: 15 }' },
      { code: 'field-wrong', place: '16:21', fix: 'Write `15s`.' },
    ],
    [
      'a baseline too short',
      { 'timing:': 'timing: { baseline: 3s }' },
      { code: 'field-wrong', place: '16:21', fix: 'Make `baseline` at least 5s.' },
    ],
    [
      'a confidence',
      { '- { id: fine': '  - { id: fine, expect: votes.ok > 1, confidence: 80 }' },
      { code: 'field-wrong', place: '12:51', fix: 'Write a number from 0 to 1, such as 0.8.' },
    ],
    [
      'a fault',
      { 'fault:': '    fault: kubernetes.fake.kil' },
      { code: 'name-unknown', place: '9:12', fix: 'Write `kubernetes.fake.kill`.' },
    ],
    [
      'a target',
      { 'target:': '    target: { deploymnt: web }' },
      { code: 'field-unknown', place: '10:15', expected: 'deployment, pod', fix: 'Write `deployment`.' },
    ],
    [
      'two targets',
      { 'target:': '    target: { deployment: web, pod: x }' },
      { code: 'field-wrong', place: '10:13', expected: 'one of deployment, pod' },
    ],
    ['no target', { 'target:': '    target: {}' }, { code: 'field-wrong', place: '10:13', found: 'nothing' }],
    [
      'a pick',
      { 'target:': '    target: { deployment: web, pick: most }' },
      { code: 'field-wrong', place: '10:38', expected: '1, another whole number, 50% or all' },
    ],
    [
      'a parameter',
      { 'target:': `${target}\n    with: { graze: 1s }` },
      { code: 'field-unknown', place: '11:13', fix: 'Write `grace`.' },
    ],
    [
      'a parameter without unit',
      { 'target:': `${target}\n    with: { grace: 1 }` },
      { code: 'field-wrong', place: '11:20', fix: 'Write `1s`.' },
    ],
    [
      'missing parameters',
      { 'fault:': '    fault: kubernetes.fake.env' },
      { code: 'field-wrong', place: '8:5', expected: 'with: { set, level }' },
    ],
    ['within without until', { 'fault:': `${kill}\n    within: 3s` }, { code: 'field-wrong', place: '10:5' }],
    [
      'until without within',
      { 'fault:': `${kill}\n    until: votes.ok > 3` },
      { code: 'field-wrong', place: '10:5', fix: 'Add `within: 60s`.' },
    ],
    [
      'at and after',
      {
        'predict:':
          '  - { id: b, fault: kubernetes.fake.kill, target: { pod: x }, at: 3s, after: kill }\npredict:',
      },
      { code: 'field-wrong', place: '11:63', fix: 'Keep one of the two.' },
    ],
    [
      'after nothing',
      { 'fault:': `${kill}\n    after: kil.undone` },
      { code: 'name-unknown', place: '10:12', fix: 'Write `kill.undone`.' },
    ],
    ['after itself', { 'fault:': `${kill}\n    after: kill` }, { code: 'order-circular', place: '10:12' }],
    [
      'too long',
      { 'fault:': `${kill}\n    for: 6m` },
      { code: 'limit-exceeded', place: '10:10', found: '6m' },
    ],
    [
      'what nothing undoes',
      { 'fault:': '    fault: fake.forever' },
      { code: 'limit-exceeded', place: '9:12' },
    ],
    [
      'a signal',
      { '- votes': '  - vots.availability >= 0.9' },
      { code: 'expression-wrong', place: '5:5', found: 'vots', fix: 'Write `votes`.' },
    ],
    [
      'a measure, in quotes',
      { '- votes': '  - "votes.availabilty >= 0.9"' },
      { code: 'expression-wrong', place: '5:12', fix: 'Write `availability`.' },
    ],
    [
      'an expression',
      { '- { when': '  - { when: votes.error_rate > 0.5 and votes.ok > 1, for: 10s }' },
      { code: 'expression-wrong', place: '15:36', fix: 'Write `&&`.' },
    ],
    [
      'a measure of the end',
      { '- votes': '  - recovered_after_s < 3' },
      { code: 'expression-wrong', place: '5:5' },
    ],
    ['an id', { '- id: kill': '  - id: kill.it' }, { code: 'field-wrong', place: '8:9' }],
    [
      'a reference to a secret',
      { 'question:': "question: '${env:X}'" },
      { code: 'field-wrong', place: '2:12' },
    ],
    [
      'a reference to a secret behind one in a comment',
      { 'question:': "# ${env:X}\nquestion: '${env:X}'" },
      { code: 'field-wrong', place: '3:12' },
    ],
    [
      'a password',
      { 'question:': "question: 'http://me:canary@x'" },
      { code: 'secret-inline', place: '2:11', fix: expect.stringMatching(/^Take it out/) },
    ],
    [
      'no system',
      { 'system:': '' },
      { code: 'field-wrong', place: '1:1', expected: 'system: ../systems/NAME.yaml' },
    ],
    [
      'a system that is not there',
      { 'system:': 'system: sytem.yaml' },
      { code: 'file-missing', place: '3:9' },
    ],
    [
      'a steady that is missing',
      { 'steady:': '', '- votes.av': '', '- backends': '' },
      { code: 'expression-wrong', place: '13:25' },
    ],
  ])('%s', (_what, edits, { place, ...expected }) => {
    const problems = problemsWith({ experiment: edited(goodExperiment, edits) });
    expect(problems).toEqual([expect.objectContaining(expected)]);
    expect(placesOf(problems)).toEqual([`experiment.yaml:${place} ${expected.code}`]);
  });

  test('an expression in a folded block is pointed at in its own line', () => {
    const experiment = edited(goodExperiment, {
      '- votes': '  - >-\n    votes.ok > 1 &&\n    votes.oks > 2',
    });
    expect(placesOf(problemsWith({ experiment }))).toEqual(['experiment.yaml:7:11 expression-wrong']);
  });

  test('ids that are there twice, of faults and of predictions', () => {
    const experiment = goodExperiment
      .replace('id: back', 'id: fine')
      .replace('predict:', '  - { id: kill, fault: kubernetes.fake.kill, target: { pod: x } }\npredict:');
    expect(placesOf(problemsWith({ experiment }))).toEqual([
      'experiment.yaml:11:11 field-wrong',
      'experiment.yaml:14:11 field-wrong',
    ]);
  });

  test('a circle is said once, with all that are in it; what never ends has no after', () => {
    const entry = (id: string, after: string): string =>
      `  - { id: ${id}, fault: kubernetes.fake.env, target: { pod: x }, with: { set: {} }, after: ${after} }\n`;
    const faults =
      entry('a', 'c') + entry('b', 'a') + entry('c', 'b') + entry('d', 'e.undone') + entry('e', 'kill');
    const problems = problemsWith({ experiment: goodExperiment.replace('predict:', `${faults}predict:`) });
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'order-circular these wait for each other in a circle: `a` waits for `c`, `c` waits for `b`, `b` waits for `a`',
      'order-circular `e` has no `for:`, so it is held until all others end: nothing can come after its undo',
    ]);
  });

  test('what is held too long because others are', () => {
    const faults = `faults:
  - { id: a, fault: kubernetes.fake.env, target: { pod: x }, with: { set: {} } }
  - { id: b, fault: kubernetes.fake.env, target: { pod: x }, with: { set: {} }, at: 4m, for: 2m }
predict:`;
    const experiment = goodExperiment.replace(/faults:[\s\S]*?predict:/, faults);
    expect(problemsWith({ experiment })).toMatchObject([
      {
        code: 'limit-exceeded',
        found: '6m',
        expected: expect.stringContaining('at most 5m'),
        at: { line: 8 },
      },
    ]);
  });
});

describe('one thing wrong in the system', () => {
  const url = "    http: { url: 'http://127.0.0.1:30080/vote' }";
  test.each<[string, Record<string, string>, Partial<Problem> & { place: string }]>([
    [
      'a key',
      { 'limits:': 'limit: { targets: 1 }' },
      { code: 'field-unknown', place: '10:1', fix: 'Write `limits`.' },
    ],
    [
      'a key of limits',
      { 'limits:': 'limits: { target: 1 }' },
      { code: 'field-unknown', place: '10:11', fix: 'Write `targets`.' },
    ],
    ['a lab', { 'lab:': 'lab: pol-app' }, { code: 'name-unknown', place: '2:6', fix: 'Write `poll-app`.' }],
    [
      'a lab with a port',
      { 'lab:': 'lab: { name: poll-app, port: 99999 }' },
      { code: 'field-wrong', place: '2:30', expected: 'at most 65535' },
    ],
    [
      'a deployment of a lab',
      { 'lab:': 'lab: { name: poll-app, settings: { backnd: { DELAY_MS: 5 } } }' },
      { code: 'name-unknown', place: '2:36', expected: 'backend, frontend', fix: 'Write `backend`.' },
    ],
    [
      'a setting of a lab',
      { 'lab:': 'lab: { name: poll-app, settings: { backend: { DELAY_M: 5 } } }' },
      { code: 'name-unknown', place: '2:47', fix: 'Write `DELAY_MS`.' },
    ],
    [
      'a setting of a lab that has none',
      { 'lab:': 'lab: { name: hosts, settings: { any: { DELAY_MS: 5 } } }' },
      { code: 'name-unknown', place: '2:33', fix: 'Take it out: there is none.' },
    ],
    [
      'a value of a setting',
      { 'lab:': 'lab: { name: poll-app, settings: { backend: { DELAY_MS: [5] } } }' },
      { code: 'field-wrong', place: '2:57' },
    ],
    [
      'a kind',
      { 'kubernetes.pods': '    kubernetes.pod: { selector: app=web }' },
      { code: 'name-unknown', place: '9:5', fix: 'Write `kubernetes.pods`.' },
    ],
    [
      'two kinds',
      { 'kubernetes.pods': `    kubernetes.pods: { selector: app=web }\n${url}` },
      { code: 'field-wrong', place: '9:5', expected: 'exactly one' },
    ],
    ['a rate', { 'rate:': '    rate: 50' }, { code: 'field-wrong', place: '6:11', fix: 'Write `50/s`.' }],
    [
      'a rate for what only watches',
      { 'kubernetes.pods': '    kubernetes.pods: { selector: app=web }\n    rate: 1/s' },
      { code: 'field-wrong', place: '10:5', fix: 'Remove `rate`.' },
    ],
    [
      'a setting',
      { 'http:': "    http: { url: 'http://x', methd: GET }" },
      { code: 'field-unknown', place: '5:30', fix: 'Write `method`.' },
    ],
    [
      'a value',
      { 'http:': "    http: { url: 'http://x', method: PST }" },
      { code: 'field-wrong', place: '5:38', expected: 'GET, POST' },
    ],
    [
      'a rule of the signal',
      { 'http:': "    http: { url: 'http://x', json: 1, body: x }" },
      { code: 'field-wrong', place: '5:11' },
    ],
    ['no URL', { 'http:': '    http: {}' }, { code: 'field-wrong', place: '5:5' }],
    [
      'a name',
      { 'votes:': '  observer:' },
      { code: 'field-wrong', place: '4:3', fix: 'Write another name, such as `my_observer`.' },
    ],
    [
      'a password',
      { 'http:': "    http: { url: 'http://me:canary@x' }" },
      { code: 'secret-inline', place: '5:18' },
    ],
    [
      'a header',
      { 'http:': "    http: { url: 'http://x', headers: { Authorization: Bearer canary } }" },
      { code: 'secret-inline', place: '5:56' },
    ],
    [
      'a token of another name',
      { 'http:': "    http: { url: 'http://x', headers: { X-Vault-Token: canary } }" },
      { code: 'secret-inline', place: '5:56' },
    ],
    [
      'a token in a query',
      { 'http:': "    http: { url: 'http://x/y?a=1&access_token=canary' }" },
      { code: 'secret-inline', place: '5:18' },
    ],
    [
      'a variable',
      { 'http:': "    http: { url: 'http://x/${env:NOPE}' }" },
      { code: 'secret-missing', place: '5:28', found: '${env:NOPE}' },
    ],
    [
      'a file',
      { 'http:': "    http: { url: 'http://x/${file:nope}' }" },
      { code: 'secret-missing', place: '5:28' },
    ],
    [
      'a misspelt reference',
      { 'http:': "    http: { url: 'http://x/${evn:NOPE}' }" },
      { code: 'secret-missing', place: '5:28', fix: 'Write `${env:NOPE}`.' },
    ],
    [
      'lab and cluster',
      { 'lab:': 'lab: poll-app\nkubernetes: { context: c }' },
      { code: 'field-wrong', place: '3:1', expected: 'exactly one of them' },
    ],
    ['neither', { 'lab:': '' }, { code: 'field-wrong', place: '1:1' }],
    ['protect', { 'limits:': "limits: { protect: ['A b'] }" }, { code: 'field-wrong', place: '10:21' }],
  ])('%s', (_what, edits, { place, ...expected }) => {
    const experiment = 'title: t\nquestion: q\nsystem: system.yaml\nfaults: []\n';
    const problems = problemsWith({ experiment, system: edited(goodSystem, edits) });
    expect(problems).toEqual([expect.objectContaining(expected)]);
    expect(placesOf(problems)).toEqual([`system.yaml:${place} ${expected.code}`]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });
});
