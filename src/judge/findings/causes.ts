import type { Cause } from '../../model/verdict.ts';
import type { MeasureContext } from '../measure.ts';
import { numberText } from '../words.ts';
import { at, type Facts, factsOf, numbersIn, ofKinds } from './facts.ts';

/** A known way in which a fault shows: what speaks for it here, and what against. */
interface Signature {
  id: string;
  title: string;
  /** Undefined where it does not apply at all. */
  look(facts: Facts): { because: string[]; against: string[] } | undefined;
}

/** Likely with evidence and none against; possible with both. */
export function causesOf(context: MeasureContext): Cause[] {
  const facts = factsOf(context);
  if (facts === undefined) return [];
  const causes = signatures.flatMap((signature): Cause[] => {
    const found = signature.look(facts);
    if (found === undefined || found.because.length === 0) return [];
    const likelihood = found.against.length === 0 ? 'likely' : 'possible';
    return [{ id: signature.id, title: signature.title, likelihood, ...found }];
  });
  return causes.toSorted((a, b) => Number(a.likelihood === 'possible') - Number(b.likelihood === 'possible'));
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const connectionKinds = ['reset', 'refused', 'closed'];

const signatures: readonly Signature[] = [
  { id: 'pod-deleted', title: 'Connections to a deleted pod broke', look: podDeleted },
  {
    id: 'readiness-gap',
    title: 'Traffic still went to pods that were not ready, or none was',
    look: readinessGap,
  },
  { id: 'rollout', title: 'A changed configuration replaced the pods', look: rollout },
  {
    id: 'injected-latency',
    title: 'The delay that was injected reached the users as it is',
    look: injectedLatency,
  },
  {
    id: 'injected-errors',
    title: 'The errors that were injected reached the users as they are',
    look: injectedErrors,
  },
  { id: 'capacity', title: 'Half of the capacity or more was gone', look: capacity },
  {
    id: 'only-the-path-broke',
    title: 'Only the path to the service broke, not the service',
    look: onlyThePath,
  },
];

/** How soon after a pod's end its connections break. */
const SOON = 5e9;

function podDeleted({ pods, failures, ...rest }: Facts): ReturnType<Signature['look']> {
  const facts = { pods, failures, ...rest };
  const ends = pods.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'deleting' || type === 'deleted'),
  );
  const first = ends[0];
  if (first === undefined) return undefined;
  const broken = ofKinds(failures, connectionKinds);
  const soon = broken.filter(({ done }) => ends.some(({ t }) => done >= t - SOON / 5 && done <= t + SOON));
  const early = broken.filter(({ done }) => done < first.t - SOON / 5);
  return {
    because:
      soon.length === 0
        ? []
        : [
            `${first.subject} was told to go after ${at(facts, first.t)}; ${counted(soon.length, 'connection')} broke (reset, refused or closed) within 5 s.`,
          ],
    against: early.length === 0 ? [] : [`${counted(early.length, 'connection')} had broken before.`],
  };
}

function readinessGap(facts: Facts): ReturnType<Signature['look']> {
  const short = facts.pods.find((pod) => pod.short.length > 0);
  if (short === undefined || facts.failures.length === 0) return undefined;
  const { readyBefore, readyLeast, signal } = short;
  const inside = facts.failures.filter(({ done }) =>
    short.short.some(({ from, to }) => done >= from && done <= to + SOON / 5),
  );
  const outside = facts.failures.length - inside.length;
  const first = short.short[0];
  return {
    because:
      inside.length < 2 || first === undefined
        ? []
        : [
            `From ${at(facts, first.from)} on only ${readyLeast} of ${readyBefore} pods of ${signal} were ready, and ${inside.length} of ${facts.failures.length} failures fall into that time.`,
          ],
    against: outside > inside.length ? [`${outside} failures came while all pods were ready.`] : [],
  };
}

function rollout(facts: Facts): ReturnType<Signature['look']> {
  const env = facts.injections.find(({ injection }) => injection.fault.endsWith('deployment.env'));
  const added = facts.pods.flatMap(({ events }) => events.filter(({ type }) => type === 'added'));
  const first = added[0];
  if (env === undefined) return undefined;
  const short = facts.pods.some((pod) => pod.short.length > 0);
  return {
    because:
      first === undefined
        ? []
        : [
            `${env.injection.target.name} got another environment; ${counted(added.length, 'new pod')} came, the first after ${at(facts, first.t)}.`,
            ...(short ? ['While they were made fewer pods were ready than before.'] : []),
          ],
    against: [],
  };
}

function injectedLatency(facts: Facts): ReturnType<Signature['look']> {
  const delays = facts.injections.flatMap(({ injection }) =>
    numbersIn(injection.params).filter(({ key, value }) => /delay|latency|slow/i.test(key) && value > 0),
  );
  const delay = delays[0];
  const { before, during } = facts.load;
  if (delay === undefined || during.operations === 0) return undefined;
  const more = during.p50_ms - before.p50_ms;
  const close = Math.abs(more - delay.value) <= 0.25 * delay.value;
  const said = `${delay.key} is ${numberText(delay.value)} ms; the median latency rose by ${numberText(more)} ms in the second half of the fault`;
  return close
    ? { because: [`${said}.`], against: [] }
    : {
        because: more > 0.25 * delay.value ? [`${said}.`] : [],
        against: [`${numberText(more)} ms is not the delay that was injected.`],
      };
}

function injectedErrors(facts: Facts): ReturnType<Signature['look']> {
  const shares = facts.injections.flatMap(({ injection }) =>
    numbersIn(injection.params).filter(
      ({ key, value }) => /err|fail|loss/i.test(key) && value > 0 && value <= 1,
    ),
  );
  const share = shares[0];
  const { before, during } = facts.load;
  if (share === undefined || during.operations === 0) return undefined;
  const more = during.errorRate - before.errorRate;
  const said = `${share.key} is ${numberText(100 * share.value)} %; ${numberText(100 * more)} % more failed in the second half of the fault`;
  const close = Math.abs(more - share.value) <= share.value / 3;
  return close
    ? { because: [`${said}.`], against: [] }
    : { because: more > 0.01 ? [`${said}.`] : [], against: ['That is not the share that was injected.'] };
}

/** Fewer ready pods for this long are a loss of capacity, not a replacement. */
const LONG = 3e9;

function capacity(facts: Facts): ReturnType<Signature['look']> {
  const pods = facts.pods.find(
    ({ readyBefore, readyLeast, short }) =>
      readyLeast <= readyBefore / 2 && short.some(({ from, to }) => to - from >= LONG),
  );
  const { before, during } = facts.load;
  if (pods === undefined || before.operations === 0 || during.operations === 0) return undefined;
  const slower = during.p95_ms > 1.5 * before.p95_ms && during.p95_ms > before.p95_ms + 10;
  const timeouts = ofKinds(facts.failures, ['timeout']).length;
  const least = `Only ${pods.readyLeast} of ${pods.readyBefore} pods of ${pods.signal} were ready`;
  return {
    because: [
      ...(slower
        ? [`${least}, and the p95 rose from ${numberText(before.p95_ms)} to ${numberText(during.p95_ms)} ms.`]
        : []),
      ...(timeouts > 0 ? [`${least}, and ${counted(timeouts, 'operation')} timed out.`] : []),
    ],
    against: slower ? [] : ['The latency did not rise: what was left carried the load.'],
  };
}

function onlyThePath(facts: Facts): ReturnType<Signature['look']> {
  const { failures, pods } = facts;
  const refused = ofKinds(failures, ['refused']);
  const first = refused[0];
  if (first === undefined || pods.length === 0) return undefined;
  const mostly = refused.length >= 0.9 * failures.length;
  const stayed = pods.every(({ short }) => short.length === 0);
  const touched = pods.flatMap(({ events }) => events).length;
  if (!stayed) return undefined;
  return {
    because: mostly
      ? [
          `${refused.length} of ${failures.length} failures are refused connections, from ${at(facts, first.done)} on, and all pods stayed ready.`,
        ]
      : [],
    against: touched > 0 ? [`${touched} things happened to the pods in that time.`] : [],
  };
}
