import { practiceServer } from '../practice/serve.ts';
import { manifest, NAMESPACE } from './manifest.ts';

/** Runs the poll app on a practice cluster in this process. */
export const servePollApp = practiceServer({
  namespace: NAMESPACE,
  starting: 'starting two backends and two frontends',
  manifest,
});
