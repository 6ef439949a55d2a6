import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entriesOf, type MetricsConfig } from './config.ts';
import { Counter, type CounterReading } from './counter.ts';
import { parseExposition } from './exposition.ts';
import { readGauge } from './gauge.ts';
import type { Instance, Scrape } from './scrape.ts';

const entryOf = (given: MetricsConfig['series'][string]) => {
  const [entry] = entriesOf({ series: { votes: given } });
  if (entry === undefined) throw new Error('no entry');
  return entry;
};

function instance(id: string, at_s: number, text: string): Instance {
  const page = parseExposition(text);
  if (!page.ok) throw new Error(page.problem.why);
  return { id, subject: `pod/${id}`, t: at_s * 1e9, born: false, page: page.value };
}

const scrape = (...instances: Instance[]): Scrape => ({
  t: Math.max(...instances.map(({ t }) => t)),
  instances,
});

/** Reads each scrape in turn. */
function readings(
  scrapes: readonly Scrape[],
  given: MetricsConfig['series'][string] = 'votes_total',
): CounterReading[] {
  const counter = new Counter(entryOf(given));
  return scrapes.map((one) => counter.read(one));
}

const one = (...values: [number, string][]): Scrape[] =>
  values.map(([at, text]) => scrape(instance('a', at, text)));
const none = { resets: [] };

test('the rate is what was added over the time between, the total is what it has come to', () => {
  expect(
    readings(
      one([0, 'votes_total 100'], [1, 'votes_total 110'], [3, 'votes_total 110'], [4, 'votes_total 111']),
    ),
  ).toEqual([
    { rate: undefined, total: 100, ...none },
    { rate: 10, total: 110, ...none },
    { rate: 0, total: 110, ...none },
    { rate: 1, total: 111, ...none },
  ]);
});

test('a value below the last one is a reset: the new value counts from 0, and the total goes on', () => {
  expect(readings(one([0, 'votes_total 100'], [1, 'votes_total 6'], [2, 'votes_total 7']))).toEqual([
    { rate: undefined, total: 100, ...none },
    { rate: 6, total: 106, resets: [{ subject: 'pod/a', from: 100, to: 6 }] },
    { rate: 1, total: 107, ...none },
  ]);
});

test('a restart is one reset for all labels, known from the start time too', () => {
  const page = (start: number, a: number, b?: number): string =>
    `process_start_time_seconds ${start}\nvotes_total{o="a"} ${a}\n${b === undefined ? '' : `votes_total{o="b"} ${b}\n`}`;
  const read = readings(
    one([0, page(1_000, 10, 10)], [1, page(1_000.2, 11, 10)], [2, page(1_002, 15)], [3, page(1_002, 15, 2)]),
  );
  expect(read.map(({ rate, total }) => [rate, total])).toEqual([
    [undefined, 20],
    [1, 21],
    [15, 36],
    [2, 38],
  ]);
  expect(read.flatMap(({ resets }) => resets)).toEqual([{ subject: 'pod/a', from: 21, to: 15 }]);
});

test('labels that appear count from 0, and those that come back from where they were', () => {
  const errors = 'votes_total{o="e"}';
  expect(
    readings(
      one(
        [0, 'votes_total 1'],
        [1, `votes_total 1\n${errors} 4`],
        [2, 'votes_total 1'],
        [3, `votes_total 1\n${errors} 5`],
      ),
    ).map(({ rate }) => rate),
  ).toEqual([undefined, 4, 0, 1]);
});

test('instances are added up; one that is born while we watch counts from 0, one that goes takes nothing away', () => {
  const at = (t: number, ...ids: [string, number, boolean?][]): Scrape =>
    scrape(...ids.map(([id, value, born = false]) => ({ ...instance(id, t, `votes_total ${value}`), born })));
  const read = readings([
    at(0, ['a', 100], ['b', 50]),
    at(1, ['a', 110], ['b', 55]),
    at(2, ['b', 60], ['c', 3, true], ['old', 900]),
    at(3, ['b', 60], ['c', 5], ['old', 901]),
  ]);
  expect(read.map(({ rate, total }) => [rate, total])).toEqual([
    [undefined, 150],
    [15, 165],
    [8, 1073],
    [3, 1076],
  ]);
  expect(read.flatMap(({ resets }) => resets)).toEqual([]);
});

test('a metric that is not there is not known, unless 0 was said; one without such labels is 0', () => {
  const pages = one([0, 'other 1'], [1, 'other 1'], [2, 'votes_total 3']);
  expect(readings(pages).map(({ rate, total }) => [rate, total])).toEqual([
    [undefined, null],
    [null, null],
    [1.5, 3],
  ]);
  expect(readings(pages, { counter: 'votes_total', absent: 0 }).map(({ rate }) => rate)).toEqual([
    undefined,
    0,
    3,
  ]);
  const typed = one([0, '# TYPE votes_total counter'], [1, '# TYPE votes_total counter']);
  expect(readings(typed, 'votes_total{o="x"}').map(({ rate }) => rate)).toEqual([undefined, 0]);
});

test('a metric that one instance has no more is not known, unless the instance has begun anew', () => {
  const both = (at: number, a: string, b: number): Scrape =>
    scrape(instance('a', at, a), instance('b', at, `votes_total ${b}`));
  const page = (start: number, votes?: number): string =>
    `process_start_time_seconds ${start}\n${votes === undefined ? '' : `votes_total ${votes}\n`}`;
  const rates = (scrapes: readonly Scrape[]) => readings(scrapes).map(({ rate, total }) => [rate, total]);
  expect(rates([both(0, page(5, 10), 1), both(1, page(5), 2), both(2, page(5, 30), 3)])).toEqual([
    [undefined, 11],
    [null, null],
    [11, 33],
  ]);
  expect(rates([both(0, page(5, 10), 1), both(1, page(9), 2)])).toEqual([
    [undefined, 11],
    [1, 12],
  ]);
});

test('what is no number makes it unknown while it lasts', () => {
  const read = readings(one([0, 'votes_total 1'], [1, 'votes_total NaN'], [2, 'votes_total 5']));
  expect(read.map(({ rate, total }) => [rate, total])).toEqual([
    [undefined, 1],
    [null, null],
    [2, 5],
  ]);
});

test('rates over any restarts and any number of scrapes add up to what was counted', () => {
  const step = fc.record({ add: fc.nat(20), restart: fc.boolean(), after_s: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      let [t, counted, shown] = [0, 0, 7];
      const scrapes = one([0, `votes_total ${shown}\nprocess_start_time_seconds 0`]);
      let start = 0;
      for (const { add, restart, after_s } of steps) {
        t += after_s;
        if (restart) [shown, start] = [0, start + 10];
        shown += add;
        counted += add;
        scrapes.push(...one([t, `votes_total ${shown}\nprocess_start_time_seconds ${start}`]));
      }
      const read = readings(scrapes);
      const added = read
        .slice(1)
        .reduce((sum, { rate }, at) => sum + (rate ?? Number.NaN) * (steps[at]?.after_s ?? 0), 0);
      expect(added).toBeCloseTo(counted, 6);
      expect(read.at(-1)?.total).toBe(7 + counted);
    }),
  );
});

test('gauges: the sum, or another combination, over instances and labels', () => {
  const two = scrape(instance('a', 0, 'memory{p="1"} 1\nmemory{p="2"} 5'), instance('b', 0, 'memory 3'));
  const read = (given: MetricsConfig['series'][string]) => readGauge(entryOf(given), two);
  expect(read('memory')).toBe(9);
  expect(read({ gauge: 'memory', by: 'max' })).toBe(5);
  expect(read({ gauge: 'memory', by: 'min' })).toBe(1);
  expect(read({ gauge: 'memory', by: 'mean' })).toBe(3);
  expect(read({ gauge: 'memory{p="3"}' })).toBeNull();
  expect(read({ gauge: 'nothing', absent: 0 })).toBe(0);
  expect(readGauge(entryOf('memory'), scrape(instance('a', 0, 'memory NaN')))).toBeNull();
});

test('gauges: a page of a quarter of a million samples is read like any other', () => {
  const many = instance('a', 0, 'memory{p="1"} 7');
  const samples = Array.from({ length: 250_000 }, (_, at) => ({
    name: 'memory',
    labels: new Map([['p', String(at)]]),
    value: at,
  }));
  const large = scrape({ ...many, page: { ...many.page, samples } });
  expect(readGauge(entryOf({ gauge: 'memory', by: 'max' }), large)).toBe(249_999);
  expect(readGauge(entryOf({ gauge: 'memory', by: 'min' }), large)).toBe(0);
});
