import type { Store } from '../../api/store.ts';
import { read, readAll } from '../access.ts';
import type { Endpoints, Service, ServicePort } from '../shapes.ts';
import { type Backend, type Balancer, createBalancer } from './balancer.ts';

type Balancers = Map<number, Balancer>;

/**
 * Opens every NodePort of every Service on 127.0.0.1 and spreads its connections over the ready pods. It follows the
 * Endpoints within the same turn: whoever sees a pod leave them can rely on it that no new connection goes there.
 */
export function startNodePorts(store: Store, troubled: (text: string) => void): { stop(): Promise<void> } {
  const services = new Map<string, Balancers>();
  const follow = (namespace: string, name: string): void => {
    const service = read<Service>(store, { resource: 'services', namespace, name });
    const endpoints = read<Endpoints>(store, { resource: 'endpoints', namespace, name });
    const key = `${namespace}/${name}`;
    const open = services.get(key) ?? new Map<number, Balancer>();
    services.set(key, open);
    adjust(open, backendsOf(service, endpoints), troubled);
  };
  const unsubscribe = store.subscribe(({ key: { resource, namespace, name } }) => {
    if (resource === 'services' || resource === 'endpoints') follow(namespace, name);
  });
  for (const { metadata } of readAll<Service>(store, 'services'))
    follow(metadata.namespace ?? '', metadata.name);
  return {
    async stop() {
      unsubscribe();
      const all = [...services.values()].flatMap((open) => [...open.values()]);
      await Promise.all(all.map((balancer) => balancer.stop()));
    },
  };
}

function adjust(open: Balancers, wanted: Map<number, Backend[]>, troubled: (text: string) => void): void {
  for (const [port, balancer] of open) {
    if (wanted.has(port)) continue;
    void balancer.stop();
    open.delete(port);
  }
  for (const [port, backends] of wanted) {
    const balancer = open.get(port) ?? createBalancer(port, troubled);
    open.set(port, balancer);
    balancer.balance(backends);
  }
}

function backendsOf(service: Service | undefined, endpoints: Endpoints | undefined): Map<number, Backend[]> {
  const wanted = new Map<number, Backend[]>();
  for (const port of service?.spec.ports ?? []) {
    if (port.nodePort !== undefined) wanted.set(port.nodePort, targets(port, endpoints));
  }
  return wanted;
}

function targets(port: ServicePort, endpoints: Endpoints | undefined): Backend[] {
  return (endpoints?.subsets ?? []).flatMap((subset) => {
    const number = subset.ports?.find((one) => (one.name ?? '') === (port.name ?? ''))?.port;
    return number === undefined ? [] : (subset.addresses ?? []).map(({ ip }) => ({ ip, port: number }));
  });
}
