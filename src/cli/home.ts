import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where aftershock keeps what outlives a run: open runs and labs. `AFTERSHOCK_HOME`, or XDG's state folder. */
export function home(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['AFTERSHOCK_HOME'];
  if (own !== undefined && own !== '') return own;
  const state = env['XDG_STATE_HOME'];
  return join(state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state'), 'aftershock');
}
