import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { findResource, type Resource } from '../resources.ts';
import { fieldSelector } from './fields.ts';

const resource = (plural: string): Resource => {
  const found = findResource('', 'v1', plural);
  if (found === undefined) throw new Error(plural);
  return found;
};

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running' },
};

test.each([
  ['', true],
  ['metadata.name=p', true],
  ['metadata.name==p,metadata.namespace=default', true],
  ['metadata.name!=p', false],
  ['spec.nodeName=n1,status.phase!=Failed,status.phase!=Succeeded', true],
  ['spec.nodeName=', false],
  ['status.podIP=', true],
])('pods by %s', (text, expected) => {
  const selector = fieldSelector(resource('pods'), text);
  expect(selector.ok && selector.value(pod)).toBe(expected);
});

test('events by what they are about, and by their source', () => {
  const event = { ...pod, involvedObject: { kind: 'Pod', name: 'a,b' }, source: { component: 'kubelet' } };
  const selector = fieldSelector(resource('events'), 'involvedObject.name=a\\,b,source=kubelet');
  expect(selector.ok && selector.value(event)).toBe(true);
});

test('a field that is not served, and what is no selector, are bad requests', () => {
  expect(fieldSelector(resource('pods'), 'spec.foo=1')).toMatchObject({
    ok: false,
    problem: {
      code: 400,
      message:
        'Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.foo=1": field label not supported: spec.foo',
    },
  });
  expect(fieldSelector(resource('pods'), 'nonsense').ok).toBe(false);
});
