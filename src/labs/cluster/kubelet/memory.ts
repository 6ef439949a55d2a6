import { quantityOf } from '../../../reach/kubernetes/quantity.ts';
import type { ProcessTree } from '../../process/tree.ts';
import type { Container } from '../shapes.ts';

const LOOK_MS = 100;

/** The watch over one container's memory. */
export interface MemoryWatch {
  /** Whether it has ended the container. */
  readonly killed: boolean;
  stop(): void;
}

/**
 * Ends a container with SIGKILL, all its processes at once (as kubelets let the kernel do since 1.28), when they hold
 * more memory than its limit. Without a limit it does not look at all. The kernel's own limit acts at the page that is
 * too much; this one looks ten times a second, so a container may pass its limit for a moment.
 */
export function watchMemory(container: Container, tree: ProcessTree): MemoryWatch {
  const limit = quantityOf(container.resources?.limits?.['memory']);
  let killed = false;
  const look = (): void => {
    if (killed || (tree.usage()?.rssBytes ?? 0) <= (limit ?? Number.POSITIVE_INFINITY)) return;
    killed = true;
    tree.kill();
  };
  const timer = limit === undefined ? undefined : setInterval(look, LOOK_MS);
  return {
    get killed() {
      return killed;
    },
    stop: () => clearInterval(timer),
  };
}
