import type { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import { durationField } from '../model/fields.ts';
import { ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { lookAtProcesses, type ProcessLook, watchProcesses } from '../reach/hosts/processes.ts';
import { lookFor, selectionOf, selectionShape } from '../reach/hosts/select.ts';
import { silenceOf, startStaying } from './hosts/stay.ts';
import { ProcessBook } from './processes/book.ts';

const EVERY_S = 1;

const config = selectionShape({
  every: durationField({ min: 1, max: 60 }).describe('How often we look; 1s unless told').exactOptional(),
});

export type ProcessConfig = z.infer<typeof config>;

/** CPU and memory of processes on a host, and their coming and going. */
export const processes = defineSignal<ProcessConfig>({
  kind: 'process',
  summary: 'CPU and memory of processes on a host, and when they start and end.',
  config,
  needs: ['Linux', 'root, to find a port or a program of another user'],
  example: 'server:\n  process: { host: here, port: 8080, every: 1s }',
  describe,
  check: async (world, { host, ...spec }, signal) => {
    const found = world.host(host);
    if (!found.ok) return found;
    const looked = await lookAtProcesses(found.value, lookFor(selectionOf(spec)), signal);
    return looked.ok ? ok(undefined) : looked;
  },
  start,
});

function describe(name: string, { every = EVERY_S }: ProcessConfig): SignalDescriptor {
  const gauge = (series: string, unit: string, summary: string) =>
    ({ name: series, family: 'gauge', unit, summary }) as const;
  return {
    name,
    kind: 'process',
    version: 1,
    series: [
      gauge(
        'cpu_percent',
        '%',
        'CPU of all of them, user and system, in percent of one core; unknown while none runs.',
      ),
      gauge(
        'memory_mb',
        'MBy',
        'Resident memory (RSS) of all of them; what they share counts for each. 0 while none runs.',
      ),
      gauge('threads', '1', 'Threads of all of them.'),
      gauge('count', '1', 'How many processes match.'),
      { name: 'running', family: 'state', values: 'bool', summary: 'Whether at least one of them runs.' },
      {
        name: 'events',
        family: 'events',
        types: ['started', 'exited'],
        summary: 'Processes that began to match, and those that ended, with their pid.',
      },
    ],
    derived: [],
    interval_s: 2 * every,
  };
}

/** Looks until it is stopped; a script that ends by itself is begun again. */
async function start(context: SignalContext, wanted: ProcessConfig): Promise<Result<RunningSignal>> {
  const { clock, sink, world } = context;
  const host = world.host(wanted.host);
  if (!host.ok) return host;
  const { every = EVERY_S, children = false } = wanted;
  const selection = selectionOf(wanted);
  const book = new ProcessBook(sink, { selection, children, ours: host.value.ours });
  return startStaying(context, {
    run: (heard, signal) => {
      const onLook = (look: ProcessLook): void => {
        if (signal.aborted) return;
        book.look(look, clock.now());
        heard();
      };
      return watchProcesses(host.value, { at: lookFor(selection), every_s: every, onLook }, signal);
    },
    lost: (why) => book.lost(`the processes of ${host.value.name} cannot be looked at: ${why}`),
    silence_ms: silenceOf(every),
  });
}
