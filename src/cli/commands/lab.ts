import type { LabState } from '../../labs/lab.ts';
import { labs } from '../../labs/registry.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { interruptSignal } from '../interrupt.ts';
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
    const fix = `Labs are: ${labs.map((candidate) => candidate.name).join(', ')}.`;
    return report(term, [{ code: 'name-unknown', message: `there is no lab ${wanted}`, fix }]);
  }
  const port = options.port === undefined ? undefined : Number(options.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    return report(term, [
      { code: 'usage', message: `--port ${options.port} is no port`, fix: 'Give a number from 1 to 65535.' },
    ]);
  }
  const at = { home: home(), ...(port === undefined ? {} : { port }) };
  if (verb === 'up') {
    const interrupt = interruptSignal(() => undefined);
    const up = await found.up({ ...at, progress: (text) => term.err(text) }, interrupt);
    return up.ok ? show(term, up.value) : report(term, [up.problem]);
  }
  if (verb === 'down') {
    const down = await found.down(at);
    if (!down.ok) return report(term, [down.problem]);
    term.out(`${found.name} is down`);
    return exitCodes.asPredicted;
  }
  const state = found.status(at);
  if (state !== undefined) return show(term, state);
  term.out(`${found.name} is not up`);
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
