import { watchOver } from '../../guard/guardian.ts';
import { noteClosed, openRuns, useOf } from '../../guard/open-runs.ts';
import { CANNOT_WATCH } from '../../guard/session.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { type Connected, reconnect } from '../connect.ts';
import { home } from '../home.ts';
import { registries } from '../registries.ts';

/** `aftershock guardian DIRECTORY` (hidden): the process beside a run that undoes its faults if it cannot. */
export async function guardian(directory: string): Promise<ExitCode> {
  const entry = openRuns(home()).find((run) => run.directory === directory);
  if (entry === undefined) return exitCodes.usage;
  // Signals that end the run's terminal or session must not end its guardian.
  for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(name, () => undefined);
  const reached: Connected[] = [];
  const end = await watchOver({
    directory,
    run: entry.run,
    watched: entry.process,
    faults: new Map(registries.faults.map((fault) => [fault.name, fault])),
    connect: async () => {
      const connected = await reconnect(useOf(entry), { again: true });
      if (!connected.ok) return undefined;
      reached.push(connected.value);
      return connected.value;
    },
    signal: new AbortController().signal,
  });
  if (end !== 'gave-up') noteClosed(home(), entry.run);
  for (const one of reached) await one.close();
  if (end === 'cannot-watch') return CANNOT_WATCH;
  return end === 'gave-up' ? exitCodes.unrecovered : exitCodes.asPredicted;
}
