import { ok } from '../../model/result.ts';
import type { User } from './credentials.ts';
import { type Outcome, refuse } from './status.ts';
import { dig, type Fields, textOf } from './values.ts';

/** Who asks; undefined is `system:anonymous`. */
export type Identity = User | undefined;

/** What somebody wants to do, in the words of the API's access reviews. */
export type Attempt =
  | { verb: string; path: string }
  | {
      verb: string;
      group: string;
      resource: string;
      subresource?: string | undefined;
      namespace?: string | undefined;
      name?: string | undefined;
    };

const READING = ['get', 'list', 'watch'];
const OPEN_TO_ALL = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** `admin` may do everything, `viewer` may read and ask about itself, others see only health and version. */
function mayDo(who: Identity, attempt: Attempt): boolean {
  if (who === 'admin') return true;
  if ('path' in attempt) {
    if (attempt.verb !== 'get') return false;
    return who === 'viewer' || OPEN_TO_ALL.includes(attempt.path) || /^\/(livez|readyz)\//.test(attempt.path);
  }
  if (who !== 'viewer') return false;
  return READING.includes(attempt.verb) || (attempt.verb === 'create' && isSelfReview(attempt));
}

const isSelfReview = (attempt: { group: string; resource: string }): boolean =>
  /^auth(entication|orization)\.k8s\.io$/.test(attempt.group) && attempt.resource.startsWith('selfsubject');

const userName = (who: Identity): string => who ?? 'system:anonymous';

/** Passes what is allowed; refuses the rest with 403 in the API's words. */
export function authorize(who: Identity, attempt: Attempt): Outcome<undefined> {
  if (mayDo(who, attempt)) return ok(undefined);
  const user = `User "${userName(who)}" cannot`;
  if ('path' in attempt)
    return refuse(403, `forbidden: ${user} ${attempt.verb} path "${attempt.path}"`, { details: {} });
  const { verb, group, resource, subresource, namespace, name } = attempt;
  const what = group === '' ? resource : `${resource}.${group}`;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const named = name === undefined ? '' : ` "${name}"`;
  return refuse(
    403,
    `${what}${named} is forbidden: ${user} ${verb} resource "${full}" in API group "${group}" ${where}`,
    {
      details: {
        ...(name === undefined ? {} : { name }),
        ...(group === '' ? {} : { group }),
        kind: resource,
      },
    },
  );
}

/** Answers a self-subject review of any of the three kinds. */
export function review(who: Identity, kind: string, asked: Fields): Fields {
  if (kind === 'SelfSubjectAccessReview') return { ...asked, status: accessStatus(who, asked) };
  if (kind === 'SelfSubjectRulesReview') return { ...asked, status: rulesStatus(who) };
  const groups = who === undefined ? ['system:unauthenticated'] : ['system:authenticated'];
  return { ...asked, status: { userInfo: { username: userName(who), groups } } };
}

function accessStatus(who: Identity, asked: Fields): Fields {
  const wanted = dig(asked, 'spec', 'resourceAttributes');
  const path = dig(asked, 'spec', 'nonResourceAttributes');
  const attempt: Attempt =
    wanted === undefined
      ? { verb: textOf(dig(path, 'verb')), path: textOf(dig(path, 'path')) }
      : {
          verb: textOf(dig(wanted, 'verb')),
          group: textOf(dig(wanted, 'group')),
          resource: textOf(dig(wanted, 'resource')),
        };
  return { allowed: mayDo(who, attempt) };
}

function rulesStatus(who: Identity): Fields {
  const reviews = [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ];
  const verbs = who === 'admin' ? ['*'] : READING;
  const paths =
    who === 'admin' ? { verbs: ['*'], nonResourceURLs: ['*'] } : { verbs: ['get'], nonResourceURLs: ['*'] };
  return {
    incomplete: false,
    resourceRules: [...reviews, { verbs, apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [paths],
  };
}
