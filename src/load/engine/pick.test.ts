import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { seededRandom } from '../../reach/random.ts';
import { drawPicks, fillIds, hasIdHole, hasPick } from './pick.ts';

const draw = (json: Json, seed = 's'): Json => drawPicks(json, seededRandom(seed, 'bodies'));

describe('picks', () => {
  test('are replaced wherever they are, also inside of what was chosen', () => {
    const json: Json = { vote: { pick: [{ pick: ['a'] }] }, list: [1, { pick: [true] }], pick: 'not a list' };
    expect(draw(json)).toEqual({ vote: 'a', list: [1, true], pick: 'not a list' });
  });

  test('are chosen about equally often', () => {
    const random = seededRandom('s', 'bodies');
    const counts = new Map<Json, number>();
    for (let n = 0; n < 4_000; n += 1) {
      const one = drawPicks({ pick: ['a', 'b', 'c', 'd'] }, random);
      counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c', 'd']);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('a list beside other keys is data, and so is an empty one', () => {
    for (const json of [{ pick: [1, 2], other: 3 }, { pick: [] }, [1, 'x', null]] satisfies Json[]) {
      expect(hasPick(json)).toBe(false);
      expect(draw(json)).toEqual(json);
    }
  });

  test('property: what has no pick stays, and what is drawn is fixed by the seed and has none left', () => {
    const json = fc.jsonValue().map((any) => any as Json);
    const body = fc.letrec<{ node: Json }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        json,
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((items) => ({ pick: items })),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(body, fc.string(), (one, seed) => {
        const drawn = draw(one, seed);
        expect(draw(one, seed)).toEqual(drawn);
        expect(hasPick(drawn)).toBe(false);
        if (!hasPick(one)) expect(drawn).toEqual(one);
      }),
    );
  });
});

describe('the id of an operation in its body', () => {
  test('stands wherever { id: true } does, and nowhere else', () => {
    const body: Json = { vote: { id: { id: true } }, list: [{ id: true }, { id: true, x: 1 }], id: false };
    expect(hasIdHole(body)).toBe(true);
    expect(fillIds(body, 'me-3')).toEqual({
      vote: { id: 'me-3' },
      list: ['me-3', { id: true, x: 1 }],
      id: false,
    });
  });

  test('property: a body without a place for it stays as it is, and what was filled has none left', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (any, id) => {
        const body = any as Json;
        const filled = fillIds([body, { id: true }], id) as Json[];
        expect(hasIdHole(filled)).toBe(false);
        expect(filled[1]).toBe(id);
        if (!hasIdHole(body)) expect(filled[0]).toEqual(body);
      }),
    );
  });
});
