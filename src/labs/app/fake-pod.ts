import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A practice program that runs for a test, as a pod would run it. */
export interface FakePod {
  child: ChildProcess;
  url: string;
  /** What it has said on standard error. */
  complaints(): string;
}

export interface FakePods {
  /** Starts a program of `src/labs`; resolves when it listens. */
  start(program: string, env?: Record<string, string>): Promise<FakePod>;
  /** Ends all of them. */
  stop(): Promise<void>;
}

export function fakePods(): FakePods {
  const children: ChildProcess[] = [];
  return {
    async start(program, env = {}) {
      const port = await freePort();
      const script = join(import.meta.dirname, '..', program);
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
        env: { HOST: '127.0.0.1', PORT: String(port), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      await once(child.stdout ?? child, 'data');
      return { child, url: `http://127.0.0.1:${port}`, complaints: () => said };
    },
    async stop() {
      for (const one of children.splice(0)) {
        if (one.exitCode !== null || one.signalCode !== null) continue;
        one.kill('SIGKILL');
        await once(one, 'exit');
      }
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
