import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FakeFault, fakeFaultContext, judgedFault } from './fake-recording.ts';
import { loadCandidates } from './load.ts';
import { podCandidates } from './pods.ts';
import { type ProposalInput, proposeAlert } from './propose.ts';
import { ruleFile } from './rule-file.ts';
import { firstFiring, rhythms, trackOf } from './track.ts';

const asked: ProposalInput = {
  title: 'Kill {{ one }} pod',
  job: 'shop',
  impact: 'failing',
  detection: [{ text: 'votes.error_rate', after_s: 0.4, strength: 9, words: '' }],
  recovered: { is: 'value', value: 41 },
};
const proposed = (fault: FakeFault, of: Partial<ProposalInput> = {}) =>
  proposeAlert(fakeFaultContext(fault), { ...asked, ...of });

describe('the alert that would have caught a run', () => {
  test('errors: a ratio over its own metrics, silent before and in time', () => {
    const found = proposed({ fails: { every: 5, status: 500 } });
    expect(found).toMatchObject({
      advice: 'page',
      configured_s: 15,
      interval_s: 15,
      felt_after_s: 0.4,
      rule: {
        alert: 'VotesErrors',
        expr: 'sum(rate(http_requests_total{job="shop",status=~"5.."}[1m])) / sum(rate(http_requests_total{job="shop"}[1m])) > 0.01',
        for_s: 15,
        labels: { severity: 'critical' },
      },
    });
    expect(found?.replays.map(({ interval_s, baseline, inTime }) => [interval_s, baseline, inTime])).toEqual([
      [15, 'silent', true],
      [5, 'silent', true],
      [1, 'silent', true],
    ]);
    expect(found?.words).toMatch(
      /^With a scrape every 15 s `VotesErrors` would have fired .* silent in the baseline\.$/,
    );
  });

  test('slow answers: a quantile at a bucket of its histogram', () => {
    const found = proposed({ latency_ms: 500 }, { impact: 'slow' });
    expect(found?.rule).toMatchObject({
      alert: 'VotesSlowP99',
      expr: expect.stringMatching(/^histogram_quantile\(0\.99, sum by \(le\) .* > 0\.1$/),
    });
  });

  test('refused connections are seen by a proxy only, and it says so', () => {
    const found = proposed({ fails: { every: 2, status: 0 } });
    expect(found?.rule?.alert).toBe('VotesErrorsAtProxy');
    expect(found?.source).toContain('the app itself never sees them');
    expect(found?.others.find(({ alert }) => alert === 'VotesErrors')?.why).toBe(
      'no worse than in the baseline: 0 % there',
    );
  });

  test('nobody felt anything: nothing pages, a ticket at most', () => {
    const found = proposed({ ready: 1, latency_ms: 300 }, { impact: 'none' });
    expect(found).toMatchObject({
      advice: 'ticket',
      rule: {
        alert: 'BackendsNotReady',
        expr: 'kube_deployment_status_replicas_ready{deployment="web"} < 2',
        labels: { severity: 'info' },
      },
    });
    expect(found?.words).toMatch(/^Nothing that users felt: no alert should page for this\./);
    expect(proposed({}, { impact: 'none' })).toMatchObject({
      advice: 'none',
      words: 'Nothing that users felt: no alert should page for this.',
      replays: [],
    });
    expect(proposed({}, { impact: 'none' })).not.toHaveProperty('rule');
  });

  test('restarts are a cause', () => {
    const found = proposed({ restarts: [70] }, { impact: 'none' });
    expect(found?.rule?.expr).toBe(
      'sum(increase(kube_pod_container_status_restarts_total{pod=~"web-.+"}[1m])) > 0',
    );
  });

  test('what came in the baseline too is no alert', () => {
    const found = proposed({ fails: { every: 5, status: 500 }, usualFails: 4 });
    expect(found?.rule).toBeUndefined();
    expect(found?.words).toContain('no rule');
    expect(proposed({ restarts: [20, 70] }, { impact: 'none' })).not.toHaveProperty('rule');
  });

  test('a baseline that was not observed is not silent', () => {
    const found = proposed({ fails: { every: 5, status: 500 }, gap: [20, 30] });
    expect(found).not.toHaveProperty('rule');
    expect(found?.others.find(({ alert }) => alert === 'VotesErrors')).toMatchObject({
      why: 'not all of the baseline was observed, so it is not known to be silent there',
      replay: { baseline: 'unknown' },
    });
  });

  test('over before a slow scrape sees it: that is said, and the finer rule is shown', () => {
    const found = proposed({ fails: { every: 2, status: 500 } }, { scrape_s: 60 });
    expect(found).toMatchObject({ configured_s: 60, interval_s: 15 });
    expect(found?.words).toMatch(
      /^With a scrape every 60 s no rule would have caught this before it was over\./,
    );
  });

  test('a title is no template', () => {
    expect(proposed({ fails: { every: 5, status: 500 } })?.rule?.annotations.description).toContain(
      '"Kill one pod"',
    );
  });

  test('a run without an injection proposes nothing', () => {
    const context = fakeFaultContext({});
    const { run, baseline } = context.windows;
    expect(proposeAlert({ ...context, windows: { run, baseline } }, asked)).toBeUndefined();
  });
});

test('it is in the result, for the system that was run against', () => {
  const system = { name: 'shop', monitoring: { scrape_interval_s: 5 } };
  const { alert } = judgedFault({ fails: { every: 5, status: 500 } }, system);
  expect(alert).toMatchObject({
    configured_s: 5,
    rule: { alert: 'VotesErrors', expr: expect.stringContaining('[20s]') },
  });
});

test('a rule is written as a rule file', () => {
  const rule = proposed({ fails: { every: 5, status: 500 } })?.rule;
  expect(rule && ruleFile([rule], 15)).toMatch(
    /^groups:\n {2}- name: aftershock\n {4}interval: 15s\n {4}rules:\n {6}- alert: VotesErrors\n {8}expr: \|-\n {10}sum\(.*\n {10}\/ sum\(.* > 0\.01\n {8}for: 15s\n/,
  );
});

const faults: fc.Arbitrary<FakeFault> = fc.record(
  {
    fails: fc.record({ every: fc.integer({ min: 1, max: 60 }), status: fc.constantFrom(0, 404, 500, 503) }),
    latency_ms: fc.integer({ min: 1, max: 3_000 }),
    ready: fc.nat(2),
    restarts: fc.array(fc.integer({ min: 1, max: 139 }), { maxLength: 3 }),
    usualFails: fc.integer({ min: 5, max: 500 }),
    gap: fc.tuple(fc.nat(130), fc.nat(10)).map(([from, length]) => [from, from + length] as const),
  },
  { requiredKeys: [] },
);

test('a proposed rule never fires in the baseline, wherever the scrapes fall, and always before it is over', () => {
  const impacts = fc.constantFrom('none', 'slow', 'failing', 'both', 'unknown');
  fc.assert(
    fc.property(faults, impacts, fc.constantFrom(1, 5, 15, 30), (fault, impact, scrape_s) => {
      const context = fakeFaultContext(fault);
      const found = proposeAlert(context, { ...asked, impact, scrape_s });
      if (found?.rule === undefined) return;
      const { rule, interval_s, replays } = found;
      expect(replays.every(({ baseline }) => baseline !== 'fires')).toBe(true);
      expect(replays.find((one) => one.interval_s === interval_s)?.inTime).toBe(true);
      if (impact === 'none') expect(rule.labels.severity).toBe('info');
      const [signal] = context.signals;
      const pods = context.signals.flatMap((one) => podCandidates(one, context));
      const series = signal?.series[0];
      if (signal === undefined || series === undefined) return;
      const at = { samples: context.samples, signal, series, jumps: [] };
      const all = [...loadCandidates(at, { run: context.windows.run, job: 'shop' }), ...pods];
      const candidate = all.find(({ alert }) => alert === rule.alert);
      const threshold = Number(/[<>] (\S+)$/.exec(rule.expr)?.[1]);
      for (const rhythm of candidate === undefined ? [] : rhythms(interval_s)) {
        const condition = { fires: candidate?.fires ?? 'above', threshold, for_s: rule.for_s };
        const track = candidate ? trackOf(candidate, context.windows.run, rhythm) : [];
        const t = firstFiring(track, condition, { unknown: true });
        expect(t ?? 0).toBeGreaterThan(60e9);
      }
    }),
    { numRuns: 60 },
  );
});
