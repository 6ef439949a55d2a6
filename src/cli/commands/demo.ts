import { join } from 'node:path';
import type { ExitCode } from '../../model/problems.ts';
import { terminal } from '../terminal.ts';
import { run } from './run.ts';

const experiment = join(import.meta.dirname, '..', '..', '..', 'experiments', 'kill-a-pod.yaml');

/** `aftershock demo`: the main job on the embedded lab. */
export async function demo(options: { runs: string }): Promise<ExitCode> {
  terminal().out(
    'A practice cluster, a poll app under 50 requests a second, one killed pod. About a minute.\n',
  );
  return run(experiment, { runs: options.runs });
}
