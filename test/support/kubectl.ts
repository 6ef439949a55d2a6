import { execFile } from 'node:child_process';
import { expect } from 'vitest';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** kubectl with a kubeconfig and a home of its own. */
export interface Kubectl {
  /** Runs it; words of `text` are separated by spaces, `args` may hold some. */
  run(text: string, ...args: string[]): Promise<Ran>;
  /** What it prints when it succeeds. */
  ok(text: string, ...args: string[]): Promise<string>;
  /** What it complains of when it fails. */
  complaint(text: string, ...args: string[]): Promise<string>;
}

export function kubectlOf(kubeconfig: string, home: string): Kubectl {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: home };
  const run = (text: string, ...args: string[]) =>
    new Promise<Ran>((resolve) => {
      const all = [...text.split(' '), ...args];
      execFile('kubectl', all, { env, timeout: 60_000, cwd: home }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out: out.trim(), err: err.trim() });
      });
    });
  return {
    run,
    async ok(text, ...args) {
      const { code, out, err } = await run(text, ...args);
      expect(code, `kubectl ${text}: ${err}`).toBe(0);
      return out;
    },
    async complaint(text, ...args) {
      const { code, err } = await run(text, ...args);
      expect(code, `kubectl ${text}`).not.toBe(0);
      return err;
    },
  };
}

/** The cells of a table that kubectl prints. */
export const rowsOf = (text: string): string[][] =>
  text.split('\n').map((line) => line.trimEnd().split(/\s{2,}/));
