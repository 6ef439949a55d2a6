import { describe, expect, test } from 'vitest';
import type { RunPlan } from '../model/plan.ts';
import { fail, type Problem, type Result } from '../model/result.ts';
import { seededRandom } from '../reach/random.ts';
import { nowhere } from '../reach/world.ts';
import { goodExperiment, goodSystem, loadTexts } from './fake-files.ts';
import { type FakeSystem, fakePod, fakeRegistries } from './fake-registry.ts';
import { planRun } from './plan.ts';
import { showPlan } from './show.ts';

const pods = ['web-b', 'web-a', 'web-c'].map((name) => fakePod(name));

interface Texts {
  experiment?: string;
  system?: string;
  env?: Record<string, string>;
  /** What every signal's check says. */
  blind?: Problem;
}

async function plan(fake: Partial<FakeSystem>, texts: Texts = {}): Promise<Result<RunPlan, Problem[]>> {
  const made = fakeRegistries({ pods, refused: {}, ...fake });
  const { blind } = texts;
  const signals = made.signals.map((one) =>
    blind === undefined ? one : { ...one, check: async () => fail(blind) },
  );
  const registries = { ...made, signals };
  const loaded = loadTexts({ ...texts, registries });
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problem));
  const options = {
    world: nowhere,
    faults: registries.faults,
    signals,
    seed: 'abc',
    random: (purpose: string) => seededRandom('abc', purpose),
    versions: { aftershock: '0' },
    where: 'a fake',
  };
  return planRun(loaded.value, options, new AbortController().signal);
}

const withFaults = (...lines: string[]): string =>
  goodExperiment.replace(
    /faults:[\s\S]*?predict:/,
    ['faults:', ...lines.map((line) => `  - { ${line} }`), 'predict:'].join('\n'),
  );
const env = 'fault: kubernetes.fake.env, target: { deployment: web }, with: { set: {} }';
const kill = 'fault: kubernetes.fake.kill, target: { deployment: web }';

describe('a plan', () => {
  test('says what would be done, and undone, to what the seed chose', async () => {
    const planned = await plan({});
    expect(planned).toMatchObject({
      ok: true,
      value: {
        version: 1,
        seed: 'abc',
        system: { name: 'shop', where: 'a fake', limits: { targets: 1 } },
        watched: [{ name: 'votes' }, { name: 'backends' }],
        // 15 s baseline, nothing held, 25 s watch
        total_s: 40,
      },
    });
    if (!planned.ok) return;
    const [fault] = planned.value.faults;
    const name = fault?.targets[0]?.name;
    expect(pods.map((pod) => pod.name)).toContain(name);
    expect(fault).toMatchObject({
      entry: 'kill',
      when: 'at once',
      does: [`DELETE ${name}`],
      undoes: [`CREATE ${name}`],
      notes: ['a note'],
      radius: { targets: 1, percent: 100 / 3, of: 'pods of deployment/web' },
    });
    expect(fault).not.toHaveProperty('for_s');
    expect(await plan({ pods: [...pods].reverse() })).toEqual({
      ...planned,
      value: { ...planned.value, experiment: expect.anything(), system: expect.anything() },
    });
  });

  test('takes as long as its faults, and as the longest time that a prediction names', async () => {
    const experiment = withFaults(
      `id: a, ${env}, for: 20s`,
      `id: b, ${env}, after: a.undone, until: votes.ok > 1, within: 60s, for: 10s`,
    );
    // 15 baseline, 20 for a, at most 60 until b begins, 10 for b, 25 watch
    expect(await plan({}, { experiment })).toMatchObject({
      value: {
        total_s: 130,
        faults: [
          { when: 'at once', for_s: 20 },
          { when: 'after a.undone, until votes.ok > 1 (at most 1m)', for_s: 10 },
        ],
      },
    });
    const longer = experiment.replace('recovered_after_s < 15', 'recovered_after_s < 200');
    expect(await plan({}, { experiment: longer })).toMatchObject({ value: { total_s: 215 } });
  });

  test('of nothing only watches', async () => {
    const experiment = goodExperiment.replace(/faults:[\s\S]*?predict:/, 'faults: []\npredict:');
    expect(await plan({}, { experiment })).toMatchObject({ value: { total_s: 40, faults: [] } });
  });

  test('says how long a fault is held that has no time of its own, and that its lease is its deadline', async () => {
    const planned = await plan({ cutsControlPath: true }, { experiment: withFaults(`id: a, ${env}`) });
    expect(planned).toMatchObject({
      value: {
        faults: [{ for_s: 30, notes: ['a note', expect.stringContaining('its deadline')] }],
        total_s: 70,
      },
    });
  });
});

describe('a refusal', () => {
  test('of everything at once: nothing there, protected, over the limits', async () => {
    const experiment = withFaults(
      `id: a, ${kill}, at: 0s`,
      `id: b, fault: kubernetes.fake.kill, target: { deployment: web, pick: all }, at: 5s`,
    );
    const refused = await plan({ pods: [...pods, fakePod('dns', 'kube-system')] }, { experiment });
    expect(refused).toMatchObject({ ok: false, problem: [{ code: 'protected', at: { line: 8 } }] });
    const limited = await plan({}, { experiment });
    expect(limited).toMatchObject({
      ok: false,
      problem: [
        { code: 'limit-exceeded', found: '4', at: { line: 9 } },
        { code: 'limit-exceeded', found: '133.3%', at: { line: 9 } },
      ],
    });
  });

  test('by the fault itself is placed at its entry, and said once', async () => {
    const experiment = withFaults(`id: a, ${kill}, for: 1s`, `id: b, ${kill}, after: a.undone`);
    expect(await plan({ pods: [] }, { experiment })).toMatchObject({
      ok: false,
      problem: [{ code: 'target-missing', message: 'no pod is there', at: { line: 8 } }],
    });
    const refused = {
      'pod/web-a': { code: 'rights-missing' as const, message: 'may not', fix: 'Allow it.' },
    };
    expect(
      await plan(
        { pods: [fakePod('web-a'), fakePod('web-b')], refused },
        { experiment: withFaults(`id: a, fault: kubernetes.fake.kill, target: { pod: x, pick: all }`) },
      ),
    ).toMatchObject({
      ok: false,
      problem: [{ code: 'rights-missing', at: { line: 8 } }],
    });
  });
});

test('a signal that may not watch is in the way too', async () => {
  const blind: Problem = { code: 'rights-missing', message: 'may not watch', fix: 'Allow it.' };
  expect(await plan({ pods: [] }, { blind })).toMatchObject({
    ok: false,
    problem: [{ code: 'target-missing' }, { code: 'rights-missing' }],
  });
});

describe('shown', () => {
  const secret = {
    system: goodSystem
      .replace('http://127', 'http://me:${env:PW}@127')
      .replace('lab: poll-app', "kubernetes: { context: '${env:PW}' }"),
    env: { PW: 'canary' },
  };

  async function shown(texts: Texts, color: boolean): Promise<string> {
    const planned = await plan({ possible: [...pods, fakePod('standby')] }, texts);
    return planned.ok ? showPlan(planned.value, { color }) : JSON.stringify(planned.problem);
  }

  test('has everything a person needs, in lines that fit, without colour when told so', async () => {
    const text = await shown(
      { experiment: withFaults(`id: a, ${env}, for: 20s`, `id: b, ${kill}, after: a.undone`) },
      false,
    );
    for (const part of [
      'Kill one pod',
      'Does anybody notice?',
      'shop: a fake',
      '1 target, 50%, 5m',
      'abc',
      'votes: POST http://127.0.0.1:30080/vote at 50/s, timeout 2s',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of [
      'a  kubernetes.fake.env, at once, held for 20s',
      'DELETE pod/',
      'CREATE pod/',
      'pod/standby',
      '33.3% of the pods',
      'it is a fake',
      'a note',
    ]) {
      expect(text).toContain(part);
    }
    expect(
      text
        .slice(text.indexOf('Timing'))
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      'Timing',
      '0s        baseline for 15s',
      '15s       inject a',
      '35s       undo a',
      '35s       inject b',
      '35s       watch the recovery for 25s',
      'total     about 1m; until steady holds again at most 5m after the last undo',
    ]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(96);
    expect(text).not.toContain('\u001b');
    expect(await shown({}, true)).toContain('\u001b');
  });

  test('holds no secret, and neither does the plan', async () => {
    const planned = await plan({}, secret);
    expect(planned.ok).toBe(true);
    expect(JSON.stringify(planned)).not.toContain('canary');
    expect(await shown(secret, false)).toContain('http://me:${env:PW}@127');
  });
});
