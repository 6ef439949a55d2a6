import { expect, test } from 'vitest';
import type { Candidates } from '../../model/contracts/fault.ts';
import { defaultLimits, type Limits } from '../../model/experiment.ts';
import { fakePod } from '../fake-registry.ts';
import { fakeEntry } from './fake-entry.ts';
import { protectedProblems } from './protect.ts';

const web = fakePod('web-7d9-x2x', 'shop', { controller: 'ReplicaSet/web-7d9' });
const entry = fakeEntry('a', { target: { deployment: 'front' } });
const refused = (limits: Partial<Limits>, candidates: Partial<Candidates> = {}): string[] =>
  protectedProblems(entry, { found: [web], ...candidates }, { ...defaultLimits, ...limits }).map(
    ({ code, message }) => `${code} ${message}`,
  );

test('nothing is protected that nobody protects', () => {
  expect(refused({})).toEqual([]);
  expect(refused({ protect: ['prod', 'pod/other', 'deployment/web-7d9'] })).toEqual([]);
});

test.each([
  'shop',
  'pod/web-7d9-x2x',
  'ReplicaSet/web-7d9',
  'deployment/web',
  'deployment/front',
  'deployment/back',
])('limits.protect: %s', (name) => {
  const set = { name: 'pods of deployment/back', size: 1, takenEach: 1 };
  expect(refused({ protect: [name] }, { set })).toEqual([
    `protected pod/web-7d9-x2x is protected: \`limits.protect\` of the system file names ${name}`,
  ]);
});

test('kube-system is protected unless it is allowed', () => {
  const found = [fakePod('dns', 'kube-system')];
  expect(refused({}, { found })).toHaveLength(1);
  expect(refused({ allow: ['kube-system'] }, { found })).toEqual([]);
  expect(refused({ allow: ['kube-system'], protect: ['kube-system'] }, { found })).toHaveLength(1);
});

test('what a role could move to is held against the limits too', () => {
  expect(refused({ protect: ['pod/next'] }, { possible: [web, fakePod('next')] })).toHaveLength(1);
});
