import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Json } from '../../model/json.ts';
import type { RunPlan } from '../../model/plan.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import type { InjectionRecord, Mark } from '../../model/timeline.ts';
import type { RunResult } from '../../model/verdict.ts';
import type { resultSchema } from '../result-file.ts';
import type { planSchema } from './plan-file.ts';
import type { descriptorSchema, injectionRecordSchema, markSchema } from './shapes.ts';

/** Without readonly, and with JSON as one name, so that only fields and their types are compared. */
type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : string extends keyof T
      ? Record<string, T[keyof T] extends string ? string : Json>
      : { -readonly [K in keyof T]: Plain<T[K]> };

type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

test('the schemas of recorded files know every field of the model and no other', () => {
  expectTypeOf<Same<z.infer<typeof injectionRecordSchema>, InjectionRecord>>().toEqualTypeOf<true>();
  expectTypeOf<Same<z.infer<typeof markSchema>, Mark>>().toEqualTypeOf<true>();
  expectTypeOf<Same<z.infer<typeof descriptorSchema>, SignalDescriptor>>().toEqualTypeOf<true>();
  expectTypeOf<Same<z.infer<typeof resultSchema>, RunResult>>().toEqualTypeOf<true>();
  expectTypeOf<Same<z.infer<typeof planSchema>, RunPlan>>().toEqualTypeOf<true>();
});
