import { matchers } from '../alerts/promql.ts';
import {
  type Asked,
  type Equivalent,
  firstTime,
  none,
  promql,
  secondsOf,
  USUAL_RANGE,
} from './equivalent.ts';

const OK = '2..';

/** The conventional counter of a server's requests, and the statuses that are meant; `!` before them: all others. */
function requests({ query: { job } }: Asked, status?: string): string {
  const isNot = status?.startsWith('!') === true;
  const key = isNot ? 'status!~' : 'status~';
  return `http_requests_total${matchers({ job, [key]: isNot ? status.slice(1) : status })}`;
}

const counted = (asked: Asked, status?: string): string =>
  `sum(increase(${requests(asked, status)}[${asked.query.range}]))`;

const rate = (asked: Asked, status?: string, range = asked.query.range): string =>
  `sum(rate(${requests(asked, status)}[${range}]))`;

const serverSide = 'the server counts only what reached it';
const serviceTime =
  'the server measures its own time, not the wait before it; exact only at the bounds of its buckets';

const quantiles: Record<string, number> = {
  p50_ms: 0.5,
  p90_ms: 0.9,
  p95_ms: 0.95,
  p99_ms: 0.99,
  p999_ms: 0.999,
};

const quantile = ({ query: { job, range } }: Asked, share: number): string =>
  `1000 * histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket${matchers({ job })}[${range}])))`;

const nearest = 'to the nearest scrape';

type Rule = (asked: Asked) => Equivalent;

const rules: Record<string, Rule> = {
  count: (asked) => promql(counted(asked), serverSide),
  ok: (asked) => promql(counted(asked, OK), serverSide),
  failed: (asked) => promql(counted(asked, `!${OK}`), serverSide),
  rate_per_s: (asked) => promql(rate(asked), serverSide),
  availability: (asked) => promql(`${rate(asked, OK)} / ${rate(asked)}`, serverSide),
  error_rate: (asked) => promql(`${rate(asked, `!${OK}`)} / ${rate(asked)}`, serverSide),
  max_ms: (asked) => promql(quantile(asked, 1), 'the upper bound of the highest bucket that was hit'),
  outage_s: (asked) =>
    promql(
      secondsOf(`${rate(asked, OK, USUAL_RANGE)} == 0`, asked.query),
      'only outages longer than the range of its rate',
    ),
  longest_outage_s: () => none('PromQL has no function of how long a condition held without a break'),
  first_failure_after_s: (asked) =>
    promql(firstTime(`${rate(asked, `!${OK}`, USUAL_RANGE)} > 0`, asked.query), nearest),
  in_flight_lost: () =>
    none('only seen from the client: a server that dies counts nothing of what it had begun'),
  by_error: byError,
};

function byError(asked: Asked): Equivalent {
  const kind = String(asked.ref.key ?? 'kind');
  if (kind === 'status')
    return promql(counted(asked, `!${OK}`), 'of all failures the server counts these alone');
  return none('only seen from the client: a request that ends so leaves no status with the server');
}

/** Operations in PromQL: of HTTP by the names that most servers use, as the server counts them. */
export function operationsPromql(asked: Asked): Equivalent {
  const { ref, signal } = asked;
  if (!signal.kind.startsWith('http'))
    return none(
      `no metric is usual for the operations of ${signal.kind}: they are only seen from the client`,
    );
  const share = quantiles[ref.measure];
  if (share !== undefined) return promql(quantile(asked, share), serviceTime);
  return rules[ref.measure]?.(asked) ?? none(`operations have no measure ${ref.measure}`);
}
