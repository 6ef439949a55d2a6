import { ok } from '../../../model/result.ts';
import type { ProxyPlace } from '../http/path.ts';
import type { KubeObject } from '../objects.ts';
import { notFound, type Outcome, refuse } from '../status.ts';
import type { Store } from '../store.ts';
import { dig, fieldsOf, listOf, numberOf, textOf } from '../values.ts';

/** Where a request through the proxy goes. */
export interface Location {
  scheme: 'http' | 'https';
  host: string;
  port: number;
}

interface Id {
  scheme: 'http' | 'https';
  name: string;
  port: string;
}

/** Finds the address behind a pod's or Service's `proxy`, in the words of the real API where there is none. */
export function locate(store: Store, place: ProxyPlace): Outcome<Location> {
  const { resource, namespace } = place;
  const id = idOf(place.id);
  const kind = resource.singular;
  if (id === undefined) return refuse(400, `invalid ${kind} request ${JSON.stringify(place.id)}`);
  const found = store.get({ resource: resource.plural, namespace, name: id.name });
  if (found === undefined) return notFound(resource, id.name);
  return kind === 'pod' ? podLocation(found, id) : serviceLocation(store, found, id);
}

function idOf(text: string): Id | undefined {
  const parts = text.split(':');
  const [scheme, name = '', port = ''] = parts.length === 3 ? parts : ['http', ...parts];
  if (parts.length > 3 || name === '' || (scheme !== 'http' && scheme !== 'https' && scheme !== ''))
    return undefined;
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port };
}

/** Without a port it is the first that a container names. */
function podLocation(pod: KubeObject, { scheme, port }: Id): Outcome<Location> {
  const ports = listOf(dig(pod, 'spec', 'containers')).flatMap((one) => listOf(dig(one, 'ports')));
  const named = ports.find((one) => port === '' || dig(one, 'name') === port);
  const host = textOf(dig(pod, 'status', 'podIP'));
  if (host === '') return refuse(400, 'address not allowed');
  const standard = scheme === 'https' ? 443 : 80;
  return ok({ scheme, host, port: Number(port) || numberOf(dig(named, 'containerPort'), standard) });
}

/** Any ready address of the Service's port: by its name or number, or its only one. */
function serviceLocation(store: Store, service: KubeObject, { scheme, port }: Id): Outcome<Location> {
  const { name, namespace = '' } = service.metadata;
  const ports = listOf(dig(service, 'spec', 'ports')).map(fieldsOf);
  const wanted =
    port === '' && ports.length === 1
      ? ports[0]
      : ports.find((one) => one['name'] === port || one['port'] === Number(port));
  if (wanted === undefined)
    return refuse(503, `no service port ${JSON.stringify(port)} found for service "${name}"`);
  const endpoints = store.get({ resource: 'endpoints', namespace, name });
  const backends = listOf(dig(endpoints, 'subsets')).flatMap((subset) => {
    const target = listOf(dig(subset, 'ports')).find(
      (one) => textOf(dig(one, 'name')) === textOf(wanted['name']),
    );
    return listOf(dig(subset, 'addresses')).map((one) => ({
      host: textOf(dig(one, 'ip')),
      port: numberOf(dig(target, 'port')),
    }));
  });
  const backend = backends[Math.floor(Math.random() * backends.length)];
  return backend === undefined
    ? refuse(503, `no endpoints available for service "${name}"`)
    : ok({ scheme, ...backend });
}
