import { z } from 'zod';
import { defaultLimits } from '../../model/experiment.ts';
import { durationField, percentField, rateField } from '../../model/fields.ts';
import { formatDuration } from '../../model/units.ts';

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
      .describe('Never touched: namespaces, or kind/name such as deployment/database')
      .optional(),
  })
  .describe('How far experiments may go on this system');

const labName = text.describe('A lab that aftershock starts and stops itself');
const port = z.int().min(1).max(65_535).describe('Where its first service listens on 127.0.0.1').optional();

/** Of a system file everything but what stands in each signal. */
export const systemShape = z.strictObject({
  name: text.describe('What people call this system'),
  lab: z
    .union([labName, z.strictObject({ name: labName, port })], 'must be the name of a lab, or { name, port }')
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
  signals: z
    .record(z.string(), z.unknown())
    .describe('What is watched: a name, and below it one kind of signal')
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
