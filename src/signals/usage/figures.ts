import type { JsonObject } from '../../model/json.ts';
import { at, nameOf, objectsAt, textAt, timeAt } from '../../reach/kubernetes/fields.ts';
import { quantityOf } from '../../reach/kubernetes/quantity.ts';

/** What metrics.k8s.io says of one pod. */
export interface PodUsage {
  name: string;
  /** When its window ended, seconds since 1970. */
  timestamp: number;
  window_s: number;
  containers: { name: string; cpu_m: number; memory_bytes: number }[];
}

/** What a container may use at most; absent where there is no limit. */
export interface Limits {
  cpu_m?: number;
  memory_bytes?: number;
}

/** Reads a PodMetrics object; undefined where it has no time or a quantity is none. */
export function usageOf(metrics: JsonObject): PodUsage | undefined {
  const timestamp = timeAt(metrics, 'timestamp');
  const containers = objectsAt(metrics, 'containers').map((container) => ({
    name: textAt(container, 'name') ?? '',
    cpu_m: 1_000 * (quantityOf(at(container, 'usage', 'cpu')) ?? Number.NaN),
    memory_bytes: quantityOf(at(container, 'usage', 'memory')) ?? Number.NaN,
  }));
  const isWhole = containers.every(({ cpu_m, memory_bytes }) => Number.isFinite(cpu_m + memory_bytes));
  if (timestamp === undefined || !isWhole) return undefined;
  return {
    name: nameOf(metrics),
    timestamp,
    window_s: durationOf(textAt(metrics, 'window') ?? ''),
    containers,
  };
}

/** Limits by the names of a pod's containers; sidecars are init containers that stay. */
export function limitsOf(pod: JsonObject): Map<string, Limits> {
  const containers = [...objectsAt(pod, 'spec', 'containers'), ...objectsAt(pod, 'spec', 'initContainers')];
  return new Map(
    containers.map((container) => {
      const cpu = quantityOf(at(container, 'resources', 'limits', 'cpu'));
      const memory = quantityOf(at(container, 'resources', 'limits', 'memory'));
      const limits: Limits = {
        ...(cpu === undefined ? {} : { cpu_m: 1_000 * cpu }),
        ...(memory === undefined ? {} : { memory_bytes: memory }),
      };
      return [textAt(container, 'name') ?? '', limits];
    }),
  );
}

const goUnits: Record<string, number> = { h: 3_600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** A duration as Go writes it (`17.3s`, `1m0s`), in seconds; 0 for what is none. */
export function durationOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|µs|ns|s)/g)];
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (goUnits[unit] ?? 0), 0);
}

/** The series of the signal with their units and meanings. */
export const figureSeries = {
  pods: { unit: '1', summary: 'pods that have figures; those of a new pod come with its first window' },
  cpu_m: { unit: 'mCPU', summary: 'CPU of all pods, in thousandths of a core, mean of the window' },
  cpu_mean_m: { unit: 'mCPU', summary: 'CPU of a pod, in the mean of those that have figures' },
  cpu_max_m: { unit: 'mCPU', summary: 'CPU of the pod that uses most' },
  memory_mb: { unit: 'MBy', summary: 'memory (working set) of all pods' },
  memory_mean_mb: { unit: 'MBy', summary: 'memory of a pod, in the mean of those that have figures' },
  memory_max_mb: { unit: 'MBy', summary: 'memory of the pod that uses most' },
  cpu_limit_percent: { unit: '%', summary: 'CPU as a share of its limit, of the container nearest to it' },
  memory_limit_percent: {
    unit: '%',
    summary: 'memory as a share of its limit, of the container nearest to it',
  },
} as const;

export type Figures = Record<keyof typeof figureSeries, number | null>;

/** The figures of some pods together; those that need a pod, or a limit, are null where there is none. */
export function figuresOf(
  pods: readonly PodUsage[],
  limits: ReadonlyMap<string, Map<string, Limits>>,
): Figures {
  const cpu = pods.map(({ containers }) => sum(containers.map(({ cpu_m }) => cpu_m)));
  const memory = pods.map(({ containers }) => sum(containers.map(({ memory_bytes }) => memory_bytes / 1e6)));
  const share = (key: keyof Limits): number[] =>
    pods.flatMap(({ name, containers }) =>
      containers.flatMap((container) => {
        const limit = limits.get(name)?.get(container.name)?.[key] ?? 0;
        return limit > 0 ? [(100 * container[key]) / limit] : [];
      }),
    );
  return {
    pods: pods.length,
    cpu_m: some(cpu, sum),
    cpu_mean_m: some(cpu, mean),
    cpu_max_m: some(cpu, most),
    memory_mb: some(memory, sum),
    memory_mean_mb: some(memory, mean),
    memory_max_mb: some(memory, most),
    cpu_limit_percent: some(share('cpu_m'), most),
    memory_limit_percent: some(share('memory_bytes'), most),
  };
}

const some = (values: readonly number[], of: (values: readonly number[]) => number): number | null =>
  values.length === 0 ? null : of(values);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const most = (values: readonly number[]): number => Math.max(...values);
