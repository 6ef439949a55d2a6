import { accidents } from './accidents.ts';
import { isHeld, type Result } from './result.ts';

const BEGIN = '<!-- matrix: written by `npm run matrix` -->';
const END = '<!-- /matrix -->';

/** Puts a text between the markers of a page. */
export function between(page: string, text: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${text}\n${page.slice(to)}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
const head = (cells: readonly string[]): string => row(cells) + row(cells.map(() => '---'));
const shown = (seconds: number): string => `${seconds.toFixed(1)} s`;
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Faults against accidents, the steps of each folded: how many held, and the longest time. */
export function gridText(results: readonly Result[]): string {
  const names = accidents
    .map(({ name }) => name)
    .filter((name) => results.some(({ accident }) => accident === name));
  const rows = unique(results.map(({ fault }) => fault)).map((fault) =>
    row([
      `\`${fault}\``,
      ...names.map((name) => folded(results.filter((one) => one.fault === fault && one.accident === name))),
    ]),
  );
  return head(['fault', ...names.map((name) => name.replaceAll('-', ' '))]) + rows.join('');
}

function folded(results: readonly Result[]): string {
  if (results.length === 0) return '-';
  const good = results.filter(isHeld).length;
  const longest = Math.max(...results.map(({ seconds = 0 }) => seconds));
  return `${good === results.length ? '' : 'FAILED '}${good}/${results.length}, ${shown(longest)}`;
}

/** In one line: how many, how many held, what leases, the longest past its lease. */
export function summaryText(results: readonly Result[]): string {
  const failed = results.filter((one) => !isHeld(one)).length;
  const leases = unique(results.map(({ lease_s }) => lease_s)).sort((one, other) => one - other);
  const past = Math.max(...results.map(({ seconds = 0, lease_s }) => seconds - lease_s));
  const rest = results.filter(({ heal }) => heal === 'nothing').length;
  return [
    `${results.length} cells, ${failed === 0 ? 'none failed' : `${failed} FAILED`}.`,
    `Leases of ${leases.join(', ')} s; ${past <= 0 ? 'none was clean after its lease' : `the latest was clean ${shown(past)} after its lease`}.`,
    `\`heal\` found nothing left in ${rest} of them, and else only the run’s own journal or lock to close.`,
  ].join(' ');
}

/** Every cell, a line each. */
export function listText(results: readonly Result[]): string {
  const rows = [...results]
    .sort((one, other) => one.cell.localeCompare(other.cell))
    .map(({ fault, host, step, accident, ending, seconds, lease_s, heal }) =>
      row([
        `\`${fault}\``,
        host,
        step,
        accident,
        ending,
        `${lease_s} s`,
        seconds === undefined ? '-' : shown(seconds),
        heal ?? '-',
      ]),
    );
  return (
    head(['fault', 'host', 'step', 'accident', 'outcome', 'lease', 'seconds', 'heal found']) + rows.join('')
  );
}

/** What failed, with what was left there. */
export const failedText = (results: readonly Result[]): string =>
  results
    .filter((one) => !isHeld(one))
    .map(({ cell, ending, seconds, lease_s, load, why }) =>
      [
        `FAILED ${cell}: ${ending}${seconds === undefined ? '' : ` after ${shown(seconds)}`} (lease ${lease_s} s, our load ${load})`,
        ...why.map((line) => `    ${line}`),
        '',
      ].join('\n'),
    )
    .join('');

/** The page of the whole listing. */
export const pageText = (results: readonly Result[]): string => `# The crash matrix, cell by cell

Written by \`npm run matrix\`; [guarantee.md](guarantee.md) says what it means. *step*: the run was stopped right after this step stood in its journal, and
the accident made there. *outcome*: \`clean\`, the host is as before by itself within its lease and 5 s; \`untouched\`, the accident came before anything was on the host.
*seconds*: on the host’s own clock, from the last renewal of the lease (after a boot: from the boot) to clean. *heal found*: what \`aftershock heal --host\` did afterwards.

${accidents.map(({ name, says }) => `- **${name}**: ${says}.`).join('\n')}

${listText(results)}`;
