import { fail, type Result } from '../../model/result.ts';
import { type Exposition, parseExposition } from './exposition.ts';

/** What a scraper asks for, as Prometheus does. */
export const ACCEPT = 'text/plain;version=0.0.4';

/** A page of metrics, or what is wrong with it and where. */
export function readPage(text: string): Result<Exposition, string> {
  const page = parseExposition(text);
  return page.ok ? page : fail(`line ${page.problem.line} of the metrics is broken: ${page.problem.why}`);
}

/** When the process says that it started, seconds since 1970: the client libraries' own metric. */
export function startOf({ samples }: Exposition): number | undefined {
  const value = samples.find(({ name }) => name === 'process_start_time_seconds')?.value;
  return Number.isFinite(value) ? value : undefined;
}
