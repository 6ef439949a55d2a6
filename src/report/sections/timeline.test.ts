import { expect, test } from 'vitest';
import { thinned, type Weighted } from './timeline.ts';

const line = (t: number, subject: string, begins = false): Weighted => ({
  t,
  weight: 2,
  ending: { subject, begins },
  entry: { at: '', clock: '', kind: 'event', text: `${t} ${subject}` },
});

test('that a pod is deleted is not thinned away while what then becomes of it is shown', () => {
  // 50 pods, each deleted, unready, container ended, gone: far more than there is room for.
  const all = Array.from({ length: 50 }, (_, pod) =>
    [0, 1, 2, 3].map((step) => line(pod * 4 + step, `pod/${pod}`, step === 0)),
  ).flat();
  const few = thinned(all);
  const subjects = new Set(few.map((one) => one.ending?.subject));
  expect(few.length).toBeLessThan(all.length / 2);
  for (const subject of subjects)
    expect(
      few.some((one) => one.ending?.subject === subject && one.ending?.begins),
      subject,
    ).toBe(true);
});

test('what fits stays whole, and in order', () => {
  const all = [line(1, 'pod/a', true), line(2, 'pod/a'), line(3, 'pod/b')];
  expect(thinned(all)).toEqual(all);
});
