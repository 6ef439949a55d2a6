import type { ReportInput } from '../input.ts';
import { fakeRun } from './fake-run.ts';

/** Text that breaks careless pages, terminals and tables. */
export const hostile = {
  text: '<script>alert(1)</script>"\'><img src=x onerror="alert(1)"> \u001b[31mred\u001b[0m \u202Egnp.exe | a `b` ``` ~~~ *c* _d_ $e$ [x](javascript:alert(1)) -->',
  /** What must not be left of it, raw. */
  never: ['\u001b', '\u202e'],
};

/** A run in which every text that comes from outside is hostile. */
export function hostileRun(): ReportInput {
  const input = fakeRun('kill');
  const seen = new Set([
    'verdict',
    'version',
    'is',
    'impact',
    'family',
    'kind',
    'unit',
    'likelihood',
    'baseline',
    'end',
    'by',
    'name',
    'key',
  ]);
  const poison = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return seen.has(key) ? value : `${value} ${hostile.text}`;
    if (Array.isArray(value)) return value.map((item) => poison(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, poison(of, name)]));
  };
  const { samples } = input;
  return {
    ...input,
    result: { ...(poison(input.result, '') as ReportInput['result']), signals: input.result.signals },
    plan: { ...(poison({ ...input.plan, signals: [] }, '') as ReportInput['plan']) },
    timeline: poison(input.timeline, '') as ReportInput['timeline'],
    samples: {
      ...samples,
      operations: (...args) =>
        samples.operations(...args).map((one) => ({
          ...one,
          ...(one.kind === 'ok' ? {} : { kind: hostile.text, detail: hostile.text }),
        })),
      events: (...args) =>
        samples.events(...args).map((one) => ({
          ...one,
          subject: `${one.subject}${hostile.text}`,
          detail: { ...one.detail, reason: hostile.text },
        })),
    },
    learnt: hostile.text,
  };
}
