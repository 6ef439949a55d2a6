import { seriesKey } from '../../model/samples.ts';
import { MISSED, OK, type Operation } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';
import { type LookAt, seenIn } from '../findings/buckets.ts';
import { merge } from '../look/spans.ts';
import { numberText } from '../words.ts';
import { type Candidate, isBlind, type Outcome, type Scraped } from './candidate.ts';
import { alertName, bucketBounds, histogramQuantile, matchers, promDuration, rate } from './promql.ts';
import { latencyAbove, roundAbove, roundBelow } from './threshold.ts';

/** No share of errors under this is worth an alert. */
const LEAST_RATIO = 0.01;

/** How a load is counted by those who answer it. */
interface Counted {
  /** `VotesErrorRatio`: the signal's name as the beginning of an alert's. */
  name: string;
  signal: string;
  /** The label `job` of the app's own metrics. */
  job: string | undefined;
  /** Where the run begins. */
  from: Nanos;
  gaps: readonly Span[];
  /** Each sorted by when it ended. */
  answered: readonly FinishedRequest[];
  /** Answered, with a status that does not count as failed. */
  good: readonly FinishedRequest[];
  failed: readonly FinishedRequest[];
  /** Failed without an answer: the app itself cannot count them. */
  unanswered: readonly FinishedRequest[];
  /** The seconds in which we could not send all that we should have. */
  missed: readonly Span[];
  /** PromQL's pattern of the statuses that count as failed. */
  bad: string;
}

type FinishedRequest = Operation & { done: Nanos; sent: Nanos };

/** Rules over a load: the share that fails, how long answers take, and whether there are any. */
export function loadCandidates(
  at: LookAt,
  { run, job }: { run: Span; job: string | undefined },
): Candidate[] {
  const load = countedOf(at, run, job);
  return [
    errorRatio(load, 'app'),
    ...(load.unanswered.length === 0 ? [] : [errorRatio(load, 'proxy')]),
    latency(load, 95),
    latency(load, 99),
    traffic(load),
  ];
}

function countedOf(at: LookAt, run: Span, job: string | undefined): Counted {
  const { samples, signal, series } = at;
  const all = samples.operations(seriesKey(signal.name, series.name), run);
  const ended = all
    .filter((one): one is FinishedRequest => one.done !== null && one.sent !== null && one.kind !== MISSED)
    .toSorted((a, b) => a.done - b.done);
  const isAnswered = ({ status, kind }: Operation): boolean => status !== undefined || kind === OK;
  const missed = all.filter(({ kind }) => kind === MISSED);
  const answered = ended.filter(isAnswered);
  const isOurs = answered.some(({ kind, status = 0 }) => kind !== OK && status >= 400 && status < 500);
  const isBad = ({ status = 0 }: Operation): boolean => status >= (isOurs ? 400 : 500);
  return {
    name: alertName(signal.name),
    signal: signal.name,
    job,
    from: run.from,
    gaps: seenIn(at, run).gaps,
    answered,
    good: answered.filter((one) => !isBad(one)),
    failed: answered.filter(isBad),
    unanswered: ended.filter((one) => !isAnswered(one)),
    missed: merge(missed.map(({ intended }) => ({ from: intended, to: intended + NANOS_PER_SECOND }))),
    bad: isOurs ? '[45]..' : '5..',
  };
}

/** What the counters of good requests have counted before the run: the system was there before it. */
export const COUNTED_BEFORE = 1_000_000;

/** When each had ended: a counter is read hundreds of thousands of times from it. */
function endsOf(ended: readonly { done: Nanos }[]): Float64Array {
  const ends = new Float64Array(ended.length);
  for (const [index, { done }] of ended.entries()) ends[index] = done;
  return ends;
}

/** A counter, scraped: `before`, and how many had ended by each of the moments. Ends are sorted. */
const countAt = (ends: Float64Array, times: readonly Nanos[], before: number): Float64Array =>
  Float64Array.from(times, (t) => before + endedBy(ends, t));

/** How many of the sorted moments are not later than `t`. */
function endedBy(ends: Float64Array, t: Nanos): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? Number.POSITIVE_INFINITY) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

const merged = (...lists: readonly (readonly FinishedRequest[])[]): FinishedRequest[] =>
  lists.flat().toSorted((a, b) => a.done - b.done);

/** Of each range, unless a part of it was not observed. */
const seenOnly =
  (gaps: readonly Span[], of: Scraped): Scraped =>
  (range) =>
    isBlind(gaps, range.times[range.first] ?? range.at, range.times[range.last] ?? range.at)
      ? 'unknown'
      : of(range);

const outcome = (value: number | undefined): Outcome =>
  value === undefined || Number.isNaN(value) ? 'none' : value;

const percentText = (share: number): string => `${numberText(share * 100)} %`;

const countsFromStart =
  'its counter of errors must be there from the start, at 0: Prometheus does not see the first increase of a counter that is new';

function errorRatio(load: Counted, where: 'app' | 'proxy'): Candidate {
  const byProxy = where === 'proxy';
  const failed = endsOf(byProxy ? merged(load.failed, load.unanswered) : load.failed);
  const good = endsOf(load.good);
  const job = byProxy ? 'ingress' : load.job;
  const counter = (status?: string): string => `http_requests_total${matchers({ job, 'status~': status })}`;
  return {
    alert: byProxy ? `${load.name}ErrorsAtProxy` : `${load.name}Errors`,
    kind: 'symptom',
    fires: 'above',
    ranged: true,
    expr: (threshold, range_s) => {
      const range = promDuration(range_s);
      return `sum(rate(${counter(load.bad)}[${range}])) / sum(rate(${counter()}[${range}])) > ${threshold}`;
    },
    summary: `{{ $value | humanizePercentage }} of ${load.signal} fail`,
    say: percentText,
    source: byProxy
      ? `the metrics of the proxy in front of the app (its ingress), which counts refused connections as 502 and timeouts as 504; the app itself never sees them; ${countsFromStart}`
      : `the app's own metrics (a Prometheus client library); ${countsFromStart}`,
    threshold: (worst, level) => roundAbove(worst, level, LEAST_RATIO),
    scrape: (times) => {
      const counts = { failed: countAt(failed, times, 0), rest: countAt(good, times, COUNTED_BEFORE) };
      return seenOnly(load.gaps, (range) => {
        // Each status is a series of its own, and each has its own rate.
        const [bad, rest] = [rate(counts.failed, range), rate(counts.rest, range)];
        return outcome(bad === undefined || rest === undefined ? undefined : bad / (bad + rest));
      });
    },
  };
}

function latency(load: Counted, percent: 95 | 99): Candidate {
  const share = percent / 100;
  const seconds = ({ done, sent }: FinishedRequest): number => (done - sent) / NANOS_PER_SECOND;
  const buckets = [...bucketBounds, Number.POSITIVE_INFINITY].map((bound) =>
    endsOf(load.answered.filter((one) => seconds(one) <= bound)),
  );
  const metric = `http_request_duration_seconds_bucket${matchers({ job: load.job })}`;
  return {
    alert: `${load.name}SlowP${percent}`,
    kind: 'symptom',
    fires: 'above',
    ranged: true,
    expr: (threshold, range_s) =>
      `histogram_quantile(${share}, sum by (le) (rate(${metric}[${promDuration(range_s)}]))) > ${threshold}`,
    summary: `The p${percent} of ${load.signal} is {{ $value | humanizeDuration }}`,
    say: (value) => `${numberText(Number((value * 1_000).toPrecision(3)))} ms`,
    source:
      "the app's own metrics (a Prometheus client library with its default buckets); they count from when a request reached the app, so waiting before that is not seen",
    threshold: latencyAbove,
    scrape: (times) => {
      const counts = buckets.map((bucket) => countAt(bucket, times, COUNTED_BEFORE));
      return seenOnly(load.gaps, (range) => {
        const rates = counts.map((one) => rate(one, range));
        const known = rates.filter((one) => one !== undefined);
        return outcome(known.length < rates.length ? undefined : histogramQuantile(share, known));
      });
    },
  };
}

function traffic(load: Counted): Candidate {
  const metric = `http_requests_total${matchers({ job: load.job, 'status!~': load.bad })}`;
  const good = endsOf(load.good);
  return {
    alert: `${load.name}TrafficLow`,
    kind: 'traffic',
    fires: 'below',
    ranged: true,
    expr: (threshold, range_s) => `sum(rate(${metric}[${promDuration(range_s)}])) < ${threshold}`,
    summary: `Only {{ $value | humanize }} ${load.signal} a second succeed`,
    say: (value) => `${numberText(Number(value.toPrecision(3)))}/s`,
    source:
      "the app's own metrics (a Prometheus client library); they vanish with their pods: add `or absent(…)`, and mind the hours with few users",
    threshold: roundBelow,
    scrape: (times) => {
      const counts = countAt(good, times, COUNTED_BEFORE);
      return seenOnly(
        [...load.gaps, ...load.missed],
        (
          range, // Of the users before the run nothing is known: a range that begins there would look empty.
        ) =>
          range.at - range.range_s * NANOS_PER_SECOND < load.from ? 'none' : outcome(rate(counts, range)),
      );
    },
  };
}
