import { z } from 'zod';
import { alive, own } from '../../guard/proc.ts';
import type { LoadOptions } from '../../load/options.ts';
import { grantPermit, isPermitted, newPermitFile, revokePermit } from '../../load/permit-file.ts';
import { httpUrl, methodOf, requestFields, requestOptions, requestRules } from '../../load/request.ts';
import { type Candidates, defineFault, type Look, type Prepared } from '../../model/contracts/fault.ts';
import { durationField, rateField } from '../../model/fields.ts';
import type { Injection, Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { formatDuration, formatRate } from '../../model/units.ts';
import { SecondLoad } from './second-load.ts';

const DEFAULT_TIMEOUT_S = 2;
/** The effect is judged once the load has run for so long, in seconds. */
const LOOK_AFTER_S = 1;
/** More of what was wanted and not sent by our own fault, and it is not the load that was planned. */
const MOST_MISSED = 0.1;

const params = z
  .strictObject({
    rate: rateField({ min: 1 / 60, max: 100_000 }).describe(
      'Requests per time: 200/s, sent whatever becomes of those before.',
    ),
    ...requestFields,
    timeout: durationField({ min: 0.001, max: 600 })
      .describe(`A request that takes longer has failed; ${DEFAULT_TIMEOUT_S}s unless told.`)
      .exactOptional(),
  })
  .refine(...requestRules.bothBodies)
  .refine(...requestRules.emptyPick);

type Params = z.infer<typeof params>;

const target = z.strictObject({ url: httpUrl.describe('Where the requests go, with path and query.') });

/** What the undo needs: whose thread sends, and the file whose removal ends it. */
const undoSchema = z.object({
  process: z.object({ pid: z.number(), startTime: z.string() }),
  permit: z.string(),
});

/** The loads of this process, by their injections: a thread cannot be told apart in any other way. */
const running = new Map<string, SecondLoad>();

/** A second load beside those that are watched: pressure that starts and stops. */
export const httpLoad = defineFault<Params, z.infer<typeof target>>({
  name: 'http.load',
  summary: 'Sends more HTTP requests at a fixed rate: pressure that starts and stops.',
  duration: 'held',
  undoKind: 'restores',
  guarantee:
    'It is sent by a thread of the run: it ends with the run’s process, when its guardian takes its permit away, and by itself when nobody has renewed it for its lease.',
  params,
  target,
  needs: ['nothing on the target; CPU here for the rate'],
  example: `- id: pressure
  fault: http.load
  target: { url: 'http://127.0.0.1:30080/api/polls/default/vote' }
  with: { rate: 200/s, json: { option: { pick: [TypeScript, Rust] } } }
  for: 30s`,
  resolve: async (_, wanted) => ok(endpoint(wanted.target.url)),
  prepare: async (_, wanted) => ok(prepared(wanted)),
  arm: async (_, injection) => {
    const granted = grantPermit(undoOf(injection).permit, injection.id);
    return granted.ok ? ok(undefined) : fail(noPermit(granted.problem.text));
  },
  act: (_, injection, signal) => act(injection, signal),
  effect: async (_, injection) => effect(injection),
  renew: async (_, injection) => renew(injection),
  undo: (_, injection) => undo(injection),
  recovered: async (_, injection) => recovered(injection),
  disarm: async (_, injection) => {
    running.delete(injection.id);
    return revoke(injection);
  },
});

const undoOf = (injection: Injection): z.infer<typeof undoSchema> => undoSchema.parse(injection.undo);
const urlOf = ({ detail }: Target): string => z.string().parse(detail['url']);

function endpoint(url: string): Candidates {
  const { origin, pathname } = new URL(url);
  return { found: [{ kind: 'endpoint', name: `${origin}${pathname}`, id: url, detail: { url } }] };
}

function prepared({ target: of, params: given }: { target: Target; params: Params }): Prepared {
  const { rate, timeout = DEFAULT_TIMEOUT_S, ...request } = given;
  const { connections, json, body } = requestOptions(urlOf(of), request);
  const what = json === undefined ? body : JSON.stringify(json);
  const sends = `${methodOf(request)} ${of.name}${what === undefined ? '' : ` ${what}`}`;
  return {
    does: [
      `${sends} at ${formatRate(rate)}, at most ${connections} at once, timeout ${formatDuration(timeout)}`,
    ],
    undoes: ['end the load: nothing more is sent, its connections are closed'],
    undo: { process: { ...own() }, permit: newPermitFile() } satisfies JsonObject,
    notes: [
      'Its requests are counted here and belong to no signal: the measures of your loads are theirs alone.',
    ],
  };
}

async function act(injection: Injection, signal: AbortSignal): Promise<Result<void>> {
  if (running.has(injection.id)) return ok(undefined);
  const { permit } = undoOf(injection);
  if (!isPermitted(permit)) return fail(takenAway);
  const started = await SecondLoad.start(optionsOf(injection, permit), signal);
  if (!started.ok) return started;
  running.set(injection.id, started.value);
  return ok(undefined);
}

function optionsOf(injection: Injection, permit: string): LoadOptions {
  const { rate, timeout = DEFAULT_TIMEOUT_S, ...request } = injection.params as Params;
  return {
    ...requestOptions(urlOf(injection.target), request),
    rate_per_s: rate,
    timeout_ms: timeout * 1_000,
    seed: injection.entry,
    clockStart: process.hrtime.bigint(),
    permit: {
      file: permit,
      lease_ms: injection.lease_s * 1_000,
      deadline_ms: injection.deadline_s * 1_000,
    },
  };
}

/** Requests have really been sent, and those that were not are not our own fault. */
function effect(injection: Injection): Look {
  const load = running.get(injection.id);
  if (load === undefined) return { is: 'no', evidence: 'this process sends no such load' };
  const { rate } = injection.params as Params;
  const { sent, missed } = load.totals;
  const evidence = `${load.words()}; wanted ${formatRate(rate)}`;
  const is = sent > 0 && load.lasted_s >= LOOK_AFTER_S && missed <= MOST_MISSED * (sent + missed);
  return { is: is && load.ended === undefined ? 'yes' : 'no', evidence };
}

function renew(injection: Injection): Result<void> {
  const load = running.get(injection.id);
  if (load?.ended === undefined) {
    load?.renew();
    return ok(undefined);
  }
  return fail({
    code: 'inject-failed',
    message: `the load of ${injection.entry} has ended before its time: ${endWords[load.ended]}`,
    fix: 'Run it again; if it happens again, report it with the run folder.',
  });
}

const endWords = {
  told: 'it was told to',
  revoked: 'its permit was taken away',
  'not-renewed': 'nobody had renewed it for its lease',
  deadline: 'its deadline was over',
  died: 'its thread died',
} as const;

async function undo(injection: Injection): Promise<Result<void>> {
  const revoked = revoke(injection);
  await running.get(injection.id)?.end();
  return revoked;
}

function revoke(injection: Injection): Result<void> {
  const revoked = revokePermit(undoOf(injection).permit);
  return revoked.ok ? ok(undefined) : fail(notRevoked(revoked.problem.text));
}

/** A thread looks at its permit before it sends, also one whose process was stopped in the meantime. */
function recovered(injection: Injection): Look {
  const load = running.get(injection.id);
  if (load !== undefined) {
    return load.ended === undefined
      ? { is: 'no', evidence: `the load goes on: ${load.words()}` }
      : { is: 'yes', evidence: `the load has ended: ${load.words()}` };
  }
  const { process: whose, permit } = undoOf(injection);
  if (!alive(whose)) return { is: 'yes', evidence: `process ${whose.pid} is gone, and its load with it` };
  return isPermitted(permit)
    ? { is: 'no', evidence: `process ${whose.pid} may still send` }
    : { is: 'yes', evidence: `process ${whose.pid} may not send any more` };
}

const noPermit = (cause: string): Problem => ({
  code: 'inject-failed',
  message: 'the load has no permit to send',
  fix: 'Make the folder for temporary files writable, then run it again.',
  cause,
});

const takenAway: Problem = {
  code: 'inject-failed',
  message: 'the load’s permit to send was taken away before it began: the fault has been undone',
  fix: 'Run it again.',
};

const notRevoked = (cause: string): Problem => ({
  code: 'undo-failed',
  message: 'the permit of the load cannot be removed',
  fix: 'Make the folder for temporary files writable; `aftershock heal` tries it again.',
  cause,
});
