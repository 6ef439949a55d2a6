import { ok } from '../../../model/result.ts';
import type { Answer, Call, Cluster, LogOptions, Sink } from '../http/call.ts';
import type { KubeObject } from '../objects.ts';
import { type Outcome, refuse } from '../status.ts';
import { dig, listOf, textOf } from '../values.ts';
import { find } from './read.ts';

/** GET of a pod's log, followed while `follow` is set. */
export function logs(cluster: Cluster, call: Call): Outcome<Answer> {
  const pod = find(cluster, call);
  if (!pod.ok) return pod;
  const container = containerOf(pod.value, call.query.get('container'));
  if (!container.ok) return container;
  if (cluster.logs === undefined) return refuse(501, 'no logs are kept here', { reason: 'NotImplemented' });
  // The source is asked before the head is sent, so that a container that has not started is a plain error.
  const gone = new AbortController();
  const options = logOptions(call.query, gone.signal);
  const { name: podName, namespace = '' } = pod.value.metadata;
  const pieces = cluster.logs({ namespace, pod: podName, container: container.value }, options);
  if (pieces === undefined) return notStarted(pod.value, container.value, options.previous);
  return ok({ stream: (sink: Sink) => void copyPieces(pieces, sink, gone) });
}

async function copyPieces(pieces: AsyncIterable<string>, sink: Sink, gone: AbortController): Promise<void> {
  sink.signal.addEventListener('abort', () => gone.abort(), { once: true });
  sink.open('text/plain');
  try {
    for await (const piece of pieces) if (sink.signal.aborted || !sink.write(piece)) break;
  } catch (error) {
    sink.write(`failed to read the log: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  sink.end();
}

/** In the words of the real API. */
function notStarted(pod: KubeObject, container: string, previous: boolean) {
  const { name } = pod.metadata;
  if (previous) return refuse(400, `previous terminated container "${container}" in pod "${name}" not found`);
  const status = listOf(dig(pod, 'status', 'containerStatuses')).find(
    (one) => dig(one, 'name') === container,
  );
  const reason = textOf(dig(status, 'state', 'waiting', 'reason')) || 'ContainerCreating';
  return refuse(400, `container "${container}" in pod "${name}" is waiting to start: ${reason}`);
}

function containerOf(pod: KubeObject, asked: string | null): Outcome<string> {
  const names = listOf(dig(pod, 'spec', 'containers')).map((one) => textOf(dig(one, 'name')));
  const { name } = pod.metadata;
  const [first] = names;
  if (asked !== null && asked !== '') {
    return names.includes(asked) ? ok(asked) : refuse(400, `container ${asked} is not valid for pod ${name}`);
  }
  if (first !== undefined && names.length === 1) return ok(first);
  return refuse(
    400,
    `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`,
  );
}

function logOptions(query: URLSearchParams, signal: AbortSignal): LogOptions {
  const isSet = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const sinceTime = query.get('sinceTime');
  return {
    follow: isSet('follow'),
    previous: isSet('previous'),
    timestamps: isSet('timestamps'),
    ...numeric(query, 'tailLines'),
    ...numeric(query, 'sinceSeconds'),
    ...(sinceTime === null ? {} : { sinceTime }),
    signal,
  };
}

function numeric(query: URLSearchParams, name: 'tailLines' | 'sinceSeconds') {
  const text = query.get(name) ?? '';
  return /^\d+$/.test(text) ? { [name]: Number(text) } : {};
}
