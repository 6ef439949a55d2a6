import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Problem, Result } from '../model/result.ts';
import { fakeRegistries } from './fake-registry.ts';
import { type Loaded, loadExperiment, type Registries } from './load.ts';

/** A right experiment for the fake registries, one line a part so that tests can replace it. */
export const goodExperiment = `title: Kill one pod
question: Does anybody notice?
system: system.yaml
steady:
  - votes.availability >= 0.999
  - backends.ready.last == 2
faults:
  - id: kill
    fault: kubernetes.fake.kill
    target: { deployment: web, pick: 1 }
predict:
  - { id: fine, expect: votes.availability >= 0.99, confidence: 0.8 }
  - { id: back, expect: recovered_after_s < 15 }
abort:
  - { when: votes.error_rate > 0.5, for: 10s }
timing: { baseline: 15s, watch: 25s }
`;

export const goodSystem = `name: shop
lab: poll-app
signals:
  votes:
    http: { url: 'http://127.0.0.1:30080/vote', json: { option: { pick: [A, B] } } }
    rate: 50/s
    timeout: 2s
  backends:
    kubernetes.pods: { selector: app=web }
limits: { targets: 1, percent: 50, duration: 5m }
`;

export interface FakeFiles {
  experiment?: string;
  system?: string;
  env?: Record<string, string>;
  registries?: Registries;
  /** Further files by their names. */
  others?: Record<string, string>;
}

/** A folder of its own with the files in it, removed after the test. */
export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Loads two texts as files. */
export function loadTexts(files: FakeFiles = {}): Result<Loaded, Problem[]> & { folder: string } {
  const { experiment = goodExperiment, system = goodSystem, env = {}, others = {} } = files;
  const folder = folderWith({ 'experiment.yaml': experiment, 'system.yaml': system, ...others });
  const registries = files.registries ?? fakeRegistries();
  return { ...loadExperiment({ file: join(folder, 'experiment.yaml'), registries, env }), folder };
}

/** Problems as short lines for tests: `experiment.yaml:3:5 field-wrong`. */
export const placesOf = (problems: readonly Problem[]): string[] =>
  problems.map(({ at, code }) => `${at?.file.split('/').at(-1)}:${at?.line}:${at?.column} ${code}`);

/** Loads two texts that are wrong, and gives what is said of them. */
export function problemsWith(files: FakeFiles): Problem[] {
  const loaded = loadTexts(files);
  if (loaded.ok) throw new TypeError('these files have no problems');
  return loaded.problem;
}

/** Replaces lines of a text, each given by how it begins. */
export const edited = (text: string, edits: Record<string, string>): string =>
  Object.entries(edits).reduce((now, [start, line]) => {
    const index = now.split('\n').findIndex((one) => one.trimStart().startsWith(start));
    if (index < 0) throw new TypeError(`no line begins with ${start}`);
    return now.split('\n').with(index, line).join('\n');
  }, text);
