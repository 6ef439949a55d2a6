import { serveHosts } from './hosts/serve.ts';
import { servePollApp } from './poll-app/serve.ts';
import type { Serve } from './served.ts';
import { serveTimeserver } from './timeserver/serve.ts';

/** What runs inside the process of each lab; apart from the registry, so that asking for a lab loads no cluster. */
export const servers: Readonly<Record<string, Serve>> = {
  'poll-app': servePollApp,
  hosts: serveHosts,
  timeserver: serveTimeserver,
};
