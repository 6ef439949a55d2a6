import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { runVerdicts } from '../../model/verdict.ts';
import { everyRun } from '../fake/fake-all.ts';
import { messyRun, notStartedRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import type { ReportInput } from '../input.ts';
import { junitXml } from './junit.ts';
import { xmlDocument } from './xml.ts';

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** Reads XML 1.0 strictly; throws where it is not well-formed. */
function read(xml: string): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes: { ...attributes }, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('text', (text) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [only] = root.children;
  if (only === undefined || root.children.length > 1) throw new Error('not one root');
  return only;
}

const names = (nodes: readonly Node[]): string[] => nodes.map(({ name }) => name);
const decimal = /^\d+(\.\d+)?$/;

/** The rules of the XSD of Ant's JUnit task, which is the strictest in use; Jenkins' own allows all that it does. */
function conforms(root: Node): Node {
  expect(root.name).toBe('testsuites');
  expect(root.attributes).toEqual({});
  expect(names(root.children)).toEqual(['testsuite']);
  const [suite] = root.children;
  if (suite === undefined) throw new Error('no suite');
  const of = suite.attributes;
  const allowed = 'errors failures hostname id name package skipped tests time timestamp'.split(' ');
  expect(Object.keys(of).toSorted()).toEqual(allowed);
  for (const count of ['tests', 'failures', 'errors', 'skipped', 'id']) expect(of[count]).toMatch(/^\d+$/);
  expect(of['time']).toMatch(decimal);
  expect(of['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  for (const text of ['name', 'hostname']) expect(of[text]?.trim()).not.toBe('');
  const cases = suite.children.filter(({ name }) => name === 'testcase');
  expect(names(suite.children)).toEqual(['properties', ...names(cases), 'system-out', 'system-err']);
  for (const property of suite.children[0]?.children ?? []) {
    expect(property.name).toBe('property');
    expect(Object.keys(property.attributes)).toEqual(['name', 'value']);
    expect(property.attributes['name']?.trim()).not.toBe('');
  }
  for (const { attributes, children } of cases) {
    expect(Object.keys(attributes).toSorted()).toEqual(['classname', 'name', 'time']);
    expect(attributes['time']).toMatch(decimal);
    expect(children.length).toBeLessThanOrEqual(1);
    for (const child of children) {
      expect(['failure', 'error']).toContain(child.name);
      expect(Object.keys(child.attributes)).toEqual(['type', 'message']);
      expect(child.children).toEqual([]);
    }
  }
  return suite;
}

const casesOf = (suite: Node): Node[] => suite.children.filter(({ name }) => name === 'testcase');
const outcomeOf = (of: Node): string => of.children[0]?.name ?? 'passed';

function addsUp(suite: Node): void {
  const cases = casesOf(suite);
  const count = (outcome: string): string => String(cases.filter((one) => outcomeOf(one) === outcome).length);
  const { tests, failures, errors, skipped, time } = suite.attributes;
  expect({ tests, failures, errors, skipped }).toEqual({
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: '0',
  });
  const total = cases.reduce((sum, one) => sum + Number(one.attributes['time']), 0);
  expect(total).toBeCloseTo(Number(time), 6);
}

describe.each(Object.entries(everyRun))('%s', (_, input) => {
  test('is valid JUnit XML whose totals add up', () => {
    addsUp(conforms(read(junitXml(input))));
  });
});

const outcomes = (input: ReportInput): Record<string, string> =>
  Object.fromEntries(
    casesOf(read(junitXml(input)).children[0] as Node).map((one) => [
      one.attributes['name'] ?? '',
      outcomeOf(one),
    ]),
  );

test('a failed prediction is a failure, an unknown one an error, never skipped', () => {
  expect(outcomes(fakeRun('kill'))).toEqual({
    'prediction back-to-normal: recovered_after_s < 15': 'passed',
    'prediction barely-noticed: votes.availability >= 0.99': 'failure',
    'prediction replaced: backends.replaced_after_s < 10': 'passed',
    'prediction paged: votes.max_ms < 400 || votes.failed == 0': 'error',
    'steady before the fault and again after it': 'passed',
    'everything undone, targets as before': 'passed',
    'the run came to its end': 'passed',
  });
  const xml = junitXml(fakeRun('kill'));
  expect(xml).toContain(
    'message="expected votes.availability &gt;= 0.99, but votes.fault.requests.availability was 91.2 %"',
  );
  expect(xml).toContain('message="the signal did not observe for 3 s"');
  expect(xml).toContain('<property name="verdict" value="deviated"/>');
  expect(xml).toMatch(/<property name="run" value="2026-11-20T160800-kill-7f3a"\/>/);
});

test('what was not restored, was aborted or never began is red', () => {
  const input = fakeRun('kill');
  const broken = input.result.injections.map(({ recovered: _, ...one }) => one);
  const left = { ...input, result: { ...input.result, injections: broken } };
  expect(outcomes(left)['everything undone, targets as before']).toBe('failure');
  expect(outcomes(messyRun())['the run came to its end']).toBe('error');
  expect(outcomes(notStartedRun())['the run came to its end']).toBe('error');
});

test('a run is green if and only if it was as predicted', () => {
  const arbitrary = fc.record({
    verdict: fc.constantFrom(...runVerdicts.filter((one) => one !== 'as-predicted')),
    kind: fc.constantFrom('kill', 'latency', 'errors', 'scale'),
  } as const);
  fc.assert(
    fc.property(arbitrary, ({ verdict, kind }) => {
      const input = fakeRun(kind);
      const result = { ...input.result, verdict, predictions: [], steady: [] };
      expect(Object.values(outcomes({ ...input, result }))).not.toEqual(
        Object.values(outcomes({ ...input, result })).map(() => 'passed'),
      );
    }),
    { numRuns: 20 },
  );
  const input = fakeRun('scale');
  const held = input.result.predictions.map((one) => ({ ...one, verdict: 'held' as const }));
  const good = { ...input, result: { ...input.result, predictions: held, verdict: 'as-predicted' as const } };
  expect(new Set(Object.values(outcomes(good)))).toEqual(new Set(['passed']));
});

test('whatever the text is, the document stays well-formed and the text arrives', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(']]>', '<!--', '-->', '&amp;', '\ud800', '\u0000', '\ufffe', '"\'><x/>', 'a\nb\tc\r'),
  );
  fc.assert(
    fc.property(text, text, (value, inner) => {
      const xml = xmlDocument({
        name: 'a',
        attributes: { b: value },
        children: [{ name: 'c', text: inner }],
      });
      const root = read(xml);
      expect(Object.keys(root.attributes)).toEqual(['b']);
      expect(names(root.children)).toEqual(inner === '' ? ['c'] : ['c']);
      if (/^[\w &<>"'\n]*$/.test(value)) expect(root.attributes['b']).toBe(value);
      if (/^[\w &<>"'\n]*$/.test(inner)) expect(root.children[0]?.text).toBe(inner);
    }),
  );
});
