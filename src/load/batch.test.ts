import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buffersOf, decode, type Ended, encode } from './batch.ts';
import { endKinds } from './kinds.ts';

const time = fc.integer({ min: 0, max: 2 ** 52 });

const ended: fc.Arbitrary<Ended> = fc.record({
  index: time,
  intended: time,
  sent: fc.option(time),
  done: fc.option(time),
  kind: fc.constantFrom(...endKinds),
  status: fc.constantFrom(0, 200, 302, 503),
  detail: fc.constantFrom('', 'read ECONNRESET', 'no answer within 300 ms'),
});

test('property: what crosses between the threads arrives as it was', () => {
  fc.assert(
    fc.property(fc.array(ended), (rows) => {
      const batch = encode(rows);
      const moved = structuredClone(batch, { transfer: buffersOf(batch) });
      const expected = rows.map(({ status, detail, ...rest }) => ({
        ...rest,
        ...(status === 0 ? {} : { status }),
        ...(detail === '' ? {} : { detail }),
      }));
      expect(decode(moved)).toEqual(expected);
      expect(moved.texts.length).toBeLessThanOrEqual(3);
    }),
  );
});
