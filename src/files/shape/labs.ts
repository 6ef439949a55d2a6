import { nearestOf } from '../../judge/expression/nearest.ts';
import type { LabKind, LabUse } from '../../model/experiment.ts';
import type { Place, Problem } from '../../model/result.ts';
import type { Path, Source } from '../read/source.ts';

/** A lab that does not exist, or settings that it does not have: each with its place and the nearest name. */
export function labProblems(source: Source, lab: LabUse | undefined, labs: readonly LabKind[]): Problem[] {
  if (lab === undefined) return [];
  const kind = labs.find(({ name }) => name === lab.name);
  return kind === undefined
    ? [
        unknown({
          what: 'lab',
          name: lab.name,
          names: labs.map(({ name }) => name),
          at: source.placeOf(typeof source.valueAt(['lab']) === 'string' ? ['lab'] : ['lab', 'name']),
        }),
      ]
    : settingProblems(source, lab, kind);
}

function settingProblems(source: Source, { name: lab, settings = {} }: LabUse, kind: LabKind): Problem[] {
  const at = (path: Path) => source.placeOfKey(['lab', 'settings', ...path]);
  const deployments = Object.keys(kind.variables);
  return Object.entries(settings).flatMap(([deployment, set]) => {
    const names = kind.variables[deployment];
    if (names === undefined) {
      const what = `deployment in the lab ${lab}`;
      return [unknown({ what, name: deployment, names: deployments, at: at([deployment]) })];
    }
    return Object.keys(set)
      .filter((name) => !names.includes(name))
      .map((name) => unknown({ what: `setting of ${deployment}`, name, names, at: at([deployment, name]) }));
  });
}

interface Unknown {
  what: string;
  name: string;
  names: readonly string[];
  at: Place;
}

function unknown({ what, name, names, at }: Unknown): Problem {
  const nearest = nearestOf(name, names);
  return {
    code: 'name-unknown',
    message: `there is no ${what} \`${name}\``,
    at,
    found: name,
    ...(names.length === 0 ? {} : { expected: names.join(', ') }),
    fix: nearest === undefined ? otherwise(what, names) : `Write \`${nearest}\`.`,
  };
}

const otherwise = (what: string, names: readonly string[]): string =>
  names.length === 0 ? 'Take it out: there is none.' : `Write the name of a ${what}.`;
