import type { GuardSession } from '../guard/session.ts';
import type { AnyFault } from '../model/contracts/fault.ts';
import type { Clock } from '../model/contracts/world.ts';
import { seededRandom } from '../reach/random.ts';
import type { RecordingWriter } from '../record/writer.ts';
import { compileConditions } from '../run/conditions.ts';
import type { RunContext } from '../run/context.ts';
import type { RunEvent } from '../run/events.ts';
import { observer } from '../signals/observer.ts';
import { chooser } from './choose.ts';
import { freezing } from './freeze.ts';
import { registries } from './registries.ts';
import type { Session } from './session.ts';
import { version } from './version.ts';

export interface Wiring {
  session: Session;
  seed: string;
  run: string;
  clock: Clock;
  recording: RecordingWriter;
  guard: GuardSession;
  interrupt: AbortSignal;
  emit: (event: RunEvent) => void;
}

/** Everything that a run is given, from the parts that this process has opened. */
export function contextOf(wiring: Wiring): RunContext {
  const { session, seed, run, clock, recording, guard, interrupt, emit } = wiring;
  const { experiment, system, signals } = session.loaded;
  const random = (purpose: string) => seededRandom(seed, purpose);
  const faults: ReadonlyMap<string, AnyFault> = new Map(
    registries.faults.map((fault) => [fault.name, fault]),
  );
  return {
    run,
    seed,
    version,
    experiment,
    system,
    descriptors: signals,
    conditions: compileConditions(experiment, signals),
    faults,
    signals: new Map(registries.signals.map((signal) => [signal.kind, signal])),
    observer,
    world: session.world,
    clock,
    random,
    recorder: recording,
    guard: freezing(guard, process.env),
    ...(session.ground === undefined
      ? {}
      : { ground: { ground: session.ground, holder: { run, lease_s: guard.lease_s } } }),
    choose: chooser({ world: session.world, faults, system, random, clock }),
    interrupt,
    emit,
  };
}
