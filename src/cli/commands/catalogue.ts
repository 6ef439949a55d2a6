import { wrapLine } from '../../files/wrap.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { report } from '../failing.ts';
import { unknownName } from '../names.ts';
import { faultPage, signalPage } from '../pages.ts';
import { registries } from '../registries.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';
import { type Page, pageText } from '../view/page.ts';

/** `aftershock faults [NAME]` */
export async function faultsCommand(name: string | undefined): Promise<ExitCode> {
  return show(
    { name, items: registries.faults.map((fault) => ({ name: fault.name, fault })) },
    {
      what: 'fault',
      row: ({ fault }) => fault.summary,
      page: ({ fault }) => faultPage(fault),
    },
  );
}

/** `aftershock signals [NAME]` */
export async function signalsCommand(name: string | undefined): Promise<ExitCode> {
  return show(
    { name, items: registries.signals.map((signal) => ({ name: signal.kind, signal })) },
    {
      what: 'signal',
      row: ({ signal }) => signal.summary,
      page: ({ signal }) => signalPage(signal),
    },
  );
}

/** Lines are not longer than this, however wide the terminal is. */
const COLUMNS = 100;

interface Shown<T> {
  what: string;
  row: (item: T) => string;
  page: (item: T) => Page;
}

function show<T extends { name: string }>(
  { name, items }: { name: string | undefined; items: readonly T[] },
  { what, row, page }: Shown<T>,
): ExitCode {
  const term = terminal();
  if (name === undefined) {
    const rows = items.map((item) => ({ name: item.name, text: row(item) }));
    term.out(
      `${listText(rows, term)}\n\nOne of them with its parameters and an example: aftershock ${what}s NAME`,
    );
    return exitCodes.asPredicted;
  }
  const found = items.find((item) => item.name === name);
  if (found === undefined) {
    const names = items.map((item) => item.name);
    return report(term, [unknownName(what, name, names)]);
  }
  term.out(`${paint(term.color).bold(name)}\n${pageText(page(found), columnsOf(term))}`);
  return exitCodes.asPredicted;
}

function listText(rows: readonly { name: string; text: string }[], term: Terminal): string {
  const { bold } = paint(term.color);
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .flatMap(({ name, text }) => {
      const line = `${name.padEnd(width)}  ${text}`;
      const [first = '', ...others] = wrapLine(line, { columns: columnsOf(term), hang: width + 2 });
      return [bold(first.slice(0, width)) + first.slice(width), ...others];
    })
    .join('\n');
}

const columnsOf = ({ columns }: Terminal): number => Math.min(columns, COLUMNS);
