import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, goodExperiment, goodSystem, loadTexts } from './fake-files.ts';
import { fakeRegistries } from './fake-registry.ts';
import { type Loaded, loadExperiment } from './load.ts';
import { resolvedFiles } from './resolved.ts';

function load(texts: Parameters<typeof loadTexts>[0]): Loaded {
  const loaded = loadTexts(texts);
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problem));
  return loaded.value;
}

/** What a run would do, without where it is written. */
const meaning = ({ experiment, system, signals }: Loaded): unknown =>
  JSON.parse(
    JSON.stringify({ experiment, system, signals }, (key, value: unknown) =>
      key === 'at' || key === 'file' ? undefined : value,
    ),
  );

const secret = {
  experiment: `# yaml-language-server: $schema=../schema/experiment.json\n# why we do it\n${goodExperiment}`,
  system: goodSystem
    .replace('http://127', 'http://me:${env:PW}@127')
    .replace('    rate: 50/s\n    timeout: 2s\n', ''),
  env: { PW: 'canary' },
};

test('the recorded files mean the same, with every default, and point at each other', () => {
  const loaded = load(secret);
  const texts = resolvedFiles(loaded);
  const folder = folderWith({ 'experiment.yaml': texts.experiment, 'system.yaml': texts.system });
  const again = loadExperiment({
    file: join(folder, 'experiment.yaml'),
    registries: fakeRegistries(),
    env: secret.env,
  });
  expect(again.ok ? meaning(again.value) : again.problem).toEqual(meaning(loaded));
  for (const part of ['system: system.yaml', 'recover_within: 5m', 'baseline: 15s', '# why we do it']) {
    expect(texts.experiment).toContain(part);
  }
  for (const part of ['rate: 1/s', 'timeout: 2s', 'duration: 5m', '${env:PW}'])
    expect(texts.system).toContain(part);
});

test('they hold no secret and no path to a schema', () => {
  const texts = resolvedFiles(load(secret));
  expect(JSON.stringify(texts)).not.toMatch(/canary|yaml-language-server/);
});

test('what stands behind an alias is left as it is', () => {
  const loaded = load({
    experiment: goodExperiment.replace('timing: { baseline: 15s, watch: 25s }', 'timing: {}'),
    system: goodSystem.replace('limits: {', 'limits: &l {'),
  });
  expect(resolvedFiles(loaded).experiment).toContain('steady_for: 5s');
});
