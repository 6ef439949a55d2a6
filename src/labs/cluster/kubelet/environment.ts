import type { KubeObject } from '../../api/objects.ts';
import type { Store } from '../../api/store.ts';
import type { Container, EnvVar, Pod } from '../shapes.ts';
import { PROGRAM_PATH } from './images.ts';

/** The variables of a container, or why they cannot be made (the container then waits for what is missing). */
export type Environment = { ok: true; env: Record<string, string> } | { ok: false; message: string };

/**
 * Makes a container's environment: nothing of our own but a PATH, HOME and HOST (the pod's IP), PORT (its first
 * containerPort) and HOSTNAME; then what `env` says, with $(NAME) replaced.
 */
export function environmentOf(
  store: Store,
  pod: Pod,
  of: { container: Container; ip: string; home: string },
): Environment {
  const port = of.container.ports?.[0]?.containerPort;
  const env: Record<string, string> = {
    PATH: PROGRAM_PATH,
    HOME: of.home,
    HOSTNAME: pod.metadata.name,
    HOST: of.ip,
    ...(port === undefined ? {} : { PORT: String(port) }),
  };
  for (const variable of of.container.env ?? []) {
    const found = lookUp(store, pod, { variable, ip: of.ip });
    if (!found.ok) return found;
    if (found.value === undefined) continue;
    env[variable.name] = found.value.replace(
      /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g,
      (text, name) => env[name] ?? text,
    );
  }
  return { ok: true, env };
}

type Value = { ok: true; value: string | undefined } | { ok: false; message: string };

function lookUp(store: Store, pod: Pod, { variable, ip }: { variable: EnvVar; ip: string }): Value {
  const from = variable.valueFrom;
  if (from === undefined) return { ok: true, value: variable.value ?? '' };
  if (from.fieldRef !== undefined) return { ok: true, value: fieldOf(pod, from.fieldRef.fieldPath, ip) };
  const namespace = pod.metadata.namespace ?? '';
  if (from.configMapKeyRef !== undefined) {
    const { name } = from.configMapKeyRef;
    const map = store.get({ resource: 'configmaps', namespace, name });
    return keyed(
      map,
      { ...from.configMapKeyRef, where: 'ConfigMap', missing: `configmap "${name}" not found` },
      namespace,
    );
  }
  if (from.secretKeyRef !== undefined) {
    const { name } = from.secretKeyRef;
    const secret = store.get({ resource: 'secrets', namespace, name });
    const found = keyed(
      secret,
      { ...from.secretKeyRef, where: 'Secret', missing: `secret "${name}" not found` },
      namespace,
    );
    if (!found.ok || found.value === undefined) return found;
    return { ok: true, value: Buffer.from(found.value, 'base64').toString() };
  }
  return { ok: true, value: undefined };
}

function keyed(
  holder: KubeObject | undefined,
  wanted: { name: string; key: string; optional?: boolean; where: string; missing: string },
  namespace: string,
): Value {
  const data = holder?.['data'] as Record<string, string> | undefined;
  const value = data?.[wanted.key];
  if (value !== undefined || wanted.optional === true) return { ok: true, value };
  const inside = `couldn't find key ${wanted.key} in ${wanted.where} ${namespace}/${wanted.name}`;
  return { ok: false, message: holder === undefined ? wanted.missing : inside };
}

function fieldOf(pod: Pod, path: string, ip: string): string {
  const { name, namespace = '', uid, labels = {}, annotations = {} } = pod.metadata;
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (keyed !== null) return (keyed[1] === 'labels' ? labels : annotations)[keyed[2] ?? ''] ?? '';
  const fields: Record<string, string> = {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'metadata.uid': uid,
    'spec.nodeName': pod.spec.nodeName ?? '',
    'status.podIP': ip,
    'status.hostIP': '127.0.0.1',
  };
  return fields[path] ?? '';
}
