import type { Store } from '../../api/store.ts';
import { read, readAll } from '../access.ts';
import { type Controller, loopKey, runLoop } from '../controllers/controller.ts';
import type { Endpoints, Service, ServicePort } from '../shapes.ts';
import { type Backend, type Balancer, createBalancer } from './balancer.ts';

/** Opens every NodePort of every Service on 127.0.0.1 and spreads its connections over the ready pods. */
export function startNodePorts(
  store: Store,
  troubled: (text: string) => void,
): Controller & { stop(): Promise<void> } {
  const balancers = new Map<string, Map<number, Balancer>>();
  const loop = runLoop(store, {
    concerns: ({ key, object }) =>
      key.resource === 'services' || key.resource === 'endpoints' ? [loopKey(object)] : [],
    initially: () => readAll(store, 'services').map(loopKey),
    reconcile(namespace, name) {
      const service = read<Service>(store, { resource: 'services', namespace, name });
      const endpoints = read<Endpoints>(store, { resource: 'endpoints', namespace, name });
      const wanted = backendsOf(service, endpoints);
      const key = `${namespace}/${name}`;
      const open = balancers.get(key) ?? new Map<number, Balancer>();
      balancers.set(key, open);
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
    },
  });
  return {
    async stop() {
      loop.stop();
      const all = [...balancers.values()].flatMap((open) => [...open.values()]);
      await Promise.all(all.map((balancer) => balancer.stop()));
    },
  };
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
