import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Told, Tool } from './generator.ts';

/** Starts a TypeScript file as a child; resolves with it and its first message. */
function child<T>(file: URL, args: readonly string[] = []): Promise<{ child: ChildProcess; said: T }> {
  const started = fork(file, args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve, reject) => {
    started.once('message', (said) => resolve({ child: started, said: said as T }));
    started.once('exit', (code) =>
      reject(new Error(`${file.pathname} ended with ${code} before it said anything`)),
    );
  });
}

/** A server in a process of its own, that can be frozen. */
export async function startServer(): Promise<{
  url: string;
  freeze: (on: boolean) => void;
  end: () => void;
}> {
  const { child: server, said: port } = await child<number>(new URL('./server.ts', import.meta.url));
  return {
    url: `http://127.0.0.1:${port}/`,
    freeze: (on) => void server.kill(on ? 'SIGSTOP' : 'SIGCONT'),
    end: () => void server.kill('SIGKILL'),
  };
}

/** Starts a run of one load generator; resolves when it has begun, with the promise of what it tells. */
export async function startGenerator(
  tool: Tool,
  url: string,
  times: { rate: number; warm_s: number; seconds: number },
): Promise<{ told: Promise<Told> }> {
  const args = [tool, url, `${times.rate}`, `${times.warm_s}`, `${times.seconds}`];
  const { child: generator } = await child(new URL('./generator.ts', import.meta.url), args);
  return { told: once(generator, 'message').then(([told]) => told as Told) };
}

/** The value below which a share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Prints rows under a head, the first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? '').length)));
  const pad = (cell: string, at: number): string =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  for (const row of [head, ...rows]) console.log(row.map(pad).join('  '));
}
