import { z } from 'zod';
import { defaultLimits } from '../../model/experiment.ts';
import { durationField, percentField, periodField, rateField } from '../../model/fields.ts';
import { formatDuration, formatPeriod } from '../../model/units.ts';
import { hostsShape } from './host-shape.ts';

const text = z.string().trim().min(1);

const namespace = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const kindAndName = /^[A-Za-z]+\/[A-Za-z0-9._-]+$/;
const protectedName = z
  .string()
  .refine(
    (name) => namespace.test(name) || kindAndName.test(name),
    'must be a namespace (staging) or a kind and a name (deployment/database)',
  );

const limits = z
  .strictObject({
    targets: z
      .int()
      .min(0)
      .describe(`Most targets broken at the same time; ${defaultLimits.targets} unless told`)
      .optional(),
    percent: z
      .union([z.number().min(0).max(100), percentField()], 'must be a number from 0 to 100')
      .describe(
        `Most of a redundant set that may be taken away, in percent; ${defaultLimits.percent} unless told`,
      )
      .optional(),
    duration: durationField({ min: 1 })
      .describe(`Longest time a fault may be held; ${formatDuration(defaultLimits.duration_s)} unless told`)
      .optional(),
    allow: z
      .array(text)
      .describe('Namespaces that may be touched although they are protected: kube-system')
      .optional(),
    protect: z
      .array(protectedName)
      .describe(
        'Never touched: namespaces, or kind/name such as deployment/database, process/postgres, host/here',
      )
      .optional(),
  })
  .describe('How far experiments may go on this system');

/** Of an objective's window, where none is written: what most agree on. */
export const DEFAULT_SLO_WINDOW_S = 2_592_000;

const objective = z
  .strictObject({
    signal: text.describe('The signal whose operations are counted'),
    objective: percentField({ min: 50 })
      .refine((percent) => percent < 100, {
        error: 'an objective of 100% leaves no error budget',
        params: { expected: 'less than 100%', fix: 'Write less, such as `99.9%`.' },
      })
      .describe('How many of the operations must be good: 99.9%'),
    within: durationField({ min: 0.001, max: 600 })
      .describe('Good is ok and within this time of when it should have started; just ok unless told')
      .optional(),
    window: periodField({ min: 3_600, max: 31_622_400 })
      .describe(`The stretch it is for; ${formatPeriod(DEFAULT_SLO_WINDOW_S)} unless told`)
      .optional(),
  })
  .describe('A service level objective');

const labName = text.describe('A lab that aftershock starts and stops itself');
const settings = z
  .record(text, z.record(text, z.union([z.string(), z.number(), z.boolean()]).transform(String)))
  .describe('What its programs are told: a deployment, and below it environment variables; docs/lab.md')
  .optional();
const port = z.int().min(1).max(65_535).describe('Where its first service listens on 127.0.0.1').optional();

/** Of a system file everything but what stands in each signal. */
export const systemShape = z.strictObject({
  name: text.describe('What people call this system'),
  lab: z
    .union(
      [labName, z.strictObject({ name: labName, port, settings })],
      'must be the name of a lab, or { name, port, settings }',
    )
    .describe('A system to practise on; or `kubernetes:`, not both')
    .optional(),
  kubernetes: z
    .strictObject({
      kubeconfig: text
        .describe("The kubeconfig, relative to this file; kubectl's own unless told")
        .optional(),
      context: text.describe('A context of the kubeconfig; the current one unless told').optional(),
      namespace: text
        .regex(namespace, 'must be a namespace: lower case letters, digits and -')
        .describe("Where the targets are; the context's own unless told")
        .optional(),
    })
    .describe('The cluster')
    .optional(),
  hosts: hostsShape
    .describe('Machines that are watched and broken: a name, and how it is reached')
    .optional(),
  signals: z
    .record(z.string(), z.unknown())
    .describe('What is watched: a name, and below it one kind of signal')
    .optional(),
  slo: z
    .record(z.string(), objective)
    .describe('Objectives that the report holds a run against: a name, and below it what must be good')
    .optional(),
  monitoring: z
    .strictObject({
      scrape_interval: durationField({ min: 1, max: 3_600 })
        .describe('How often its Prometheus scrapes and evaluates; 15s unless told')
        .optional(),
    })
    .describe("The system's own monitoring")
    .optional(),
  limits: limits.optional(),
});

export type SystemShape = z.infer<typeof systemShape>;

/** What any signal may have beside its own block. */
export const signalOptions = {
  rate: rateField({ min: 1 / 3_600, max: 100_000 }).describe(
    'Operations per time, sent whatever becomes of those before',
  ),
  timeout: durationField({ min: 0.001, max: 600 }).describe('An operation that takes longer has failed'),
};
