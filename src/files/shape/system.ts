import type { AnySignal } from '../../model/contracts/signal.ts';
import {
  defaultLimits,
  type KubernetesUse,
  type LabKind,
  type LabUse,
  type Limits,
  type System,
} from '../../model/experiment.ts';
import type { Problem } from '../../model/result.ts';
import { parsePart } from '../read/issues.ts';
import { inlineSecrets, resolveSecrets } from '../read/secrets.ts';
import type { Source } from '../read/source.ts';
import { hostUse } from './host-shape.ts';
import { unknownHosts } from './hosts.ts';
import { labProblems } from './labs.ts';
import { readSignals, type Signals } from './signals.ts';
import { sloOf, sloProblems } from './slo.ts';
import { type SystemShape, systemShape } from './system-shape.ts';

/** A system file, read; `system` only where there are no problems. */
export interface SystemRead {
  system?: System;
  signals: Signals;
  problems: Problem[];
}

/** Checks a system file and fills in its secrets. */
export function readSystem(
  source: Source,
  { signals: kinds, labs }: { signals: readonly AnySignal[]; labs: readonly LabKind[] },
  env: Readonly<Record<string, string | undefined>>,
): SystemRead {
  const { value, secrets, problems: missing } = resolveSecrets(source, env);
  const shape = parsePart(systemShape, value, { source, path: [] });
  const resolved = typeof value === 'object' && value !== null ? Reflect.get(value, 'signals') : undefined;
  const signals = readSignals({ source, kinds, resolved });
  const problems = [
    ...missing,
    ...inlineSecrets(source),
    ...(shape.ok
      ? [
          ...labProblems(source, labOf(shape.value, labs), labs),
          ...clusterProblems(source, shape.value, labs),
          ...hostProblems(source, shape.value, labs),
        ]
      : shape.problem),
    ...signals.problems,
    ...(shape.ok ? sloProblems(source, shape.value, signals) : []),
  ];
  if (!shape.ok || problems.length > 0) return { signals, problems };
  return { signals, problems, system: systemOf(source, shape.value, { labs, signals, secrets }) };
}

function clusterProblems(source: Source, shape: SystemShape, labs: readonly LabKind[]): Problem[] {
  if (shape.lab !== undefined && shape.kubernetes !== undefined) {
    return [
      {
        code: 'field-wrong',
        message: 'the system has both `lab` and `kubernetes`',
        at: source.placeOfKey(['kubernetes']),
        expected: 'exactly one of them',
        fix: 'Keep one: a lab brings its own cluster, or its own machines.',
      },
    ];
  }
  const lab = labOf(shape, labs);
  if ((lab !== undefined && lab.hosts === undefined) || shape.kubernetes !== undefined) return [];
  const kind = Object.values(mapping(source.valueAt(['signals']))).flatMap((signal) =>
    Object.keys(mapping(signal)).filter(needsCluster),
  )[0];
  return kind === undefined ? [] : [noCluster(source, `the signal \`${kind}\``)];
}

/** Signals that name a host which is not there. */
function hostProblems(source: Source, shape: SystemShape, labs: readonly LabKind[]): Problem[] {
  const { hosts = {} } = shape;
  const users = Object.entries(mapping(source.valueAt(['signals']))).flatMap(([name, signal]) =>
    Object.keys(mapping(signal)).map((kind) => ({ source, path: ['signals', name, kind] })),
  );
  return unknownHosts(users, [...Object.keys(hosts), ...(labOf(shape, labs)?.hosts ?? [])]);
}

/** What is called `kubernetes.…` needs a cluster. */
export const needsCluster = (name: string): boolean => name.startsWith('kubernetes.');

/** The system names no cluster, and `who` needs one. */
export const noCluster = (source: Pick<Source, 'placeOf'>, who: string): Problem => ({
  code: 'field-wrong',
  message: `${who} needs a cluster, and the system file names none`,
  at: source.placeOf([]),
  expected: 'lab: NAME, or kubernetes: { context: …, namespace: … }',
  fix: 'Add one of them to the system file.',
});

const mapping = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

function systemOf(
  source: Source,
  shape: SystemShape,
  { labs, signals, secrets }: { labs: readonly LabKind[]; signals: Signals; secrets: string[] },
): System {
  const lab = labOf(shape, labs);
  const hosts = hostsOf(shape);
  const kubernetes = shape.kubernetes === undefined ? undefined : defined<KubernetesUse>(shape.kubernetes);
  return {
    file: source.file,
    name: shape.name,
    ...(lab === undefined ? {} : { lab }),
    ...(kubernetes === undefined ? {} : { kubernetes }),
    ...(hosts === undefined ? {} : { hosts }),
    signals: signals.entries,
    ...sloOf(shape),
    ...monitoringOf(shape),
    limits: limitsOf(shape),
    secrets,
  };
}

function monitoringOf({ monitoring }: SystemShape): Pick<System, 'monitoring'> {
  const { scrape_interval } = monitoring ?? {};
  return scrape_interval === undefined ? {} : { monitoring: { scrape_interval_s: scrape_interval } };
}

function labOf({ lab }: SystemShape, labs: readonly LabKind[]): LabUse | undefined {
  if (lab === undefined) return undefined;
  const use = typeof lab === 'string' ? { name: lab } : defined<LabUse>(lab);
  const hosts = labs.find(({ name }) => name === use.name)?.hosts;
  return hosts === undefined ? use : { ...use, hosts };
}

function hostsOf({ hosts }: SystemShape): System['hosts'] {
  if (hosts === undefined || Object.keys(hosts).length === 0) return undefined;
  return Object.fromEntries(Object.entries(hosts).map(([name, written]) => [name, hostUse(written)]));
}

function limitsOf({ limits = {} }: SystemShape): Limits {
  const { duration, ...rest } = limits;
  return {
    ...defaultLimits,
    ...defined<Partial<Limits>>(rest),
    ...(duration === undefined ? {} : { duration_s: duration }),
  };
}

/** Without the keys that have no value. */
const defined = <T extends object>(value: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
