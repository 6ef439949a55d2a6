import { performance } from 'node:perf_hooks';
import type { Nanos } from '../../model/time.ts';
import type { Health } from '../messages.ts';

/** Measures the thread it is made in; each call tells what was since the one before. */
export function healthMeter(start: Nanos): (now: Nanos) => Omit<Health, 'buckets'> {
  let since = start;
  let cpu = process.threadCpuUsage();
  let loop = performance.eventLoopUtilization();
  return (now) => {
    const used = process.threadCpuUsage(cpu);
    const busy = performance.eventLoopUtilization(loop);
    const over_us = (now - since) / 1_000;
    since = now;
    cpu = process.threadCpuUsage();
    loop = performance.eventLoopUtilization();
    return { t: now, cpu_us: used.user + used.system, over_us, utilization: busy.utilization };
  };
}
