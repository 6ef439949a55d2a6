/** What a container or a node used over a window. */
export interface Usage {
  /** CPU cores, on average. */
  cores: number;
  /** Memory at the end of the window. */
  memoryBytes: number;
}

/** When something was measured: its end in ms since 1970, and its real length. */
interface Window {
  at: number;
  windowMs: number;
}

export interface PodUsage extends Window {
  namespace: string;
  pod: string;
  containers: { name: string; usage: Usage }[];
}

export interface NodeUsage extends Window {
  node: string;
  usage: Usage;
}

/** Where metrics.k8s.io gets its values from: the last whole window of everything that runs. */
export interface UsageSource {
  pods(): PodUsage[];
  nodes(): NodeUsage[];
}
