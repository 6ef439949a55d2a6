import { type LedgerRead, ledgerOutcome } from '../../judge/derived/http-ledger.ts';
import type { Nanos } from '../../model/time.ts';
import {
  type Block,
  code,
  details,
  type Fact,
  lead,
  paragraph,
  type Section,
  strong,
  table,
} from '../document/blocks.ts';
import { breaksNothing, clock, since, type View } from '../view.ts';
import { counted, figure, listed, moment } from '../words/figures.ts';

/** A write that was recorded by its name: lost, or stored too often. */
type One = LedgerRead['lost_ones'][number];

const ledgersOf = ({ result }: View): View['result']['signals'] =>
  result.signals.filter(({ derived }) => derived.some(({ by }) => by === 'http-ledger'));

/** What became of the writes: a table for each ledger, or one line where none was kept and something was broken. */
export function dataSection(view: View): Section | undefined {
  const ledgers = ledgersOf(view);
  if (ledgers.length === 0 && breaksNothing(view)) return undefined;
  const none = 'No ledger was kept in this run: whether acknowledged writes were lost was not checked.';
  return {
    id: 'data',
    title: 'Data',
    blocks:
      ledgers.length === 0
        ? [paragraph(none)]
        : ledgers.flatMap(({ name }) => ledgerBlocks(view, name, ledgers.length > 1)),
  };
}

/** The ledgers' answers as figures for the top of the page. */
export function dataFacts(view: View): Fact[] {
  return ledgersOf(view).map(({ name }): Fact => {
    const label = `Acknowledged ${name} lost`;
    const outcome = ledgerOutcome(view.samples, name);
    if (outcome.is === 'unread') return { label, value: 'unknown', tone: 'info', note: outcome.why };
    const { acked, lost, duplicated } = outcome.read;
    const note = duplicated === 0 ? '' : `${figure(duplicated)} stored more than once`;
    const tone = lost + duplicated > 0 ? 'bad' : acked > 0 ? 'good' : 'info';
    return { label, value: `${figure(lost)} of ${figure(acked)}`, tone, note };
  });
}

function ledgerBlocks(view: View, signal: string, several: boolean): Block[] {
  const outcome = ledgerOutcome(view.samples, signal);
  const of = several ? [code(signal), ': '] : [];
  if (outcome.is === 'unread') {
    return [
      lead([...of, 'Whether acknowledged writes were lost is not known.']),
      paragraph(`${capital(outcome.why)}.`),
    ];
  }
  const { read } = outcome;
  return [
    lead([...of, verdictOf(view, read)]),
    countsTable(view, read),
    ...onesBlocks(view, 'lost', { ones: read.lost_ones, count: read.lost }),
    ...onesBlocks(view, 'duplicated', { ones: read.duplicated_ones, count: read.duplicated }),
  ];
}

/** The answer in one sentence. */
function verdictOf(view: View, { acked, lost, duplicated, lost_ones }: LedgerRead): string {
  if (acked === 0) return 'Nothing was acknowledged, so nothing acknowledged could be lost.';
  const doubled = duplicated === 0 ? '' : ` ${counted(duplicated, 'write')} stored more than once.`;
  if (lost > 0) {
    const of = `${figure(lost)} of ${figure(acked)}`;
    return `${of} acknowledged writes are gone: they were acknowledged ${whenWords(view, lost_ones)}.${doubled}`;
  }
  return `All ${figure(acked)} acknowledged writes are stored${duplicated === 0 ? ', each once' : ''}.${doubled}`;
}

function countsTable(view: View, read: LedgerRead): Block {
  const { acked, stored, lost, duplicated, uncertain, uncertain_stored, unsent } = read;
  const when = (ones: readonly One[]): string => (ones.length === 0 ? '' : whenWords(view, ones));
  const split =
    uncertain === 0
      ? ''
      : `${figure(uncertain_stored)} stored all the same, ${figure(uncertain - uncertain_stored)} not`;
  return table(
    ['', '>writes', 'meaning'],
    [
      ['acknowledged', figure(acked), 'answered as a success'],
      ['stored', figure(stored), 'read back when the load had ended and nothing was in flight'],
      [[strong('lost')], figure(lost), words('acknowledged, and not stored', when(read.lost_ones))],
      [
        [strong('duplicated')],
        figure(duplicated),
        words('stored more than once', when(read.duplicated_ones)),
      ],
      ['uncertain', figure(uncertain), words('sent and not acknowledged', split)],
      ['never sent', figure(unsent), 'so neither acknowledged nor stored'],
    ],
  );
}

const words = (meaning: string, more: string): string => (more === '' ? meaning : `${meaning}: ${more}`);

/** When writes were acknowledged, relative to the fault: `+3.20 s to +4.10 s (while the fault lasted)`. */
function whenWords(view: View, ones: readonly One[]): string {
  const times = ones.map(({ t }) => t);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const places = [...new Set(times.map((t) => placeOf(view, t)))];
  const span = first === last ? at(view, first) : `between ${at(view, first)} and ${at(view, last)}`;
  return view.injected ? `${span} (${listed(places)})` : span;
}

const at = (view: View, t: Nanos): string => moment(since(view, t));

function placeOf(view: View, t: Nanos): string {
  const { fault } = view.result.windows;
  if (fault === undefined || t < fault.from) return 'before the fault';
  return t < fault.to ? 'while the fault lasted' : 'after it was over';
}

/** The writes themselves, by name, where it is worth a look. */
function onesBlocks(
  view: View,
  what: string,
  { ones, count }: { ones: readonly One[]; count: number },
): Block[] {
  if (ones.length === 0) return [];
  const rows = ones.map((one) => [[code(one.id)], at(view, one.t), clock(view, one.t), figure(one.stored)]);
  const title = ones.length < count ? `The first ${ones.length} of ${figure(count)} ${what}` : `All ${what}`;
  return [details(title, [table(['Write', '>ended', 'UTC', '>times stored'], rows)])];
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
