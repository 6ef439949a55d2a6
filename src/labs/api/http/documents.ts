import type { IncomingMessage } from 'node:http';
import { ok } from '../../../model/result.ts';
import {
  aggregated,
  aggregatedVersion,
  coreVersions,
  groupList,
  groupOf,
  resourceList,
  VERSION,
} from '../about/discovery.ts';
import { openApiIndex, openApiV2, openApiV2Protobuf, openApiV3 } from '../about/openapi.ts';
import { type Outcome, refuse, unknownPath } from '../status.ts';

/** A document that is not JSON, or has a type of its own. */
interface Text {
  text: string | Buffer;
  type: string;
  code: number;
}

type Document = { code: number; body: object } | Text;

/** GET of what is no resource: health, version, discovery, OpenAPI. */
export function document(request: IncomingMessage, path: string, query: URLSearchParams): Outcome<Document> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'the server does not allow this method on the requested resource', { details: {} });
  const health = /^\/(healthz|livez|readyz)(\/[a-z-]+)?$/.exec(path);
  if (health !== null) return ok(healthText(health[1] ?? '', query.has('verbose')));
  const found = discovery(request.headers.accept, path) ?? openApi(request.headers.accept, path);
  return found === undefined ? unknownPath() : ok(found);
}

function healthText(check: string, verbose: boolean): Text {
  const text = verbose ? `[+]ping ok\n[+]etcd ok\n${check} check passed\n` : 'ok';
  return { text, type: 'text/plain; charset=utf-8', code: 200 };
}

function discovery(accept: string | undefined, path: string): Document | undefined {
  if (path === '/version') return { code: 200, body: VERSION };
  if (path === '/api' || path === '/apis') {
    const version = aggregatedVersion(accept);
    if (version === undefined) return { code: 200, body: path === '/api' ? coreVersions() : groupList() };
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return { code: 200, text: JSON.stringify(aggregated(path, version)), type };
  }
  if (path === '/') return { code: 200, body: { paths: ROOTS } };
  const [, root, first = '', second = ''] = path.split('/');
  const isCore = root === 'api' && second === '';
  if (!isCore && root !== 'apis') return undefined;
  const body = isCore
    ? resourceList('', first)
    : second === ''
      ? groupOf(first)
      : resourceList(first, second);
  return body && { code: 200, body };
}

const ROOTS = [
  '/api',
  '/api/v1',
  '/apis',
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
];

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

function openApi(accept: string | undefined, path: string): Document | undefined {
  if (path === '/openapi/v2') {
    const binary = (accept ?? '').includes('protobuf');
    return binary
      ? { code: 200, text: openApiV2Protobuf(), type: PROTOBUF }
      : { code: 200, body: openApiV2() };
  }
  if (path === '/openapi/v3') return { code: 200, body: openApiIndex() };
  const body = path.startsWith('/openapi/v3/') ? openApiV3(path.slice('/openapi/v3/'.length)) : undefined;
  return body && { code: 200, body };
}
