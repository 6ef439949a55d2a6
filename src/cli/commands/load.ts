import type { ExitCode } from '../../model/problems.ts';
import { newSeed } from '../../reach/random.ts';
import { execute } from '../execute.ts';
import { report } from '../failing.ts';
import { interruptSignal } from '../interrupt.ts';
import { type LoadAsked, loadFiles, loadProblems } from '../load-files.ts';
import { openSession, planSession, type Session } from '../session.ts';
import { type Terminal, terminal } from '../terminal.ts';

export interface LoadCommandOptions extends Omit<LoadAsked, 'url'> {
  seed?: string;
  runs: string;
}

/** `aftershock load URL`: a load by itself, watched, recorded and reported like any run; it breaks nothing. */
export async function load(url: string, options: LoadCommandOptions): Promise<ExitCode> {
  const term = terminal();
  const asked = { ...options, url };
  const wrong = loadProblems(asked);
  if (wrong.length > 0) return report(term, wrong);
  const files = loadFiles(asked);
  const interrupt = interruptSignal(() => term.err('(ending; the report is written)'));
  const session = await openSession({
    file: files.experiment,
    system: files.system,
    read: files.read,
    startLab: false,
    onProgress: (text) => term.err(text),
    signal: interrupt,
  });
  if (!session.ok) return report(term, session.problem.map(files.told));
  try {
    return await runLoad(term, session.value, { asked, options, interrupt });
  } finally {
    await session.value.close();
  }
}

async function runLoad(
  term: Terminal,
  session: Session,
  given: { asked: LoadAsked; options: LoadCommandOptions; interrupt: AbortSignal },
): Promise<ExitCode> {
  const { asked, options, interrupt } = given;
  const planned = await planSession(session, options.seed ?? newSeed(), interrupt);
  if (!planned.ok) return report(term, planned.problem);
  const plan = { ...planned.value, command: commandOf(asked) };
  term.out(`${plan.watched.map(({ text }) => text).join('\n')}, for ${asked.for}\n`);
  return execute({ term, session, plan, runs: options.runs, json: false, interrupt });
}

const flags = [
  'rate',
  'for',
  'method',
  'json',
  'body',
  'header',
  'timeout',
  'connections',
  'expect',
  'predict',
  'name',
] as const satisfies (keyof LoadAsked)[];

/** The command line that does it again. */
function commandOf(asked: LoadAsked): string[] {
  const given = flags.flatMap((flag) => {
    const value = asked[flag];
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.flatMap((one) => [`--${flag}`, one]);
  });
  return ['aftershock', 'load', asked.url, ...given];
}
