import { appOf, type Placed } from '../practice/objects.ts';
import type { ManifestOptions } from '../practice/serve.ts';

/** The namespace that every cluster has. */
export const NAMESPACE = 'default';

/** Three pods that tell the time, behind one Service. */
export const manifest = ({ port, containerPort }: ManifestOptions): Placed[] =>
  appOf({
    name: 'timeserver',
    namespace: NAMESPACE,
    labels: { pod: 'timeserver-pod' },
    replicas: 3,
    container: 'timeserver',
    image: 'practice/timeserver:1',
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '250m', memory: '384Mi' } },
    containerPort,
    nodePort: port,
  });
