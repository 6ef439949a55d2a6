import { z } from 'zod';
import { type AnyFault, type Duration, defineFault, type Look } from '../model/contracts/fault.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';

export type Step = 'prepare' | 'arm' | 'act' | 'effect' | 'undo' | 'recovered' | 'disarm' | 'renew';

export const trouble = (message: string): Problem => ({ code: 'inject-failed', message, fix: 'none' });

/** What a step does beside being noted: a Problem fails it, an exception is a bug, a promise makes it last. */
export type Script = Partial<Record<Step, (signal: AbortSignal) => unknown>>;

export interface FakeFault {
  id: string;
  /** An instant fault, over when its effect is. */
  instant?: true;
  script?: Script;
}

/** A fault whose steps are noted and then do what the script says. */
export function faultOf(of: FakeFault, told: string[]): AnyFault {
  const duration: Duration = of.instant === true ? 'instant' : 'held';
  const step = (name: Step, target: string, signal: AbortSignal): unknown => {
    told.push(`${target} ${name}()`);
    return of.script?.[name]?.(signal);
  };
  const done = async (said: unknown): Promise<Result<void>> => {
    const problem = (await said) as Problem | undefined;
    return problem === undefined ? ok(undefined) : fail(problem);
  };
  const look = async (said: unknown): Promise<Look> =>
    ((await said) as Look | undefined) ?? { is: 'yes', evidence: 'seen' };
  const prepared = { does: ['it'], undoes: ['it back'], undo: {} };
  return defineFault<Record<string, never>, object>({
    name: `fake.${of.id}`,
    summary: '',
    duration,
    undoKind: of.instant === true ? 'self-heals' : 'restores',
    guarantee: '',
    params: z.object({}) as never,
    target: z.object({}),
    needs: [],
    example: '',
    resolve: async () => ok({ found: [] }),
    prepare: async (_world, { target }, signal) => {
      const said = await done(step('prepare', target.name, signal));
      return said.ok ? ok(prepared) : said;
    },
    arm: async (_world, { target }, signal) => done(step('arm', target.name, signal)),
    act: async (_world, { target }, signal) => done(step('act', target.name, signal)),
    effect: async (_world, { target }, signal) => look(step('effect', target.name, signal)),
    renew: async (_world, { target }, signal) => done(step('renew', target.name, signal)),
    undo: async (_world, { target }, signal) => done(step('undo', target.name, signal)),
    recovered: async (_world, { target }, signal) => look(step('recovered', target.name, signal)),
    disarm: async (_world, { target }, signal) => done(step('disarm', target.name, signal)),
  });
}
