import { request } from 'node:http';
import { connect } from 'node:net';
import { goWords } from '../../api/http/words.ts';
import { type Contained, type Program, runContained } from '../../process/contained.ts';
import type { Reaper } from '../../process/reaper.ts';
import type { Container, Probe } from '../shapes.ts';

/** What one try of a probe found; the message is the kubelet's. */
export interface Finding {
  success: boolean;
  message: string;
}

/** Where a probe is tried. */
export interface Probed {
  container: Container;
  ip: string;
  reaper: Reaper;
  /** What an exec probe runs in. */
  surroundings: Omit<Program, 'command' | 'output'>;
}

/** Tries a probe once; its `timeoutSeconds` (1 unless told) is the deadline. */
export async function tryProbe(probe: Probe, probed: Probed): Promise<Finding> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet !== undefined) return tryHttp(probe.httpGet, probed, timeoutMs);
  if (probe.tcpSocket !== undefined) return tryTcp(probe.tcpSocket, probed, timeoutMs);
  if (probe.exec !== undefined) return tryExec(probe.exec.command ?? [], probed, timeoutMs);
  return { success: true, message: '' };
}

function portNumber(port: number | string, container: Container): number {
  const named = container.ports?.find((one) => one.name === port)?.containerPort;
  return named ?? Number(port);
}

function tryHttp(
  get: NonNullable<Probe['httpGet']>,
  { container, ip }: Probed,
  timeoutMs: number,
): Promise<Finding> {
  const host = get.host ?? ip;
  const port = portNumber(get.port, container);
  const path = get.path ?? '/';
  const headers = Object.fromEntries((get.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  return new Promise((resolve) => {
    const failed = (why: string) =>
      resolve({ success: false, message: `Get "http://${host}:${port}${path}": ${why}` });
    const ask = request({
      host,
      port,
      path,
      agent: false,
      headers: { 'user-agent': 'kube-probe/1.32', accept: '*/*', connection: 'close', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    ask.once('error', (error) => failed(goWords(error, `${host}:${port}`)));
    ask.once('response', (response) => {
      const code = response.statusCode ?? 0;
      const success = code >= 200 && code < 400;
      response.destroy();
      resolve({ success, message: success ? '' : `HTTP probe failed with statuscode: ${code}` });
    });
    ask.end();
  });
}

function tryTcp(
  to: NonNullable<Probe['tcpSocket']>,
  { container, ip }: Probed,
  timeoutMs: number,
): Promise<Finding> {
  const host = to.host ?? ip;
  const port = portNumber(to.port, container);
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (success: boolean, message: string) => {
      socket.destroy();
      resolve({ success, message });
    };
    socket.setTimeout(timeoutMs, () => end(false, `dial tcp ${host}:${port}: i/o timeout`));
    socket.once('connect', () => end(true, ''));
    socket.once('error', (error) => end(false, goWords(error, `${host}:${port}`)));
  });
}

async function tryExec(command: string[], probed: Probed, timeoutMs: number): Promise<Finding> {
  const running: Contained = runContained(probed.reaper, { ...probed.surroundings, command, output: 'pipe' });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    running.kill();
  }, timeoutMs);
  const { exitCode } = await running.exited;
  clearTimeout(timer);
  const overdue = `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`;
  return { success: exitCode === 0 && !late, message: late ? overdue : running.output() };
}
