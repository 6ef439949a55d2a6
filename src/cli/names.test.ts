import { expect, test } from 'vitest';
import { unknownName } from './names.ts';

test('a wrong name is answered with the nearest one, or the one that holds it', () => {
  const names = ['kubernetes.pod.delete', 'kubernetes.deployment.scale'];
  expect(unknownName('fault', 'kubernetes.pod.delte', names).fix).toContain('`kubernetes.pod.delete`');
  expect(unknownName('fault', 'scale', names).fix).toContain('`kubernetes.deployment.scale`');
  expect(unknownName('fault', 'zzz', names)).toMatchObject({
    message: 'there is no fault zzz',
    expected: names.join(', '),
    fix: 'Name one of these faults.',
  });
});
