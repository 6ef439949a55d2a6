import { compile, type Expression, type ExpressionError } from '../../judge/expression/compile.ts';
import type { Environment } from '../../judge/expression/environment.ts';
import type { Problem } from '../../model/result.ts';
import type { Path, Source } from '../read/source.ts';

/** What expressions are checked against. */
export interface Names {
  environment: Environment;
  /** Signals whose names are there but wrong otherwise: what is said about them is not checked. `all`: none is known. */
  unchecked: ReadonlySet<string> | 'all';
}

/** Every place of an experiment where an expression stands. */
export function expressionPaths(
  source: Source,
): { path: Path; of: 'steady' | 'predict' | 'abort' | 'until' }[] {
  const indices = (key: string): number[] => {
    const list = source.valueAt([key]);
    return Array.isArray(list) ? [...list.keys()] : [];
  };
  return [
    ...indices('steady').map((index) => ({ path: ['steady', index], of: 'steady' as const })),
    ...indices('faults').map((index) => ({ path: ['faults', index, 'until'], of: 'until' as const })),
    ...indices('predict').map((index) => ({ path: ['predict', index, 'expect'], of: 'predict' as const })),
    ...indices('abort').map((index) => ({ path: ['abort', index, 'when'], of: 'abort' as const })),
  ];
}

/** Compiles every expression that is a text at all; each mistake is pointed at letter by letter. */
export function checkExpressions(source: Source, names: Names): Problem[] {
  const hasSteady = Array.isArray(source.valueAt(['steady'])) && source.valueAt(['steady', 0]) !== undefined;
  return expressionPaths(source).flatMap(({ path, of }): Problem[] => {
    const text = source.valueAt(path);
    if (typeof text !== 'string') return [];
    const compiled = compile(text, names.environment);
    if (!compiled.ok)
      return isUnchecked(text, compiled.problem, names) ? [] : [wrong(source, path, compiled.problem)];
    return misplaced(source, path, { expression: compiled.value, of, hasSteady });
  });
}

function wrong(source: Source, path: Path, error: ExpressionError): Problem {
  const { message, offset, found, expected, nearest } = error;
  return {
    code: 'expression-wrong',
    message,
    at: source.placeIn(path, offset),
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    fix: fixFor({ expected, nearest }),
  };
}

function fixFor({
  expected,
  nearest,
}: {
  expected: string | undefined;
  nearest: string | undefined;
}): string {
  if (nearest !== undefined) return `Write \`${nearest}\`.`;
  if (expected === undefined) return 'Write a comparison of measures such as `votes.p95_ms < 150`.';
  return expected.length <= 3
    ? `Write \`${expected}\`.`
    : '`aftershock signals NAME` shows the measures of a signal.';
}

/** Is it about the name of a signal that could not be read? Then the reason stands elsewhere already. */
function isUnchecked(text: string, error: ExpressionError, { unchecked }: Names): boolean {
  const { found, offset, expected } = error;
  if (found === undefined || expected === undefined || !/^[A-Za-z_]\w*$/.test(found)) return false;
  if (!text.startsWith(found, offset) || text[offset - 1] === '.') return false;
  return unchecked === 'all' ? !/^(and|or|not)$/i.test(found) : unchecked.has(found);
}

/** Measures that have no value where they are named. */
function misplaced(
  source: Source,
  path: Path,
  { expression, of, hasSteady }: { expression: Expression; of: string; hasSteady: boolean },
): Problem[] {
  const at = (text: string) => source.placeIn(path, Math.max(0, expression.text.indexOf(text)));
  return expression.refs.flatMap((ref): Problem[] => {
    if (ref.signal === undefined && /_after_s$/.test(ref.measure) && of !== 'predict') {
      return [
        {
          code: 'expression-wrong',
          message: `\`${ref.text}\` is known only when the run is over`,
          at: at(ref.text),
          found: ref.text,
          fix: 'Use it under `predict:`.',
        },
      ];
    }
    if (ref.measure !== 'recovered_after_s' || hasSteady) return [];
    return [
      {
        code: 'expression-wrong',
        message: '`recovered_after_s` counts until `steady` holds again, and there is no `steady`',
        at: at(ref.text),
        found: ref.text,
        fix: 'Say under `steady:` what must hold.',
      },
    ];
  });
}
