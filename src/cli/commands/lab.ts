import type { LabState } from '../../labs/lab.ts';
import { labs } from '../../labs/registry.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { interruptSignal } from '../interrupt.ts';
import { unknownName } from '../names.ts';
import { type Terminal, terminal } from '../terminal.ts';

interface Options {
  port?: string;
}

/** `aftershock lab up|down|status [NAME]`: the lab is the only one there is unless it is named. */
export async function lab(
  verb: 'up' | 'down' | 'status',
  name: string | undefined,
  options: Options,
): Promise<ExitCode> {
  const term = terminal();
  const wanted = name ?? labs[0]?.name;
  const found = labs.find((candidate) => candidate.name === wanted);
  if (found === undefined) {
    const names = labs.map((candidate) => candidate.name);
    return report(term, [unknownName('lab', wanted ?? '', names)]);
  }
  const port = options.port === undefined ? undefined : Number(options.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    return report(term, [
      { code: 'usage', message: `--port ${options.port} is no port`, fix: 'Give a number from 1 to 65535.' },
    ]);
  }
  const at = { home: home(), ...(port === undefined ? {} : { port }) };
  const onPort = port === undefined ? '' : ` on port ${port}`;
  if (verb === 'up') {
    const interrupt = interruptSignal(() => undefined);
    const up = await found.up({ ...at, progress: (text) => term.err(text) }, interrupt);
    return up.ok ? show(term, up.value) : report(term, [up.problem]);
  }
  if (verb === 'down') {
    const down = await found.down(at);
    if (!down.ok) return report(term, [down.problem]);
    term.out(down.value ? `${found.name} is down` : `${found.name} was not up${onPort}`);
    return exitCodes.asPredicted;
  }
  const state = found.status(at);
  if (state !== undefined) return show(term, state);
  term.out(`${found.name} is not up${onPort}`);
  return exitCodes.asPredicted;
}

function show(term: Terminal, state: LabState): ExitCode {
  term.out(
    [
      `${state.name} is up (pid ${state.pid})`,
      `  app         ${state.url}`,
      `  cluster     KUBECONFIG=${state.kubeconfig}`,
      `  try         kubectl --kubeconfig ${state.kubeconfig} -n ${state.namespace} get pods`,
    ].join('\n'),
  );
  return exitCodes.asPredicted;
}
