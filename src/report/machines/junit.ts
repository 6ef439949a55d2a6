import type { PredictionResult } from '../../model/verdict.ts';
import type { ReportInput } from '../input.ts';
import { plainSummary } from '../summary.ts';
import { isoTime, since, type View, viewOf } from '../view.ts';
import { bareName } from '../words/expectation.ts';
import { listed, measured } from '../words/figures.ts';
import { type Xml, xmlDocument } from './xml.ts';

/**
 * What became of one check. An unknown is an error and no `skipped`: most build servers show what is skipped as green,
 * and missing data is never green.
 */
type Outcome =
  | { is: 'passed' }
  | { is: 'failure' | 'error'; type: string; message: string; details?: string };

interface Case {
  name: string;
  outcome: Outcome;
}

const passed: Outcome = { is: 'passed' };

/** `junit.xml`: the run as one test suite, in the format of Ant's JUnit task, which build servers read. */
export const junitXml = (input: ReportInput): string => junitDocument([junitSuite(input)]);

/** Any number of test suites as one document, numbered as the format wants it. */
export const junitDocument = (suites: readonly Xml[]): string =>
  xmlDocument({
    name: 'testsuites',
    children: suites.map((one, id) => ({ ...one, attributes: { ...one.attributes, id } })),
  });

/** One run as a test suite. */
export function junitSuite(input: ReportInput): Xml {
  const view = viewOf(input);
  const checks = [...input.result.predictions.map(predictionCase), ...steadyCases(view), undoneCase(view)];
  const all = [
    ...checks,
    runCase(
      view,
      checks.every(({ outcome }) => outcome.is === 'passed'),
    ),
  ];
  return suite(view, all);
}

/** A run that did not take place, as a test suite whose one case is an error. */
export function junitMissing(title: string, message: string): Xml {
  const classname = `aftershock.${title}`;
  const outcome: Outcome = { is: 'error', type: 'not run', message };
  return {
    name: 'testsuite',
    attributes: {
      name: classname,
      package: 'aftershock',
      id: 0,
      timestamp: '1970-01-01T00:00:00',
      hostname: 'localhost',
      tests: 1,
      failures: 0,
      errors: 1,
      skipped: 0,
      time: '0',
    },
    children: [
      { name: 'properties' },
      caseXml({ name: 'run', outcome }, { classname, time: '0' }),
      { name: 'system-out', text: message },
      { name: 'system-err' },
    ],
  };
}

function suite(view: View, cases: readonly Case[]): Xml {
  const { result } = view;
  const seconds = Math.max(0, since(view, view.span.to) - since(view, view.span.from)).toFixed(3);
  const count = (is: Outcome['is']): number => cases.filter(({ outcome }) => outcome.is === is).length;
  const classname = `aftershock.${result.title}`;
  const last = cases.length - 1;
  return {
    name: 'testsuite',
    attributes: {
      name: classname,
      package: 'aftershock',
      id: 0,
      timestamp: (isoTime(view, view.span.from) ?? '1970-01-01T00:00:00').slice(0, 19),
      hostname: 'localhost',
      tests: cases.length,
      failures: count('failure'),
      errors: count('error'),
      skipped: 0,
      time: seconds,
    },
    children: [
      { name: 'properties', children: propertiesOf(view) },
      // Only the run itself takes time: so the times of the cases add up to the suite's.
      ...cases.map((one, index) => caseXml(one, { classname, time: index === last ? seconds : '0' })),
      { name: 'system-out', text: plainSummary(result) },
      { name: 'system-err' },
    ],
  };
}

function propertiesOf({ result, plan, timeline, version }: View): Xml[] {
  const properties = {
    run: result.run,
    verdict: result.verdict,
    impact: result.impact,
    system: plan.system.name,
    seed: timeline.seed,
    ...(result.brier === undefined ? {} : { brier: String(result.brier) }),
    version,
  };
  return Object.entries(properties).map(([name, value]) => ({
    name: 'property',
    attributes: { name, value },
  }));
}

function caseXml({ name, outcome }: Case, of: { classname: string; time: string }): Xml {
  const attributes = { name, classname: of.classname, time: of.time };
  if (outcome.is === 'passed') return { name: 'testcase', attributes };
  const { is, type, message, details } = outcome;
  const child: Xml = {
    name: is,
    attributes: { type, message },
    ...(details === undefined ? {} : { text: details }),
  };
  return { name: 'testcase', attributes, children: [child] };
}

function predictionCase(one: PredictionResult): Case {
  const was = one.measures.map(
    ({ text, measured: of, unit }) => `${text} was ${measured(of, unit, bareName(text))}`,
  );
  const sure = one.confidence === undefined ? [] : [`confidence ${one.confidence}`];
  const details = [`expected ${one.expect}`, ...was.map((text) => `actual   ${text}`), ...sure].join('\n');
  const name = `prediction ${one.id}: ${one.expect}`;
  switch (one.verdict) {
    case 'held':
      return { name, outcome: passed };
    case 'failed': {
      const message = `expected ${one.expect}, but ${was.length === 0 ? 'it was not so' : listed(was)}`;
      return { name, outcome: { is: 'failure', type: 'prediction-failed', message, details } };
    }
    case 'unknown': {
      const message = one.why ?? 'not enough was observed';
      return { name, outcome: { is: 'error', type: 'prediction-unknown', message, details } };
    }
  }
}

/** One case where the experiment says what steady means, else none: nothing was claimed. */
function steadyCases(view: View): Case[] {
  const { steady, measures } = view.result;
  if (steady.length === 0) return [];
  const name = view.injected ? 'steady before the fault and again after it' : 'steady';
  const recovered = measures.find(({ text }) => text === 'recovered_after_s')?.measured;
  const texts = (is: (one: (typeof steady)[number]) => boolean): string =>
    steady.flatMap((one) => (is(one) ? [one.text] : [])).join(', ');
  const because = (kind: 'failure' | 'error', type: string, message: string): Case[] => [
    { name, outcome: { is: kind, type, message } },
  ];
  const before = texts(({ baseline }) => baseline === 'false');
  if (before !== '') return because('error', 'not-steady-before', `did not hold before the fault: ${before}`);
  const after = texts(({ end }) => end === 'false');
  if (after !== '') return because('failure', 'not-steady-again', `did not hold at the end: ${after}`);
  if (view.injected && recovered?.is === 'censored')
    return because('failure', 'not-steady-again', `it was not steady again: ${measured(recovered, 's')}`);
  const unknown = texts(({ baseline, end }) => baseline === 'unknown' || end === 'unknown');
  if (unknown !== '') return because('error', 'steady-unknown', `not enough was observed of: ${unknown}`);
  if (view.injected && recovered?.is === 'unknown')
    return because('error', 'steady-unknown', `whether it came back is unknown: ${recovered.why}`);
  return [{ name, outcome: passed }];
}

function undoneCase({ result }: View): Case {
  const name = 'everything undone, targets as before';
  const left = result.injections.filter(
    ({ acting, recovered }) => acting !== undefined && recovered === undefined,
  );
  if (left.length === 0) return { name, outcome: passed };
  const each = left.map(
    ({ injection, failed }) =>
      `${injection.target.name} was not proven to be as before ${injection.fault}${failed === undefined ? '' : `: ${failed}`}`,
  );
  return { name, outcome: { is: 'failure', type: 'not-restored', message: each.join('; ') } };
}

/** That the run came to its end; and whatever else keeps it from being as predicted, if no other case shows it. */
function runCase({ result, timeline }: View, isGreen: boolean): Case {
  const name = 'the run came to its end';
  const error = (type: string, message: string): Case => ({ name, outcome: { is: 'error', type, message } });
  if (result.abort !== undefined) return error('aborted', result.abort.text);
  if (timeline.notStarted !== undefined) return error('not-started', timeline.notStarted);
  if (timeline.ended === undefined) return error('killed', 'the recording ends before the end of the run');
  if (isGreen && result.verdict !== 'as-predicted')
    return error(result.verdict, result.reasons[0] ?? result.summary);
  return { name, outcome: passed };
}
