import { z } from 'zod';
import type { Numbered } from '../load/batch.ts';
import { failureKinds } from '../load/kinds.ts';
import { checkLedger, keepLedger, type Ledger } from '../load/ledger/ledger.ts';
import { idsOf, ledgerConfig } from '../load/ledger/settings.ts';
import { startLoad } from '../load/load.ts';
import type { LoadOptions } from '../load/options.ts';
import { httpUrl, requestFields, requestOptions, requestRules } from '../load/request.ts';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { newSeed } from '../reach/random.ts';
import { generatorHealth, generatorSeries } from './generator.ts';
import { ledgerMeasures, ledgerSeries, tellReckoning, tellUnread } from './ledger.ts';

const config = z
  .strictObject({
    url: httpUrl.describe('Where requests go, with path and query.'),
    ...requestFields,
    ledger: ledgerConfig
      .describe(
        'Gives each request an id of its own, reads back what is stored when the load has ended, and compares: the measures acked, lost, duplicated and uncertain.',
      )
      .exactOptional(),
  })
  .refine(...requestRules.bothBodies)
  .refine(...requestRules.emptyPick);

export type HttpConfig = z.infer<typeof config>;

/**
 * Requests over HTTP at a fixed rate, whatever becomes of those before (open loop): with a `rate` it is the load.
 */
export const http = defineSignal<HttpConfig>({
  kind: 'http',
  summary: 'Sends HTTP requests at a fixed rate and records how each one ended.',
  config,
  rated: { defaultRate_per_s: 1, defaultTimeout_ms: 2_000 },
  needs: [],
  example: `votes:
  http:
    method: POST
    url: 'http://127.0.0.1:30080/api/polls/default/vote'
    json: { option: { pick: [TypeScript, Rust] } }
    ledger: { read: 'http://127.0.0.1:30080/api/polls/default/votes?limit=10000', list: votes, id: id, next: next }
  rate: 50/s
  timeout: 2s`,
  describe,
  check: async (_, { url, ledger, ...request }, signal) => {
    if (ledger === undefined) return ok(undefined);
    const checked = await checkLedger({ url, request, ledger }, signal);
    if (checked.ok) return checked;
    return fail({
      code: 'field-wrong',
      message: `\`ledger:\` does not fit what ${ledger.read} answers: ${checked.problem}`,
      fix: 'Look at that answer and correct `list`, `id` and `next`.',
    });
  },
  start,
});

function describe(name: string, { ledger }: HttpConfig): SignalDescriptor {
  return {
    name,
    kind: 'http',
    version: 1,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        summary: 'One request each; its latency counts from when it should have started.',
        kinds: failureKinds,
      },
      ...generatorSeries,
      ...(ledger === undefined ? [] : [ledgerSeries]),
    ],
    derived: ledger === undefined ? [] : ledgerMeasures,
  };
}

async function start(context: SignalContext, http: HttpConfig): Promise<Result<RunningSignal>> {
  const { sink, signal, clock } = context;
  const { url, ledger: settings, ...request } = http;
  const health = generatorHealth(sink);
  // Of this run alone, not by the seed: what another run with the same seed stored is not ours.
  const prefix = newSeed();
  const ledger = settings && keepLedger({ url, request, ledger: settings, prefix });
  const ids = settings && idsOf(settings, request, prefix);
  let death: string | undefined;
  const load = await startLoad(
    { ...optionsOf(context, http), ...(ids === undefined ? {} : { ids }) },
    {
      operations: (rows: Numbered[]) => {
        sink.operations('requests', rows);
        ledger?.note(rows);
      },
      health,
      died: (why) => {
        death = why;
        sink.blind(`the load generator died: ${why}`);
      },
    },
    signal,
  );
  if (!load.ok) return load;
  sink.observing();
  const settle = async (kept: Ledger): Promise<void> => {
    const reckoned = death === undefined ? await kept.settle() : fail(`the load generator died: ${death}`);
    if (reckoned.ok) tellReckoning(sink, { t: clock.now(), prefix, reckoning: reckoned.value });
    else tellUnread(sink, clock.now(), reckoned.problem);
  };
  return ok({
    stop: async () => {
      await load.value.stop();
      if (ledger !== undefined) await settle(ledger);
    },
  });
}

function optionsOf(context: SignalContext, { url, ledger: _, ...request }: HttpConfig): LoadOptions {
  const { clock, options, random } = context;
  return {
    ...requestOptions(url, request),
    rate_per_s: options.rate_per_s ?? 1,
    timeout_ms: options.timeout_ms,
    seed: random.next().toString(36),
    clockStart: process.hrtime.bigint() - BigInt(Math.round(clock.now())),
  };
}
