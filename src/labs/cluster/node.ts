import { arch, cpus, totalmem } from 'node:os';
import type { KubeObject } from '../api/objects.ts';
import type { Store } from '../api/store.ts';
import { NODE_NAME, newMetadata, timestamp } from './access.ts';

/** As many pods as a real kubelet takes; it also keeps a slip of the keyboard from filling the machine. */
export const MOST_PODS = 110;

/** Puts the node into the store, unless a store that was handed over has it already. */
export function registerNode(store: Store, ip: string): void {
  store.create({ resource: 'nodes', namespace: '', name: NODE_NAME }, node(ip));
}

function node(ip: string): KubeObject {
  const capacity = {
    cpu: String(cpus().length),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: String(MOST_PODS),
  };
  const now = timestamp();
  const good = (type: string, reason: string, message: string) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...newMetadata(NODE_NAME),
      labels: {
        'kubernetes.io/hostname': NODE_NAME,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': machine(),
      },
    },
    spec: {},
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: ip },
        { type: 'Hostname', address: NODE_NAME },
      ],
      conditions: [
        good('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        good('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        good('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        good('Ready', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      nodeInfo: {
        kubeletVersion: 'v1.32.0',
        kubeProxyVersion: 'v1.32.0',
        containerRuntimeVersion: 'processes://1.0',
        operatingSystem: 'linux',
        architecture: machine(),
        osImage: 'aftershock practice node',
        kernelVersion: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  };
}

const machine = (): string => (arch() === 'x64' ? 'amd64' : arch());
