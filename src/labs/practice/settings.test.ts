import { expect, test } from 'vitest';
import type { Deployment } from '../cluster/shapes.ts';
import { manifest } from '../poll-app/manifest.ts';
import { withSettings } from './settings.ts';

const plain = manifest({ port: 30_080, containerPort: 8_080, directory: '/tmp' });
const set = withSettings(plain, { 'poll-backend': { CPU_LIMIT: '0.25', CPU_MS_PER_VOTE: '10' } });

const environment = (of: typeof plain, name: string) => {
  const found = of.find(
    ({ resource, object }) => resource === 'deployments' && object.metadata.name === name,
  );
  const deployment = found?.object as Deployment | undefined;
  return deployment?.spec.template.spec.containers[0]?.env;
};

test("a setting is added, or stands in place of the lab's own; nothing else changes", () => {
  const [own, changed] = [environment(plain, 'poll-backend'), environment(set, 'poll-backend')];
  expect(own).toContainEqual({ name: 'CPU_LIMIT', value: '0.5' });
  expect(changed).toEqual([
    ...(own ?? []).filter(({ name }) => name !== 'CPU_LIMIT'),
    { name: 'CPU_LIMIT', value: '0.25' },
    { name: 'CPU_MS_PER_VOTE', value: '10' },
  ]);
  expect(environment(set, 'poll-frontend')).toEqual(environment(plain, 'poll-frontend'));
  expect(set.filter(({ resource }) => resource !== 'deployments')).toEqual(
    plain.filter(({ resource }) => resource !== 'deployments'),
  );
});
