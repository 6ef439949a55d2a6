import { readdirSync, readFileSync } from 'node:fs';
import { head, sample } from './exposition.ts';

const started = Date.now() / 1000 - process.uptime();

/** What every Prometheus client tells of its own process. */
export function processMetrics(): string[] {
  const { user, system } = process.cpuUsage();
  return [
    ...one('process_cpu_user_seconds_total', 'User CPU time.', { counter: user / 1e6 }),
    ...one('process_cpu_system_seconds_total', 'System CPU time.', { counter: system / 1e6 }),
    ...one('process_cpu_seconds_total', 'CPU time.', { counter: (user + system) / 1e6 }),
    ...one('process_resident_memory_bytes', 'Resident memory.', { gauge: process.memoryUsage.rss() }),
    ...one('process_start_time_seconds', 'Start, seconds since 1970.', { gauge: started }),
    ...one('process_open_fds', 'Open file descriptors.', { gauge: openFiles() }),
    ...one('process_max_fds', 'Most open file descriptors.', { gauge: mostFiles() }),
  ];
}

function one(name: string, help: string, of: { counter: number } | { gauge: number }): string[] {
  const value = 'counter' in of ? of.counter : of.gauge;
  return [...head(name, help, 'counter' in of ? 'counter' : 'gauge'), sample(name, '', value)];
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
