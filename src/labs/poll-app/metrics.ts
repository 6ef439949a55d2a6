import { readdirSync, readFileSync } from 'node:fs';

/** The metrics of one backend, as Prometheus reads them. */
export interface Metrics {
  request(of: { method: string; route: string; status: number; seconds: number }): void;
  vote(option: string): void;
  /** The text exposition format 0.0.4. */
  text(): string;
}

/** Upper bounds in seconds: the default ones of the Prometheus clients, finer at the fast end. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Histogram {
  labels: string;
  buckets: number[];
  sum: number;
  count: number;
}

export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  const votes = new Map<string, number>();
  const started = Date.now() / 1000 - process.uptime();
  return {
    request({ method, route, status, seconds }) {
      const labels = labelled({ method, route, status: String(status) });
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      let histogram = durations.get(labels);
      if (histogram === undefined) {
        histogram = { labels, buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };
        durations.set(labels, histogram);
      }
      observe(histogram, seconds);
    },
    vote(option) {
      const labels = labelled({ option });
      votes.set(labels, (votes.get(labels) ?? 0) + 1);
    },
    text: () =>
      [
        ...counter('http_requests_total', 'Requests answered.', requests),
        ...histograms('http_request_duration_seconds', 'Time to answer a request.', durations),
        ...counter('votes_total', 'Votes recorded.', votes),
        ...ofProcess(started),
        '',
      ].join('\n'),
  };
}

const labelled = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replace(/["\\\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))}"`,
    )
    .join(',');

function observe(histogram: Histogram, seconds: number): void {
  BOUNDS.forEach((bound, index) => {
    if (seconds <= bound) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
  });
  histogram.sum += seconds;
  histogram.count += 1;
}

const head = (name: string, help: string, type: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

const counter = (name: string, help: string, values: Map<string, number>): string[] => [
  ...head(name, help, 'counter'),
  ...[...values].map(([labels, value]) => `${name}{${labels}} ${value}`),
];

function histograms(name: string, help: string, values: Map<string, Histogram>): string[] {
  const lines = [...values.values()].flatMap(({ labels, buckets, sum, count }) => [
    ...BOUNDS.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ]);
  return [...head(name, help, 'histogram'), ...lines];
}

function ofProcess(started: number): string[] {
  const { user, system } = process.cpuUsage();
  const value = (name: string, help: string, of: { type: string; value: number }): string[] => [
    ...head(name, help, of.type),
    `${name} ${of.value}`,
  ];
  return [
    ...value('process_cpu_user_seconds_total', 'User CPU time.', { type: 'counter', value: user / 1e6 }),
    ...value('process_cpu_system_seconds_total', 'System CPU time.', {
      type: 'counter',
      value: system / 1e6,
    }),
    ...value('process_cpu_seconds_total', 'CPU time.', { type: 'counter', value: (user + system) / 1e6 }),
    ...value('process_resident_memory_bytes', 'Resident memory.', {
      type: 'gauge',
      value: process.memoryUsage.rss(),
    }),
    ...value('process_start_time_seconds', 'Start, seconds since 1970.', { type: 'gauge', value: started }),
    ...value('process_open_fds', 'Open file descriptors.', { type: 'gauge', value: openFiles() }),
    ...value('process_max_fds', 'Most open file descriptors.', { type: 'gauge', value: mostFiles() }),
  ];
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function mostFiles(): number {
  try {
    return Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
