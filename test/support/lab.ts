import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabState } from '../../src/labs/lab.ts';
import { sleep } from '../../src/reach/clock.ts';
import { run } from './cli.ts';

/** A practice cluster that one test file keeps up, with a home of its own. */
export interface TestLab {
  home: string;
  port: number;
  kubeconfig: string;
  viewerKubeconfig: string;
  /** Writes an experiment and its system into a new folder; gives the experiment's path. */
  files(experiment: string, system?: string): { folder: string; experiment: string; system: string };
  kubectl(...args: string[]): string;
  down(): Promise<void>;
}

/** Starts the lab by the command line, as a user would, on a port of the test file's own. */
export async function labUp(port: number): Promise<TestLab> {
  const home = mkdtempSync(join(tmpdir(), 'aftershock-lab-'));
  const up = await run(['lab', 'up', 'poll-app', '--port', String(port)], { home });
  if (up.code !== 0) throw new Error(`the lab did not start: ${up.stdout}${up.stderr}`);
  const kubeconfig = /KUBECONFIG=(\S+)/.exec(up.stdout)?.[1] ?? '';
  const state = JSON.parse(readFileSync(join(kubeconfig, '..', 'state.json'), 'utf8')) as LabState;
  let folders = 0;
  return {
    home,
    port,
    kubeconfig,
    viewerKubeconfig: state.viewerKubeconfig ?? '',
    files: (experiment, system = defaultSystem(port)) => {
      folders += 1;
      const folder = join(home, `files-${folders}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'experiment.yaml'), experiment);
      writeFileSync(join(folder, 'system.yaml'), system);
      return { folder, experiment: join(folder, 'experiment.yaml'), system: join(folder, 'system.yaml') };
    },
    kubectl: (...args) =>
      execFileSync('kubectl', ['--kubeconfig', kubeconfig, '-n', 'poll-app', ...args], {
        encoding: 'utf8',
        timeout: 30_000,
      }),
    down: async () => {
      await run(['lab', 'down', 'poll-app', '--port', String(port)], { home });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Only the pods are watched: the shortest run. */
export const defaultSystem = (port: number): string => `
name: poll-app
lab: { name: poll-app, port: ${port} }
signals:
  backends:
    kubernetes.pods: { selector: app=poll-backend }
limits: { targets: 1, percent: 50, duration: 5m }
`;

/** The pods, and 50 votes a second. */
export const votingSystem = (port: number): string => `
name: poll-app
lab: { name: poll-app, port: ${port} }
signals:
  votes:
    http: { method: POST, url: 'http://127.0.0.1:${port}/api/polls/default/vote', json: { option: Go } }
    rate: 50/s
  backends:
    kubernetes.pods: { selector: app=poll-backend }
limits: { targets: 1, percent: 50, duration: 5m }
`;

/** Waits until `look` gives something, or fails with `what` after `within_ms`. */
export async function eventually<T>(
  what: string,
  within_ms: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + within_ms;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${within_ms} ms: ${what}`);
    await sleep(50);
  }
}
