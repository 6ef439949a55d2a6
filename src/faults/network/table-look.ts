import type { Host } from '../../model/contracts/world.ts';
import { ok, type Problem, type Result } from '../../model/result.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from '../hosts/place.ts';
import { chainsOf, type Rules } from './nft.ts';

const script = placedScript(scriptFile(import.meta.dirname, 'nft-look.sh'));

/** Why a host does not take a table of ours. */
export interface Refused {
  /** What it lacks: `nf_tables with the family inet`. */
  part: string;
  /** The first line of what nft says. */
  said: string;
  kernel: string;
  /** We may not, rather than it cannot. */
  forbidden: boolean;
}

const PARTS: Readonly<Record<string, string>> = {
  table: 'nf_tables with the family inet',
  rules: 'the rules of nf_tables that it would use (nft_counter)',
  chance: 'the random numbers of nf_tables (nft_numgen)',
};

/** Tries a table on a host by `nft -c`, which asks the kernel and makes nothing; undefined where it is taken. */
export async function lookAtTable(
  host: Host,
  { perMillion, ...rules }: Rules,
  signal: AbortSignal,
): Promise<Result<Refused | undefined>> {
  const chains = (one: Rules): string => chainsOf(one).join('\n');
  const args = [chains(rules), perMillion === undefined ? '' : chains({ ...rules, perMillion })];
  const what = { script, args, doing: 'look at its nftables', code: 'system-unreachable' as const };
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  const lines = ran.value.stdout.split('\n');
  const [, part = '', said = ''] = lines.map((line) => /^refused (\S+) (.*)$/.exec(line)).find(Boolean) ?? [];
  if (part === '') return ok(undefined);
  const kernel = lines.find((line) => line.startsWith('kernel '))?.slice('kernel '.length) ?? 'unknown';
  return ok({ part: PARTS[part] ?? part, said, kernel, forbidden: /not permitted/i.test(said) });
}

/** In words, after "the host". */
export const refusedText = ({ part, said, kernel, forbidden }: Refused): string =>
  forbidden
    ? `lets us make no table of nftables (nft says: ${said})`
    : `has a kernel (${kernel}) that does not take ${part} (nft says: ${said})`;

export const tableFix = ({ forbidden }: Pick<Refused, 'forbidden'>): string =>
  forbidden
    ? 'Give us CAP_NET_ADMIN there, as root has it outside of containers.'
    : 'Load it there (`modprobe nf_tables`, `modprobe nft_numgen`), or use a kernel with these modules: Debian’s and Ubuntu’s linux-image packages have them, Fedora’s and RHEL’s kernel-modules-core or kernel-modules.';

/** For a fault that only nftables can do. */
export const noTable = (host: Host, fault: string, refused: Refused): Problem => ({
  code: refused.forbidden ? 'rights-missing' : 'target-unsuitable',
  message: `${fault} needs nftables, and the host ${host.name} ${refusedText(refused)}`,
  fix: tableFix(refused),
});
