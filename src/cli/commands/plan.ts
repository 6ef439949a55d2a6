import { showPlan } from '../../files/show.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { newSeed } from '../../reach/random.ts';
import { report } from '../failing.ts';
import { interruptSignal } from '../interrupt.ts';
import { openSession, planSession } from '../session.ts';
import { terminal } from '../terminal.ts';

interface Options {
  system?: string;
  seed?: string;
  json?: boolean;
}

/** `aftershock plan FILE`: what would be done, and undone. Touches nothing. */
export async function plan(file: string, options: Options): Promise<ExitCode> {
  const term = terminal();
  const signal = interruptSignal(() => undefined);
  const session = await openSession({
    file,
    ...(options.system === undefined ? {} : { system: options.system }),
    startLab: false,
    onProgress: (text) => term.err(text),
    signal,
  });
  if (!session.ok) return report(term, session.problem);
  const planned = await planSession(session.value, options.seed ?? newSeed(), signal);
  await session.value.close();
  if (!planned.ok) return report(term, planned.problem);
  const { value } = planned;
  term.out(
    options.json === true
      ? JSON.stringify(value, null, 2)
      : showPlan(value, { color: term.color, columns: term.columns }),
  );
  return exitCodes.asPredicted;
}
