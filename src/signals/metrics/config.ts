import { z } from 'zod';
import { durationField } from '../../model/fields.ts';
import { namespaceField, selectorField } from '../pods/selection.ts';
import { parseSelector, type Selector } from './selector.ts';

/** How the samples of a gauge become one number. */
export type Combine = 'sum' | 'max' | 'min' | 'mean';

/** One series of the signal: what is read, and what it is taken for. */
export interface Entry {
  name: string;
  selector: Selector;
  kind: 'counter' | 'gauge';
  /** Whether the user has said the kind, or the name has told it. */
  said: boolean;
  by: Combine;
  unit: string;
  /** What is meant where the metric is not there at all: 0, or that nothing is known. */
  absent: 0 | null;
}

export interface PodsConfig {
  selector: string;
  port: number | string;
  path?: string | undefined;
  namespace?: string | undefined;
}

export interface MetricsConfig {
  url?: string | undefined;
  pods?: PodsConfig | undefined;
  /** Seconds. */
  every?: number | undefined;
  series: Record<string, z.infer<typeof entryField>>;
}

const DEFAULT_EVERY_S = 1;

export const everyOf = ({ every }: MetricsConfig): number => every ?? DEFAULT_EVERY_S;

const selectorText = z.string().superRefine((text, context) => {
  const parsed = parseSelector(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: `\`${text}\` ${parsed.problem}` });
});

const absent = z.literal(0).describe('What to take it for while the metric is not there at all').optional();

const entryField = z.union([
  selectorText.describe('An instant selector: the name of a metric, and label matchers in braces'),
  z.strictObject({ counter: selectorText, absent }),
  z.strictObject({
    gauge: selectorText,
    by: z
      .enum(['sum', 'max', 'min', 'mean'])
      .describe('How many samples become one; sum unless told')
      .optional(),
    unit: z.string().min(1).describe('Told from the name unless written: By, s, 1').optional(),
    absent,
  }),
]);

/** What could not be told from a window, a series of our own or a word of the expression language. */
const taken = ['baseline', 'fault', 'recovery', 'run', 'resets', 'in', 'true', 'false', 'null'];

const nameField = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name is letters, digits and _')
  .refine((name) => !taken.includes(name), 'this name has a meaning of its own; use another');

export const metricsConfig: z.ZodType<MetricsConfig> = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .describe('The metrics of one process')
      .optional(),
    pods: z
      .strictObject({
        selector: selectorField,
        port: z
          .union([z.int().min(1).max(65_535), z.string().min(1)])
          .describe('Number, or name of a container port'),
        path: z.string().startsWith('/').describe('/metrics unless told').optional(),
        namespace: namespaceField.optional(),
      })
      .describe(
        '{ selector, port, path }: the metrics of each of these pods, read through the Kubernetes API and added up',
      )
      .optional(),
    every: durationField({ min: 0.1 })
      .describe('How often it is read, and how long an answer may take; 1s unless told')
      .optional(),
    series: z
      .record(nameField, entryField)
      .refine((series) => Object.keys(series).length > 0, 'needs at least one series')
      .describe('What to record, by the name that it gets'),
  })
  .refine(
    ({ url, pods }) => (url === undefined) !== (pods === undefined),
    'write url or pods, one of the two',
  )
  .superRefine(({ series }, context) => {
    for (const { name, kind } of entriesOf({ series })) {
      if (kind === 'counter' && Object.hasOwn(series, totalName(name))) {
        const message = `${totalName(name)} is the total of ${name} already; use another name`;
        context.addIssue({ code: 'custom', path: ['series', totalName(name)], message });
      }
    }
  });

/** Where a counter's own value is recorded, beside its rate. */
export const totalName = (name: string): string => `${name}_total`;

/** The series in the order in which they were written. */
export function entriesOf({ series }: Pick<MetricsConfig, 'series'>): Entry[] {
  return Object.entries(series).flatMap(([name, given]) => {
    const text = typeof given === 'string' ? given : 'counter' in given ? given.counter : given.gauge;
    const parsed = parseSelector(text);
    if (!parsed.ok) return [];
    const selector = parsed.value;
    const told = typeof given === 'string' ? undefined : 'counter' in given ? 'counter' : 'gauge';
    const kind = told ?? (looksLikeCounter(selector.name) ? 'counter' : 'gauge');
    const gauge = typeof given === 'object' && 'gauge' in given ? given : undefined;
    return [
      {
        name,
        selector,
        kind,
        said: told !== undefined,
        by: gauge?.by ?? 'sum',
        unit: gauge?.unit ?? unitOf(selector.name),
        absent: typeof given === 'object' ? (given.absent ?? null) : null,
      },
    ];
  });
}

/** By the naming rules of Prometheus: counters end in _total, and so do the parts of histograms and summaries. */
export const looksLikeCounter = (metric: string): boolean => /_(total|count|sum|bucket)$/.test(metric);

/** A metric's name ends in its base unit, a counter's before _total. */
function unitOf(metric: string): string {
  const bare = metric.replace(/_(total|sum)$/, '');
  if (bare.endsWith('_bytes')) return 'By';
  return bare.endsWith('_seconds') ? 's' : '1';
}
