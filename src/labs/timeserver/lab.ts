import { defineLab } from '../lifecycle.ts';

/** Three pods that tell the time, on a practice cluster. */
export const timeserver = defineLab({
  name: 'timeserver',
  summary: 'three pods that tell the time, behind a NodePort, in the namespace default',
  port: 30_090,
  variables: { timeserver: [] },
});
