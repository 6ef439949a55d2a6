import { lookup, Resolver } from 'node:dns/promises';
import { fail, ok, type Result } from '../model/result.ts';

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SRV'] as const;

export interface DnsQuestion {
  name: string;
  /** `address` or `address:port`; without it the system's own way (getaddrinfo: hosts file, cache and all). */
  server?: string;
  /** Without `server`: the servers of /etc/resolv.conf themselves, and nothing else of the system's own way. */
  servers?: 'own';
  /** A unless told; only where servers are asked themselves. */
  type?: (typeof recordTypes)[number];
}

/** The code of node:dns, such as ENOTFOUND, and its text. */
export interface DnsFailure {
  code: string;
  text: string;
}

/** Asks once, with one try; resolves with how many records came. An abort ends the wait with the code ECANCELLED. */
export async function askDns(
  { name, server, servers, type = 'A' }: DnsQuestion,
  timeout_ms: number,
  signal?: AbortSignal,
): Promise<Result<number, DnsFailure>> {
  // c-ares counts its timeout roughly; ours ends it.
  const resolver = new Resolver({ timeout: 2 * timeout_ms, tries: 1 });
  if (server !== undefined) resolver.setServers([server]);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new NoAnswer('ETIMEOUT', `no answer within ${timeout_ms} ms`)),
    timeout_ms,
  );
  const cancel = (): void => late.reject(new NoAnswer('ECANCELLED', 'not waited for'));
  signal?.addEventListener('abort', cancel);
  const isSystem = server === undefined && servers === undefined;
  const asked = isSystem ? lookup(name, { all: true }) : resolver.resolve(name, type as 'A');
  try {
    return ok((await Promise.race([asked, late.promise])).length);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return fail({ code, text: error instanceof Error ? error.message : String(error) });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    asked.catch(() => undefined);
    resolver.cancel();
  }
}

class NoAnswer extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}
