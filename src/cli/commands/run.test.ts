import { expect, test } from 'vitest';
import { defaultLimits, type System } from '../../model/experiment.ts';
import { isHarmless } from './run.ts';

const system = (more: Partial<System>): System => ({
  file: 'system.yaml',
  name: 's',
  signals: [],
  limits: defaultLimits,
  secrets: [],
  ...more,
});
const breaking = { faults: [{} as never] };

test('only what a lab brings is broken without being asked for', () => {
  const lab = { lab: { name: 'hosts' } };
  expect(isHarmless(system(lab), breaking)).toBe(true);
  expect(isHarmless(system({}), breaking)).toBe(false);
  const hosts = { pg1: { kind: 'ssh', destination: 'pg1.example' } } as const;
  expect(isHarmless(system({ ...lab, hosts }), breaking)).toBe(false);
  expect(isHarmless(system({ ...lab, kubernetes: {} }), breaking)).toBe(false);
  expect(isHarmless(system({ hosts }), { faults: [] })).toBe(true);
});
