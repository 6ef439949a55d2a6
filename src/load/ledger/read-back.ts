import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Json } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { classify } from '../kinds.ts';
import type { LedgerConfig } from './settings.ts';

/** One page may take this long before it is asked for again, in milliseconds. */
const PAGE_WITHIN_MS = 5_000;
const AGAIN_AFTER_MS = 250;
const MOST_TEXT = 200;

export interface ReadBack {
  ledger: Pick<LedgerConfig, 'read' | 'list' | 'id' | 'next' | 'after'>;
  headers: readonly (readonly [string, string])[];
  /** Only ids that begin with this and a dash are ours. */
  prefix: string;
  /** The deadline for all pages and retries. */
  signal: AbortSignal;
}

/**
 * Reads everything that is stored, page by page, and tells how often each of our operations is there, by its index.
 * A page that fails is asked for again until the deadline. The failure is the reason in words.
 */
export async function readBack(options: ReadBack): Promise<Result<Map<number, number>, string>> {
  const agent = new Agent({ connections: 1 });
  const counts = new Map<number, number>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  try {
    for (;;) {
      const page = await pageAgain(options, agent, cursor);
      if (!page.ok) return page;
      tally(page.value.ids, options.prefix, counts);
      cursor = page.value.next;
      if (cursor === undefined) return ok(counts);
      if (cursors.has(cursor)) return fail(`its pages go round: \`next\` was ${cursor} twice`);
      cursors.add(cursor);
    }
  } finally {
    await agent.destroy();
  }
}

interface Page {
  ids: string[];
  next: string | undefined;
}

/** Why there is no page; `final`: asking again would not help. */
interface NoPage {
  text: string;
  final: boolean;
}

async function pageAgain(
  options: ReadBack,
  agent: Agent,
  cursor: string | undefined,
): Promise<Result<Page, string>> {
  let last: string | undefined;
  while (!options.signal.aborted) {
    const page = await readPage(options, agent, cursor);
    if (page.ok) return page;
    if (page.problem.final) return fail(page.problem.text);
    // What the deadline cut short says less than the answer before it.
    if (!options.signal.aborted || last === undefined) last = page.problem.text;
    await delay(AGAIN_AFTER_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
  return fail(last ?? 'there was no time left to ask');
}

/** Reads the first page only, to see whether the settings fit what is answered. */
export async function readFirstPage(options: ReadBack): Promise<Result<void, NoPage>> {
  const agent = new Agent({ connections: 1 });
  try {
    const page = await readPage(options, agent, undefined);
    return page.ok ? ok(undefined) : page;
  } finally {
    await agent.destroy();
  }
}

async function readPage(
  { ledger, headers, signal }: ReadBack,
  agent: Agent,
  cursor: string | undefined,
): Promise<Result<Page, NoPage>> {
  const url = new URL(ledger.read);
  url.username = '';
  url.password = '';
  if (cursor !== undefined) url.searchParams.set(ledger.after ?? 'after', cursor);
  try {
    const answer = await request(url, {
      dispatcher: agent,
      headers: Object.fromEntries(headers),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_WITHIN_MS)]),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      return fail({ text: `${answer.statusCode} ${text.slice(0, MOST_TEXT)}`.trim(), final: false });
    }
    return pageOf(text, ledger);
  } catch (error) {
    return fail({ text: wordsOf(error), final: false });
  }
}

function wordsOf(error: unknown): string {
  const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return timedOut ? 'no complete answer in time' : classify(error).detail;
}

/** What an answer holds, by the settings. */
function pageOf(text: string, ledger: ReadBack['ledger']): Result<Page, NoPage> {
  const body = parsed(text);
  if (body === undefined)
    return fail({ text: `the answer is not JSON: ${text.slice(0, MOST_TEXT)}`, final: false });
  const list = at(body, ledger.list);
  if (!Array.isArray(list)) {
    const where =
      ledger.list === undefined ? 'the answer is no list' : `the answer has no list at \`${ledger.list}\``;
    return fail({ text: where, final: true });
  }
  const ids = list.map((item) => at(item, ledger.id));
  const without = ids.findIndex((id) => typeof id !== 'string' && typeof id !== 'number');
  if (without >= 0) {
    const item = (JSON.stringify(list[without]) ?? '').slice(0, MOST_TEXT);
    return fail({ text: `an item has no id at \`${ledger.id ?? 'itself'}\`: ${item}`, final: true });
  }
  return ok({ ids: ids.map(String), next: cursorOf(body, ledger, list.length) });
}

/** What the next page begins after; an empty page is the last one, whatever it says. */
function cursorOf(body: Json, { next }: ReadBack['ledger'], items: number): string | undefined {
  if (next === undefined || items === 0) return undefined;
  const cursor = at(body, next);
  return (typeof cursor === 'string' && cursor !== '') || typeof cursor === 'number'
    ? String(cursor)
    : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What stands at a path such as `data.items`. */
function at(body: Json | undefined, path: string | undefined): Json | undefined {
  if (path === undefined) return body;
  return path.split('.').reduce<Json | undefined>((inside, key) => {
    if (inside === null || typeof inside !== 'object' || Array.isArray(inside)) return undefined;
    return Object.hasOwn(inside, key) ? inside[key] : undefined;
  }, body);
}

/** Counts the ids that are ours: the prefix, a dash, and a number as we write it. */
function tally(ids: readonly string[], prefix: string, counts: Map<number, number>): void {
  for (const id of ids) {
    if (!id.startsWith(`${prefix}-`)) continue;
    const digits = id.slice(prefix.length + 1);
    if (!/^(0|[1-9]\d{0,14})$/.test(digits)) continue;
    const index = Number(digits);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
}
