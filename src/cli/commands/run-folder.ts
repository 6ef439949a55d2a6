import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';

/** How many of the runs there are a Problem names. */
const SHOWN = 5;

/** The folder of a run: a path, or the run's id or a part of it that no other one in `runs` has. */
export function findRunFolder(named: string, runs: string): Result<string> {
  // A path that is not there is told by whoever reads it.
  if (existsSync(named) || /[\\/]/.test(named)) return ok(named);
  const all = folders(runs);
  const matching = all.includes(named) ? [named] : all.filter((name) => name.includes(named));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return ok(join(runs, only));
  return fail(only === undefined ? unknown(named, { runs, all }) : ambiguous(named, { runs, all: matching }));
}

interface Among {
  runs: string;
  all: readonly string[];
}

/** Run ids begin with their time. */
const newest = (all: readonly string[]): string => all.slice(-SHOWN).reverse().join(', ');

function unknown(named: string, { runs, all }: Among): Problem {
  return {
    code: 'name-unknown',
    message: `there is no run ${named} in ${runs}`,
    ...(all.length === 0 ? {} : { expected: newest(all) }),
    fix:
      all.length === 0
        ? 'Name the folder that holds runs with --runs.'
        : 'Name one of these (the newest), or the folder that holds your runs with --runs.',
  };
}

function ambiguous(named: string, { runs, all }: Among): Problem {
  return {
    code: 'usage',
    message: `${all.length} runs in ${runs} have ${named} in their name`,
    expected: newest(all),
    fix: 'Give more of its name; these are the newest.',
  };
}

function folders(runs: string): string[] {
  try {
    const entries = readdirSync(runs, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch {
    return [];
  }
}
