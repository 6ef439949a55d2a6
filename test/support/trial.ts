import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { KubernetesApi } from '../../src/model/contracts/world.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type Finished, run } from './cli.ts';
import { clusterOf, lockHolder, stateOf } from './cluster.ts';
import { defaultSystem, labUp, type TestLab } from './lab.ts';

export const KILL =
  '{ id: kill, fault: kubernetes.pod.delete, target: { deployment: poll-backend, pick: 1 } }';
const TIMING = 'timing: { baseline: 1s, watch: 1s, hold: 1s, sliding: 1s, steady_for: 500ms }';

/** An experiment with one fault, as short as one can be. */
export const experiment = (fault = KILL): string =>
  [
    'title: Bad input',
    'question: Is it refused?',
    'system: system.yaml',
    'steady: [ backends.ready.last == 2 ]',
    'faults:',
    `  - ${fault}`,
    TIMING,
    '',
  ].join('\n');

export interface Tried extends Finished {
  folder: string;
}

/** A lab on which bad input is tried, and how it was before. */
export interface Trial {
  lab: TestLab;
  api: KubernetesApi;
  /** Runs an experiment by the command line from its own folder, so that messages name short paths. */
  attempt(body: string, system?: string, more?: readonly string[]): Promise<Tried>;
  /** Refused before anything happened: code, words, no stack trace, no run folder, nothing touched. */
  refused(tried: Tried, code: number, ...words: string[]): Promise<void>;
  /** The deployment as it was, and no lock. */
  untouched(): Promise<void>;
  podNames(): string;
}

export async function trialOn(port: number): Promise<Trial> {
  const lab = await labUp(port);
  const api = await clusterOf(lab);
  const before: JsonObject = await stateOf(api);
  const untouched = async (): Promise<void> => {
    expect(await stateOf(api)).toEqual(before);
    expect(await lockHolder(api)).toBe('');
  };
  return {
    lab,
    api,
    untouched,
    podNames: () => lab.kubectl('get', 'pods', '-o', 'name'),
    attempt: async (body, system = defaultSystem(port), more = []) => {
      const { folder } = lab.files(body, system);
      const finished = await run(['run', 'experiment.yaml', ...more], { home: lab.home, cwd: folder });
      return { ...finished, folder };
    },
    refused: async (tried, code, ...words) => {
      expect(tried.code, tried.stdout + tried.stderr).toBe(code);
      for (const word of words) expect(tried.stderr).toContain(word);
      expect(tried.stderr).toContain('→');
      noStackTrace(tried);
      expect(existsSync(join(tried.folder, 'runs'))).toBe(false);
      await untouched();
    },
  };
}

export function noStackTrace({ stdout, stderr }: Pick<Finished, 'stdout' | 'stderr'>): void {
  expect(stdout + stderr).not.toMatch(/^\s+at .*[:(]/m);
  expect(stdout + stderr).not.toContain('internal:');
}
