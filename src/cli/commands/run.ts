import { confirm, isCancel } from '@clack/prompts';
import { showPlan } from '../../files/show.ts';
import type { System } from '../../model/experiment.ts';
import type { RunPlan } from '../../model/plan.ts';
import type { ExitCode } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { newSeed } from '../../reach/random.ts';
import { execute } from '../execute.ts';
import { report } from '../failing.ts';
import { ALREADY_ENDING, interruptSignal } from '../interrupt.ts';
import { openSession, planSession, type Session } from '../session.ts';
import { type Terminal, terminal } from '../terminal.ts';

export interface RunOptions {
  system?: string;
  seed?: string;
  yes?: boolean;
  json?: boolean;
  runs: string;
}

/** `aftershock run FILE`: load, check, plan, ask, break, watch, undo, judge, report. */
export async function run(file: string, options: RunOptions): Promise<ExitCode> {
  const term = terminal();
  const interrupt = interruptSignal(() => term.err(ALREADY_ENDING));
  const session = await openSession({
    file,
    ...(options.system === undefined ? {} : { system: options.system }),
    startLab: true,
    onProgress: (text) => term.err(text),
    signal: interrupt,
  });
  if (!session.ok) return report(term, session.problem);
  try {
    return await runSession(term, session.value, { ...options, interrupt });
  } finally {
    await session.value.close();
  }
}

async function runSession(
  term: Terminal,
  session: Session,
  options: RunOptions & { interrupt: AbortSignal },
): Promise<ExitCode> {
  const seed = options.seed ?? newSeed();
  const plan = await planSession(session, seed, options.interrupt);
  if (!plan.ok) return report(term, plan.problem);
  if (options.json !== true) term.out(showPlan(plan.value, { color: term.color, columns: term.columns }));
  const refused = await ask(session, plan.value, options);
  if (refused !== undefined) return report(term, [refused]);
  return execute({
    term,
    session,
    plan: plan.value,
    runs: options.runs,
    json: options.json === true,
    interrupt: options.interrupt,
  });
}

/** Only what a lab brings is harmless: beside it a system file may name machines of its own. */
export function isHarmless(system: System, plan: Pick<RunPlan, 'faults'>): boolean {
  if (plan.faults.length === 0) return true;
  const own = Object.keys(system.hosts ?? {}).length > 0 || system.kubernetes !== undefined;
  return system.lab !== undefined && !own;
}

/** Asks before anything is broken that is not a lab; without a terminal somebody must have said --yes. */
export async function ask(
  session: Session,
  plan: RunPlan,
  options: Pick<RunOptions, 'yes'>,
): Promise<Problem | undefined> {
  if (isHarmless(session.loaded.system, plan) || options.yes === true) return undefined;
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    return {
      code: 'confirmation-missing',
      message: `this would break ${plan.system.where}, and there is no terminal to ask on`,
      fix: 'Read `aftershock plan` first, then run again with --yes.',
    };
  }
  const answer = await confirm({ message: `Break ${plan.system.where} as planned?`, initialValue: false });
  if (answer === true && !isCancel(answer)) return undefined;
  return {
    code: 'confirmation-missing',
    message: 'nothing was touched',
    fix: 'Answer yes, or give --yes, to run it.',
  };
}
