import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SUITE_FILE } from '../history.ts';

const shape = z.object({
  cells: z.array(
    z.object({
      values: z.record(z.string(), z.string()),
      runs: z.array(z.object({ run: z.string().optional() })),
    }),
  ),
});

/** Of the runs of every suite under `runs` what was varied in them, by their names: `signals.votes.rate=5/s`. */
export function variedIn(runs: string): ReadonlyMap<string, string> {
  return new Map(
    namesIn(runs).flatMap((name) =>
      cellsOf(join(runs, name, SUITE_FILE)).flatMap(({ values, runs: own }) => {
        const text = Object.entries(values)
          .map(([path, value]) => `${path}=${value}`)
          .join(', ');
        return own.flatMap(({ run }): [string, string][] =>
          run === undefined || text === '' ? [] : [[run, text]],
        );
      }),
    ),
  );
}

/** None where it is no summary of a suite that we can read: a list of runs does not depend on it. */
function cellsOf(file: string): z.infer<typeof shape>['cells'] {
  try {
    return shape.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.cells ?? [];
  } catch {
    return [];
  }
}

function namesIn(runs: string): string[] {
  try {
    return readdirSync(runs).filter((name) => name.startsWith('suite-'));
  } catch {
    return [];
  }
}
