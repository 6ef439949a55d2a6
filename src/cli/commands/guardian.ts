import { watchOver } from '../../guard/guardian.ts';
import { noteClosed, openRuns, useOf } from '../../guard/open-runs.ts';
import { CANNOT_WATCH } from '../../guard/session.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { reconnect, remembering } from '../connect.ts';
import { home } from '../home.ts';
import { registries } from '../registries.ts';

/** `aftershock guardian DIRECTORY` (hidden): the process beside a run that undoes its faults if it cannot. */
export async function guardian(directory: string): Promise<ExitCode> {
  const entry = openRuns(home()).find((run) => run.directory === directory);
  if (entry === undefined) return exitCodes.usage;
  // Signals that end the run's terminal or session must not end its guardian.
  for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(name, () => undefined);
  const ways = remembering((use) => reconnect(use, { again: true }));
  const end = await watchOver({
    directory,
    run: entry.run,
    watched: entry.process,
    faults: new Map(registries.faults.map((fault) => [fault.name, fault])),
    connect: async () => {
      const connected = await ways.connect(useOf(entry));
      return connected.ok ? connected.value : undefined;
    },
    signal: new AbortController().signal,
  });
  if (end !== 'gave-up') noteClosed(home(), entry.run);
  await ways.close();
  if (end === 'cannot-watch') return CANNOT_WATCH;
  return end === 'gave-up' ? exitCodes.unrecovered : exitCodes.asPredicted;
}
