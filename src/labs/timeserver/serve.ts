import { practiceServer } from '../practice/serve.ts';
import { manifest, NAMESPACE } from './manifest.ts';

/** Runs the timeserver on a practice cluster in this process. */
export const serveTimeserver = practiceServer({
  namespace: NAMESPACE,
  starting: 'starting three timeservers',
  manifest,
});
