import { lookup, Resolver } from 'node:dns/promises';
import { fail, ok, type Result } from '../model/result.ts';

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SRV'] as const;

export interface DnsQuestion {
  name: string;
  /** `address` or `address:port`; without it the system's own way (getaddrinfo: hosts file, cache and all). */
  server?: string;
  /** A unless told; only with a server. */
  type?: (typeof recordTypes)[number];
}

/** The code of node:dns, such as ENOTFOUND, and its text. */
export interface DnsFailure {
  code: string;
  text: string;
}

/** Asks once, with one try; resolves with how many records came. */
export async function askDns(
  { name, server, type = 'A' }: DnsQuestion,
  timeout_ms: number,
): Promise<Result<number, DnsFailure>> {
  // c-ares counts its timeout roughly; ours ends it.
  const resolver = new Resolver({ timeout: 2 * timeout_ms, tries: 1 });
  if (server !== undefined) resolver.setServers([server]);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new LateAnswer(timeout_ms)), timeout_ms);
  const asked = server === undefined ? lookup(name, { all: true }) : resolver.resolve(name, type as 'A');
  try {
    return ok((await Promise.race([asked, late.promise])).length);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return fail({ code, text: error instanceof Error ? error.message : String(error) });
  } finally {
    clearTimeout(timer);
    asked.catch(() => undefined);
    resolver.cancel();
  }
}

class LateAnswer extends Error {
  readonly code = 'ETIMEOUT';

  constructor(timeout_ms: number) {
    super(`no answer within ${timeout_ms} ms`);
  }
}
