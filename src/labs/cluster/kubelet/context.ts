import type { Store } from '../../api/store.ts';
import type { Contained } from '../../process/contained.ts';
import type { Reaper } from '../../process/reaper.ts';
import type { Happening } from '../events.ts';
import type { Container, Pod } from '../shapes.ts';
import type { Subnet } from './addresses.ts';
import type { Image } from './images.ts';

/** How long things take, in milliseconds; the defaults are a real kubelet's, or what one was measured to need. */
export interface Timings {
  /** Making the pod's sandbox and its network. */
  creating: number;
  /** Until the kubelet notices that a container has ended. */
  noticing: number;
  /** From a pod's deletion until SIGTERM: by then it has left the endpoints, so it is sent nothing new. */
  stopping: number;
  /** The first wait of CrashLoopBackOff and ImagePullBackOff; it doubles. */
  backOff: number;
  mostBackOff: number;
  /** A container that ran this long starts again at the first wait. */
  forgiving: number;
}

export const REAL_TIMINGS: Timings = {
  creating: 300,
  noticing: 400,
  stopping: 50,
  backOff: 10_000,
  mostBackOff: 300_000,
  forgiving: 600_000,
};

/** What all pods of the node share. */
export interface NodeContext {
  store: Store;
  reaper: Reaper;
  subnet: Subnet;
  images: Readonly<Record<string, Image>>;
  timings: Timings;
  /** Where logs are kept, and what is HOME for programs. */
  directory: string;
  report(event: Happening): void;
  /** Called with each process that starts and ends, for whoever must find them later. */
  track(process: Contained, alive: boolean): void;
}

/** What all containers of a pod share. */
export interface PodContext {
  node: NodeContext;
  pod: Pod;
  ip: string;
  /** When the kubelet first saw the pod, ms since 1970. */
  seenAt: number;
  /** Some container's state is another one now. */
  changed(): void;
  report(container: Container, event: { type?: 'Normal' | 'Warning'; reason: string; message: string }): void;
}

/** The grace of a pod that ends by its own wish, milliseconds. */
export const graceOf = (pod: Pod): number => (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
