import type { Cause } from '../status.ts';
import { fieldsOf } from '../values.ts';

/** A field that must be there. */
export const required = (field: string, more = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: `Required value${more === '' ? '' : `: ${more}`}`,
  field,
});

/** A value that a field cannot have. */
export const wrong = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${typeof value === 'object' ? goText(value) : JSON.stringify(value)}: ${why}`,
  field,
});

/** Labels as the API's texts print them (they are printed by Go). */
const goText = (value: unknown): string => {
  const pairs = Object.entries(fieldsOf(value)).map(
    ([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`,
  );
  return `map[string]string{${pairs.join(', ')}}`;
};
