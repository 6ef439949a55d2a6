import { ok } from '../../../model/result.ts';
import { type Answer, type Call, type Cluster, keyOf } from '../http/call.ts';
import { present, presentList } from '../http/form.ts';
import type { KubeObject } from '../objects.ts';
import { selectionOf } from '../select/selection.ts';
import { notFound, type Outcome, refuse } from '../status.ts';
import type { Fields } from '../values.ts';

/** The object that a call names, or 404. */
export function find(cluster: Cluster, call: Call): Outcome<KubeObject> {
  const object = cluster.store.get(keyOf(call, call.name ?? ''));
  return object === undefined ? notFound(call.resource, call.name ?? '') : ok(object);
}

/** GET of one object. */
export function read(cluster: Cluster, call: Call): Outcome<Answer> {
  const found = find(cluster, call);
  if (!found.ok) return found;
  return ok({ code: 200, body: present(call.resource, found.value, call) });
}

/** Where the next page of a list goes on, and the version that all its pages show. */
interface Token {
  version: number;
  after: string;
}

/** GET of a collection, whole or page by page; every page shows the state at the version of the first. */
export function list(cluster: Cluster, call: Call): Outcome<Answer> {
  const selection = selectionOf(call.resource, call.query);
  if (!selection.ok) return selection;
  const start = startOf(cluster, call.query);
  if (!start.ok) return start;
  const { version, after } = start.value;
  const state = cluster.store.listAt(version, call.resource.plural, call.namespace);
  if (state.gone) return expired(call.query);
  const left = state.objects.filter((one) => position(one) > after && selection.value.matches(one));
  const limit = Number(call.query.get('limit') ?? 0);
  const items = limit > 0 ? left.slice(0, limit) : left;
  const page = { metadata: pageMetadata({ version, left, items }, selection.value.everything), items };
  return ok({ code: 200, body: presentList(call.resource, page, call) });
}

/** Where an object stands in a list. */
const position = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

function pageMetadata(
  page: { version: number; left: KubeObject[]; items: KubeObject[] },
  everything: boolean,
): Fields {
  const metadata = { resourceVersion: String(page.version) };
  const last = page.items.at(-1);
  const remaining = page.left.length - page.items.length;
  if (last === undefined || remaining === 0) return metadata;
  const token: Token = { version: page.version, after: position(last) };
  const more = { ...metadata, continue: Buffer.from(JSON.stringify(token)).toString('base64url') };
  return everything ? { ...more, remainingItemCount: remaining } : more;
}

function startOf(cluster: Cluster, query: URLSearchParams): Outcome<Token> {
  const given = query.get('continue') ?? '';
  if (given !== '') return tokenOf(given);
  const newest = { version: cluster.store.version, after: '' };
  const asked = query.get('resourceVersion') ?? '';
  if (asked === '' || asked === '0') return ok(newest);
  if (!/^\d+$/.test(asked)) return refuse(400, `invalid resource version "${asked}"`);
  if (Number(asked) > newest.version) return tooNew(Number(asked), newest.version);
  const exact = query.get('resourceVersionMatch') === 'Exact';
  return ok(exact ? { version: Number(asked), after: '' } : newest);
}

function tokenOf(text: string): Outcome<Token> {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    const { version, after } = token as Partial<Token>;
    if (typeof version === 'number' && typeof after === 'string') return ok({ version, after });
  } catch {
    // Not a token of ours: told below.
  }
  return refuse(400, 'continue key is not valid: it was not given by this server');
}

/** A version from the future: of another cluster, or of this one before it was started anew. */
const tooNew = (asked: number, current: number) =>
  refuse(504, `Too large resource version: ${asked}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
      retryAfterSeconds: 1,
    },
  });

function expired(query: URLSearchParams) {
  const continued = query.has('continue');
  const old = `The resourceVersion for the provided ${continued ? 'list' : 'watch'} is too old.`;
  const advice = ' You can start a new list without the continue parameter.';
  return refuse(
    410,
    continued
      ? `The provided continue parameter is too old to display a consistent list result.${advice}`
      : old,
  );
}
