import { ok } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import type { LabState } from './lab.ts';
import { identifyChild, type ProcessIdentity } from './process/identity.ts';
import type { Message, Notes, Served, ServeOptions } from './served.ts';
import { servers } from './servers.ts';
import { claim, isWanted, removeDirectory, writeProcesses, writeState } from './state.ts';

/**
 * The process of a lab that is up: `node serve.ts '{"lab": …, "directory": …, "port": …}'`. It serves until SIGTERM,
 * or until nobody has needed it for its owners' grace; then it ends all pods and removes the lab's state.
 */
const OWNER_LOOK_MS = 1_000;

const stopping = new AbortController();

function tell(message: Message): void {
  if (process.connected) process.send?.(message, () => {});
}

async function main(options: ServeOptions): Promise<void> {
  const me = identifyChild(process.pid);
  const claimed = await claim(options.directory);
  if (claimed === undefined) {
    tell({ type: 'claimed' });
    return;
  }
  const started = await servers[options.lab]?.(options, notes(options.directory), stopping.signal);
  if (started?.ok === true) {
    const state: LabState = {
      name: options.lab,
      ...me,
      ...started.value.state,
      settings: options.settings,
      directory: options.directory,
    };
    writeState(options.directory, state);
    tell({ type: 'ended', result: ok(state) });
    await serve(started.value, options);
  } else if (started !== undefined) tell({ type: 'ended', result: started });
  removeDirectory(options.directory);
  claimed.release();
}

async function serve(served: Served, { directory, ownerGraceMs }: ServeOptions): Promise<void> {
  let unwantedMs = 0;
  while (!stopping.signal.aborted && unwantedMs < ownerGraceMs) {
    await sleep(OWNER_LOOK_MS, stopping.signal);
    unwantedMs = isWanted(directory) ? 0 : unwantedMs + OWNER_LOOK_MS;
  }
  await served.stop();
}

/** On a full disk only `lab down` after a SIGKILL of both lab and reaper would miss what is not noted. */
function note(directory: string, list: ProcessIdentity[]): void {
  try {
    writeProcesses(directory, list);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
  }
}

const notes = (directory: string): Notes => ({
  progress: (text) => tell({ type: 'progress', text }),
  processes: (list) => note(directory, list),
  trouble: (text) => void process.stderr.write(`${new Date().toISOString()} ${text}\n`),
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
await main(JSON.parse(process.argv[2] ?? '{}') as ServeOptions);
if (process.connected) process.disconnect();
process.exit(0);
