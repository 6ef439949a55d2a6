import type { AnySignal, RunningSignal, SignalOptions } from '../model/contracts/signal.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { RunContext } from './context.ts';

/** Signals that run; `stop` ends them all and waits for what is in flight. */
export interface Watching {
  stop(): Promise<void>;
}

interface Start {
  name: string;
  signal: AnySignal;
  config: unknown;
  options: SignalOptions;
}

/** A signal that does not observe after this long has failed to start. */
const START_WITHIN_MS = 20_000;

/** Starts the observer and every signal of the system at once; if one fails, those that started are stopped. */
export async function startSignals(context: RunContext): Promise<Result<Watching>> {
  const ending = new AbortController();
  const started = await Promise.all(starts(context).map((start) => startOne(context, start, ending.signal)));
  const running = started.flatMap((result) => (result.ok ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((signal) => signal.stop()));
    ending.abort();
  };
  const problem = started.find((result) => !result.ok);
  if (problem === undefined || problem.ok) return ok({ stop });
  await stop();
  return fail(problem.problem);
}

function starts(context: RunContext): Start[] {
  const own: Start = {
    name: 'observer',
    signal: context.observer,
    config: context.observer.config.parse({}),
    options: { timeout_ms: 1_000 },
  };
  const theirs = context.system.signals.flatMap((entry): Start[] => {
    const signal = context.signals.get(entry.kind);
    if (signal === undefined) return [];
    const rate = entry.rate_per_s === undefined ? {} : { rate_per_s: entry.rate_per_s };
    return [
      { name: entry.name, signal, config: entry.config, options: { timeout_ms: entry.timeout_ms, ...rate } },
    ];
  });
  return [own, ...theirs];
}

async function startOne(
  context: RunContext,
  start: Start,
  ending: AbortSignal,
): Promise<Result<RunningSignal>> {
  const tooLate = AbortSignal.timeout(START_WITHIN_MS);
  const late = new Promise<Result<never>>((resolve) => {
    tooLate.addEventListener('abort', () => resolve(fail(silent(start.name))), { once: true });
  });
  const { clock, world, recorder } = context;
  const begun = start.signal.start(
    {
      name: start.name,
      options: start.options,
      world,
      clock,
      random: context.random(`signal ${start.name}`),
      sink: recorder.sink(start.name),
      signal: ending,
    },
    start.config,
  );
  return Promise.race([begun, late]);
}

function silent(name: string): Problem {
  return {
    code: 'signal-failed',
    message: `the signal ${name} did not begin to observe within ${START_WITHIN_MS / 1000} s`,
    fix: `Look at what ${name} watches: is it reachable from here?`,
  };
}
