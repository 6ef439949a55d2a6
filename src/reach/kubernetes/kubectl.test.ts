import { expect, test } from 'vitest';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import { kubectl } from './kubectl.ts';

const of = (about: Partial<KubernetesApi['about']>): KubernetesApi =>
  ({ about: { context: 'c', server: 's', namespace: 'n', ...about } }) as KubernetesApi;

test('a suggested kubectl reaches the cluster that we reach', () => {
  expect(kubectl(of({}))).toBe('kubectl --context c');
  expect(kubectl(of({ kubeconfig: '/tmp/k' }), 'shop')).toBe(
    'kubectl --kubeconfig /tmp/k --context c -n shop',
  );
  expect(kubectl(of({ kubeconfig: "/my files/it's" }))).toBe(
    "kubectl --kubeconfig '/my files/it'\\''s' --context c",
  );
});
