import { loadExperiment } from '../../files/load.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { readText, writeWhole } from '../../reach/files.ts';
import { report } from '../failing.ts';
import { importBlade } from '../import/blade.ts';
import { experimentText, systemText } from '../import/experiment-text.ts';
import { registries } from '../registries.ts';
import { terminal } from '../terminal.ts';

export interface ImportOptions {
  host?: string;
  system?: string;
  out?: string;
}

/** `aftershock import blade 'blade create …'`: prints an experiment that does the same, or writes it to a file. */
export async function importBladeCommand(line: string, options: ImportOptions): Promise<ExitCode> {
  const term = terminal();
  const made = bladeExperiment(line, options);
  if (!made.ok) return report(term, made.problem);
  const { out } = options;
  if (out === undefined) {
    term.out(made.value.trimEnd());
    return exitCodes.asPredicted;
  }
  const written = writeNew(out, made.value);
  if (!written.ok) return report(term, [written.problem]);
  term.out(`${out} is written. What it would do: aftershock plan ${out}`);
  return exitCodes.asPredicted;
}

/** The text of the experiment, which the loader has read with a system file that has its host. */
export function bladeExperiment(line: string, options: ImportOptions): Result<string, Problem[]> {
  const imported = importBlade(line);
  if (!imported.ok) return imported;
  const { host = imported.value.ssh?.host.replaceAll(/[^\w.-]/g, '_') ?? 'here', system = 'system.yaml' } =
    options;
  const isInstant = (name: string): boolean =>
    registries.faults.find((fault) => fault.name === name)?.duration === 'instant';
  const text = experimentText(imported.value, { host, system, isInstant });
  const wrong = problemsOf(text, systemText(imported.value, host));
  return wrong.length === 0 ? ok(text) : fail(wrong);
}

const EXPERIMENT = 'experiment';
const SYSTEM = 'system';

/** What the loader says of the two, told of the command line: nobody has the files yet. */
function problemsOf(experiment: string, system: string): Problem[] {
  const texts: Record<string, string> = { [EXPERIMENT]: experiment, [SYSTEM]: system };
  const loaded = loadExperiment({
    file: EXPERIMENT,
    system: SYSTEM,
    registries,
    env: {},
    read: (path) => {
      const text = texts[path];
      return text === undefined ? fail({ code: 'ENOENT', text: `no such file: ${path}` }) : ok(text);
    },
  });
  return loaded.ok ? [] : loaded.problem.map(({ at: _, ...problem }) => ({ ...problem, code: 'usage' }));
}

/** A file that is there is somebody's work: it is not replaced. */
function writeNew(path: string, text: string): Result<void, Problem> {
  const there = readText(path);
  if (there.ok || there.problem.code !== 'ENOENT')
    return fail({ code: 'usage', message: `${path} is there already`, fix: 'Give `--out` another name.' });
  const written = writeWhole(path, text);
  return written.ok
    ? written
    : fail({
        code: 'usage',
        message: `${path} could not be written`,
        fix: 'Give `--out` a path that can be written.',
        cause: written.problem.text,
      });
}
