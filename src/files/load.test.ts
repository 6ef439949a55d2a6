import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  edited,
  folderWith,
  goodExperiment,
  goodSystem,
  loadTexts,
  placesOf,
  problemsWith,
} from './fake-files.ts';
import { fakeRegistries } from './fake-registry.ts';
import { loadExperiment, loadSystem } from './load.ts';

describe('files that are right', () => {
  test('become an experiment and a system with every default', () => {
    const loaded = loadTexts();
    expect(loaded.ok ? [] : loaded.problem).toEqual([]);
    if (!loaded.ok) return;
    const { experiment, system, signals, watched } = loaded.value;
    expect(experiment).toMatchObject({
      title: 'Kill one pod',
      steady: [{ text: 'votes.availability >= 0.999', at: { line: 5, column: 5 } }, {}],
      faults: [
        {
          id: 'kill',
          target: { deployment: 'web' },
          pick: { count: 1 },
          params: {},
          start: { on: 'begin' },
          at: { line: 8 },
        },
      ],
      predict: [{ id: 'fine', confidence: 0.8 }, { id: 'back' }],
      abort: [{ for_s: 10 }],
      timing: { baseline: 15, watch: 25, hold: 30, sliding: 5, steady_for: 5, recover_within: 300 },
    });
    expect(experiment.predict[1]).not.toHaveProperty('confidence');
    expect(system).toMatchObject({
      name: 'shop',
      lab: { name: 'poll-app' },
      limits: { targets: 1, percent: 50, duration_s: 300, allow: [], protect: [] },
      signals: [{ name: 'votes', kind: 'http', rate_per_s: 50, timeout_ms: 2_000 }, { name: 'backends' }],
      secrets: [],
    });
    expect(signals.map(({ name, kind }) => [name, kind])).toEqual([
      ['votes', 'http'],
      ['backends', 'kubernetes.pods'],
    ]);
    expect(watched).toEqual([
      { name: 'votes', text: 'POST http://127.0.0.1:30080/vote at 50/s, timeout 2s' },
      { name: 'backends', text: 'kubernetes.pods selector: app=web' },
    ]);
  });

  test('may set what the programs of a lab are told: numbers and switches as texts', () => {
    const lab =
      'lab: { name: poll-app, settings: { backend: { DELAY_MS: 10, ERROR_RATE: 0.2 }, frontend: { RETRIES: true } } }';
    const loaded = loadTexts({ system: edited(goodSystem, { 'lab:': lab }) });
    expect(loaded.ok ? loaded.value.system.lab : loaded.problem).toEqual({
      name: 'poll-app',
      settings: { backend: { DELAY_MS: '10', ERROR_RATE: '0.2' }, frontend: { RETRIES: 'true' } },
    });
  });

  test('may leave out what has a default, and need not break anything', () => {
    const loaded = loadTexts({
      experiment: 'title: t\nquestion: q\nsystem: system.yaml\nfaults: []\n',
      system: "name: s\nsignals:\n  up:\n    http: { url: 'http://x' }\n",
    });
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        experiment: { faults: [], steady: [], predict: [], abort: [] },
        system: {
          signals: [{ rate_per_s: 1, timeout_ms: 2_000 }],
          limits: { targets: 1, percent: 50, duration_s: 300 },
        },
      },
    });
  });

  test('order, conditions and picks are read as written', () => {
    const faults = `faults:
  - { id: a, fault: kubernetes.fake.kill, target: { deployment: web, pick: 50% }, at: 0s, for: 10s }
  - { id: b, fault: kubernetes.fake.kill, target: { pod: x, pick: all }, at: 20s, with: { grace: 500ms } }
  - { id: c, fault: kubernetes.fake.env, target: { pod: x, pick: 3 }, after: b, with: { set: { A: '1' } }, for: 1m }
  - id: d
    fault: kubernetes.fake.kill
    target: { pod: x }
    after: c.undone
    until: votes.availability > 0.9
    within: 1m`;
    const loaded = loadTexts({
      experiment: goodExperiment.replace(/faults:[\s\S]*?predict/, `${faults}\npredict`),
    });
    expect(loaded.ok ? loaded.value.experiment.faults : loaded.problem).toMatchObject([
      { id: 'a', start: { on: 'begin' }, pick: { percent: 50 }, for_s: 10 },
      { id: 'b', start: { on: 'time', at_s: 20 }, pick: 'all', params: { grace: 0.5 } },
      { id: 'c', start: { on: 'effect', of: 'b' }, pick: { count: 3 }, for_s: 60 },
      {
        id: 'd',
        start: { on: 'undone', of: 'c' },
        until: { condition: { text: 'votes.availability > 0.9' }, within_s: 60 },
      },
    ]);
  });

  test('the system can be another one, and the paths may be relative', () => {
    const folder = folderWith({
      'e.yaml': goodExperiment,
      'other.yaml': goodSystem.replace('shop', 'other'),
    });
    const [file, system] = ['e.yaml', 'other.yaml'].map((name) =>
      relative(process.cwd(), join(folder, name)),
    );
    const loaded = loadExperiment({
      file: file ?? '',
      system: system ?? '',
      registries: fakeRegistries(),
      env: {},
    });
    expect(loaded).toMatchObject({ ok: true, value: { system: { name: 'other', file: system } } });
  });

  test('a system loads alone, for heal', () => {
    const folder = folderWith({ 's.yaml': goodSystem });
    const loaded = loadSystem({ file: join(folder, 's.yaml'), registries: fakeRegistries(), env: {} });
    expect(loaded).toMatchObject({ ok: true, value: { system: { name: 'shop' }, source: goodSystem } });
  });
});

describe('secrets', () => {
  const withUrl = (url: string): string => goodSystem.replace("'http://127.0.0.1:30080/vote'", `'${url}'`);

  test('are filled in, collected as they are and as a URL writes them, and shown nowhere', () => {
    const loaded = loadTexts({
      system: withUrl('http://me:${env:PW}@127.0.0.1/${file:token}?x=${env:PW}'),
      env: { PW: 'p@ss/word' },
      others: { token: 'canary\n' },
    });
    expect(loaded.ok).toBe(true);
    if (!loaded.ok) return;
    const { system, watched, sources } = loaded.value;
    expect(system.signals[0]?.config).toMatchObject({
      url: 'http://me:p%40ss%2Fword@127.0.0.1/canary?x=p@ss/word',
    });
    expect([...system.secrets].sort()).toEqual(['canary', 'p%40ss%2Fword', 'p@ss/word']);
    expect(JSON.stringify([watched, sources])).not.toMatch(/canary|ss.{1,3}word/);
  });

  test('of a wrong value are not shown in its problem', () => {
    const problems = problemsWith({ system: withUrl('${env:PW}'), env: { PW: 'canary' } });
    expect(problems).toMatchObject([{ code: 'field-wrong', found: '${env:PW}', at: { line: 5 } }]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('an empty variable is a missing one', () => {
    expect(problemsWith({ system: withUrl('http://x/${env:PW}'), env: { PW: '' } })).toMatchObject([
      { code: 'secret-missing', message: 'the environment variable PW is empty' },
    ]);
  });
});

describe('all at once', () => {
  test('both files, from top to bottom, the experiment first', () => {
    const problems = problemsWith({
      experiment: edited(goodExperiment, {
        'title:': 'titel: x',
        'timing:': 'timing: { watch: 3 }',
        'fault:': '    fault: nope',
      }),
      system: edited(goodSystem, { 'rate:': '    rate: 5', 'limits:': 'limits: { targets: none }' }),
    });
    expect(placesOf(problems)).toEqual([
      'experiment.yaml:1:1 field-unknown',
      'experiment.yaml:9:12 name-unknown',
      'experiment.yaml:16:18 field-wrong',
      'system.yaml:6:11 field-wrong',
      'system.yaml:10:20 field-wrong',
    ]);
  });

  test('what depends on a broken signal or system is not said again', () => {
    const broken = problemsWith({ system: edited(goodSystem, { 'http:': '    http: { url: 5 }' }) });
    expect(placesOf(broken)).toEqual(['system.yaml:5:18 field-wrong']);
    const absent = problemsWith({
      experiment: goodExperiment.replace('system.yaml', 'nope.yaml').replace('> 0.5', '> 0.5 and'),
    });
    expect(placesOf(absent)).toEqual([
      'experiment.yaml:3:9 file-missing',
      'experiment.yaml:15:36 expression-wrong',
    ]);
    const noYaml = problemsWith({ system: 'name: [', experiment: goodExperiment.replace('title', 'titel') });
    expect(placesOf(noYaml)).toContain('experiment.yaml:1:1 field-unknown');
    expect(placesOf(noYaml).filter((place) => place.startsWith('system.yaml'))).not.toEqual([]);
  });

  test('a file that is not there, or is a folder', () => {
    const folder = folderWith({});
    for (const file of [join(folder, 'none.yaml'), folder]) {
      const loaded = loadExperiment({ file, registries: fakeRegistries(), env: {} });
      expect(loaded).toMatchObject({ ok: false, problem: [{ code: 'file-missing', at: { file } }] });
    }
  });

  test('a system file that is broken is said with the problems of the experiment that names it by --system', () => {
    const folder = folderWith({ 'e.yaml': '- just\n- a list', 's.yaml': 'name: x\nname: y\nlimits: 5' });
    writeFileSync(join(folder, 'unused.yaml'), '');
    const loaded = loadExperiment({
      file: join(folder, 'e.yaml'),
      system: join(folder, 's.yaml'),
      registries: fakeRegistries(),
      env: {},
    });
    expect(loaded.ok ? [] : placesOf(loaded.problem)).toEqual([
      'e.yaml:1:1 field-wrong',
      's.yaml:2:1 yaml-broken',
      's.yaml:3:9 field-wrong',
    ]);
  });
});
