import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { faultOf, type Script, trouble } from '../guard/fake-fault.ts';
import type { GuardSession } from '../guard/session.ts';
import { defineSignal } from '../model/contracts/signal.ts';
import type { Experiment, FaultEntry, Start, System, Timing } from '../model/experiment.ts';
import type { InjectionStep } from '../model/injection.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import type { Mark } from '../model/timeline.ts';
import { startClock } from '../reach/clock.ts';
import { seededRandom } from '../reach/random.ts';
import { nowhere } from '../reach/world.ts';
import { LiveSamples } from '../record/samples/live.ts';
import { compileConditions } from './conditions.ts';
import type { RunContext } from './context.ts';
import type { RunEvent } from './events.ts';

export interface FakeEntry {
  id: string;
  start?: Start;
  for_s?: number;
  until?: { text: string; within_s: number };
  instant?: true;
  targets?: number;
  script?: Script;
}

export interface FakeRunOptions {
  steady?: readonly string[];
  abort?: readonly { text: string; for_s: number }[];
  timing?: Partial<Timing>;
  duration_s?: number;
  guard?: Partial<GuardSession>;
  /** The step after which the journal takes nothing more. */
  journalFull?: (entry: string, step: InjectionStep) => boolean;
  observer?: () => Promise<Result<{ stop(): Promise<void> }>>;
}

export interface FakeRun {
  context: RunContext;
  /** Journal lines and calls of the fault's steps in the order in which they came: `a.0 intent`, `a.0 act()`. */
  told: string[];
  marks: Mark[];
  events: RunEvent[];
  interrupt: AbortController;
  /** What the one gauge, `app.level`, shows from now on. */
  level: { value: number };
}

const app: SignalDescriptor = {
  name: 'app',
  kind: 'fake',
  version: 1,
  main: 'level',
  series: [{ name: 'level', family: 'gauge', unit: '1', summary: '' }],
  derived: [],
};

const at = { file: 'experiment.yaml' };

/** A run over faults that only note what is asked of them, with a gauge that shows what the test says. */
export function fakeRun(entries: readonly FakeEntry[], options: FakeRunOptions = {}): FakeRun {
  const clock = startClock();
  const told: string[] = [];
  const marks: Mark[] = [];
  const events: RunEvent[] = [];
  const level = { value: 1 };
  const interrupt = new AbortController();
  const live = new LiveSamples([app], clock.now);
  live.observing('app', clock.now());
  const sampling = setInterval(
    () => live.addPoint('app', 'app.level', { t: clock.now(), value: level.value }),
    10,
  );
  onTestFinished(() => clearInterval(sampling));
  const experiment = experimentOf(entries, options);
  const context: RunContext = {
    run: 'run',
    seed: 'seed',
    version: '0',
    experiment,
    system: systemOf(options.duration_s ?? 60),
    descriptors: [app],
    conditions: compileConditions(experiment, [app]),
    faults: new Map(entries.map((entry) => [`fake.${entry.id}`, faultOf(entry, told)])),
    signals: new Map(),
    observer: observerOf(options.observer ?? (async () => ok({ stop: async () => undefined }))),
    world: nowhere,
    clock,
    random: (purpose) => seededRandom('seed', purpose),
    recorder: { sink: () => silent, mark: (mark) => void marks.push(mark), snapshot: () => undefined, live },
    guard: guardOf(told, options),
    choose: async (entry) =>
      ok(
        Array.from({ length: entries.find(({ id }) => id === entry.id)?.targets ?? 1 }, (_, n) => ({
          kind: 'thing',
          name: `${entry.id}.${n}`,
          id: `${entry.id}.${n}`,
          detail: {},
        })),
      ),
    interrupt: interrupt.signal,
    emit: (event) => void events.push(event),
  };
  return { context, told, marks, events, interrupt, level };
}

function experimentOf(entries: readonly FakeEntry[], options: FakeRunOptions): Experiment {
  return {
    file: 'experiment.yaml',
    title: 'fake',
    question: '',
    steady: (options.steady ?? []).map((text) => ({ text, at })),
    faults: entries.map(entryOf),
    predict: [],
    abort: (options.abort ?? []).map(({ text, for_s }) => ({ when: { text, at }, for_s })),
    timing: {
      baseline: 0.6,
      watch: 0.1,
      hold: 0.2,
      sliding: 0.2,
      steady_for: 0.2,
      recover_within: 1,
      ...options.timing,
    },
  };
}

function entryOf({ id, start, for_s, until }: FakeEntry): FaultEntry {
  return {
    id,
    fault: `fake.${id}`,
    target: {},
    pick: 'all',
    params: {},
    start: start ?? { on: 'begin' },
    ...(for_s === undefined ? {} : { for_s }),
    ...(until === undefined
      ? {}
      : { until: { condition: { text: until.text, at }, within_s: until.within_s } }),
    at,
  };
}

const systemOf = (duration_s: number): System => ({
  file: 'system.yaml',
  name: 'fake',
  signals: [],
  limits: { targets: 9, percent: 100, duration_s, allow: [], protect: [] },
  secrets: [],
});

function guardOf(told: string[], { guard, journalFull }: FakeRunOptions): GuardSession {
  let full = false;
  return {
    lease_s: 30,
    journal: (step, injection) => {
      full ||= journalFull?.(injection.entry, step) ?? false;
      if (full) return fail({ ...trouble('the journal is full'), code: 'disk-full' });
      told.push(`${injection.target.name} ${step}`);
      return ok(undefined);
    },
    renew: () => ok(undefined),
    mayAct: () => ok(undefined),
    takenOver: () => undefined,
    ...guard,
  };
}

const observerOf = (start: () => Promise<Result<{ stop(): Promise<void> }>>) =>
  defineSignal<Record<string, never>>({
    kind: 'observer',
    summary: '',
    config: z.object({}) as never,
    needs: [],
    example: '',
    describe: () => ({ ...app, name: 'observer' }),
    start,
  });

const silent = {
  operations: () => undefined,
  point: () => undefined,
  event: () => undefined,
  blind: () => undefined,
  observing: () => undefined,
};
