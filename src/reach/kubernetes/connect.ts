import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { ApiFailure, KubernetesApi } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { call, callText } from './call.ts';
import { failureProblem } from './failure.ts';
import { watch } from './stream.ts';
import type { Credentials } from './transport.ts';

type KubeConfig = import('@kubernetes/client-node').KubeConfig;

/** Which cluster; what is absent is taken from where kubectl takes it. */
export interface Connection {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  signal?: AbortSignal;
}

const CHECK_DEADLINE_MS = 10_000;

/**
 * Finds the cluster as kubectl does (file named, $KUBECONFIG, ~/.kube/config, the pod's own service account),
 * asks it for its version, and binds our slice of the API to it.
 */
export async function connectKubernetes(wanted: Connection): Promise<Result<KubernetesApi>> {
  const loaded = await loadConfig(wanted);
  if (!loaded.ok) return loaded;
  const config = loaded.value;
  const cluster = config.getCurrentCluster();
  if (cluster === null) return fail(noCluster(config));
  const context = config.getCurrentContext();
  const namespace = wanted.namespace ?? config.getContextObject(context)?.namespace ?? 'default';
  const api = bind(
    { server: cluster.server, options: () => optionsOf(config) },
    {
      context,
      server: cluster.server,
      namespace,
      ...(wanted.kubeconfig === undefined ? {} : { kubeconfig: wanted.kubeconfig }),
    },
  );
  const signal = wanted.signal ?? AbortSignal.timeout(CHECK_DEADLINE_MS);
  const version = await api.request(
    { method: 'GET', path: '/version', deadline_ms: CHECK_DEADLINE_MS },
    signal,
  );
  // 403: some clusters hide their version; they know us all the same.
  if (version.ok || version.problem.status === 403) return ok(api);
  return fail(unreachable(api, version.problem));
}

function bind(credentials: Credentials, about: KubernetesApi['about']): KubernetesApi {
  let server = { wall_ms: Date.now(), seen_ms: performance.now() };
  const onDate = (date: string | undefined): void => {
    const wall_ms = Date.parse(date ?? '');
    if (!Number.isNaN(wall_ms)) server = { wall_ms, seen_ms: performance.now() };
  };
  return {
    about,
    serverTime: () => server.wall_ms + (performance.now() - server.seen_ms),
    request: (request, signal) => call(credentials, request, { signal, onDate }),
    text: (request, signal) => callText(credentials, request, { signal, onDate }),
    watch: (request, onEvent, signal) => watch(credentials, request, { signal, onEvent }),
  };
}

async function loadConfig(wanted: Connection): Promise<Result<KubeConfig>> {
  // The client takes over half a second to load; who needs no cluster does not pay for it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (wanted.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(wanted.kubeconfig);
  } catch (error) {
    return fail(brokenConfig(error, wanted.kubeconfig));
  }
  if (wanted.kubeconfig === undefined && isFallback(config)) return fail(noConfig);
  if (wanted.context === undefined) return ok(config);
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(wanted.context)) return fail(unknownContext(wanted.context, names));
  config.setCurrentContext(wanted.context);
  return ok(config);
}

// Connections are not reused (see transport.ts), TLS sessions are.
const plain = new HttpAgent({ keepAlive: false });
const secure = new HttpsAgent({ keepAlive: false });

/** TLS and credentials as they are now: client certificates, tokens, and what credential plugins say. */
async function optionsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const cluster = config.getCurrentCluster();
  // The client's agent keeps the certificates of its first use; it is only needed to go through a proxy.
  if (cluster?.proxyUrl === undefined) options.agent = cluster?.server.startsWith('http:') ? plain : secure;
  return options;
}

/** Where it finds nothing the client falls back to this address, which would only puzzle. */
const isFallback = (config: KubeConfig): boolean =>
  config.getCurrentCluster()?.server === 'http://localhost:8080' &&
  config.getCurrentContext() === 'loaded-context';

const noConfig: Problem = {
  code: 'system-unreachable',
  message: 'There is no kubeconfig: neither $KUBECONFIG nor ~/.kube/config names a cluster.',
  fix: 'Name the file in the system file (`kubernetes: { kubeconfig: … }`), or use a lab (`lab: poll-app`).',
};

function noCluster(config: KubeConfig): Problem {
  const context = config.getCurrentContext();
  return {
    code: 'system-unreachable',
    message: `The kubeconfig's context \`${context ?? ''}\` names no cluster.`,
    fix: 'Choose one of its contexts in the system file: `kubernetes: { context: … }`.',
    expected: config
      .getContexts()
      .map(({ name }) => name)
      .join(', '),
  };
}

function unknownContext(context: string, names: readonly string[]): Problem {
  return {
    code: 'name-unknown',
    message: `The kubeconfig has no context \`${context}\`.`,
    fix: 'Use a name that `kubectl config get-contexts` shows.',
    found: context,
    expected: names.join(', '),
  };
}

function brokenConfig(error: unknown, file: string | undefined): Problem {
  const cause = error instanceof Error ? error.message : String(error);
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const named = file ?? 'named by $KUBECONFIG or ~/.kube/config';
  return {
    code: missing ? 'file-missing' : 'yaml-broken',
    message: `The kubeconfig ${named} ${missing ? 'does not exist' : 'cannot be read'}.`,
    fix: 'Check its path and `kubectl config view`.',
    cause,
  };
}

function unreachable(api: KubernetesApi, failure: ApiFailure): Problem {
  return failureProblem(api, failure, { doing: 'ask for its version', code: 'system-unreachable' });
}
