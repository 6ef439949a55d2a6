import { createServer, type Server } from 'node:net';

/** A range of loopback addresses that belongs to one lab. */
export interface Subnet {
  /** `127.x`: the range is all of `127.x.0.0/16`. */
  readonly prefix: string;
  /** An address for a pod; each is used again only after all others. */
  take(): string;
  give(ip: string): void;
  release(): void;
}

/** The kubelet's port, on the range's first address: who can listen there has the range. */
const CLAIM_PORT = 10_250;
const [FIRST, LAST] = [16, 250];

/**
 * Claims a free range of loopback addresses (on Linux all of 127.0.0.0/8 is loopback) for as long as this process
 * lives; undefined where none is free. Two labs on one machine never share one.
 */
export async function claimSubnet(
  from: number = FIRST + (process.pid % (LAST - FIRST)),
): Promise<Subnet | undefined> {
  const count = LAST - FIRST + 1;
  for (let tried = 0; tried < count; tried++) {
    const prefix = `127.${FIRST + ((from - FIRST + tried) % count)}`;
    const claim = await listen(`${prefix}.0.1`, CLAIM_PORT);
    if (claim !== undefined) return subnet(prefix, claim);
  }
  return undefined;
}

/** Whether `claimSubnet` would find one. */
export async function hasFreeSubnet(): Promise<boolean> {
  const found = await claimSubnet();
  found?.release();
  return found !== undefined;
}

function subnet(prefix: string, claim: Server): Subnet {
  const used = new Set<string>();
  let last = 1;
  return {
    prefix,
    take() {
      let ip = '';
      do {
        last = last >= 65_000 ? 2 : last + 1;
        ip = `${prefix}.${last >> 8}.${last & 255}`;
      } while (used.has(ip) || [0, 255].includes(last & 255));
      used.add(ip);
      return ip;
    },
    give: (ip) => void used.delete(ip),
    release: () => void claim.close(),
  };
}

/** Whether nobody listens there yet, neither on this address nor on all. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const server = await listen(host, port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Listens, and turns callers away; undefined where the address is taken or not ours. */
function listen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => resolve(server.unref()));
  });
}
