import type { Bend, Struggle } from '../../judge/compare/struggle.ts';
import { counted, listed } from '../words/figures.ts';

/** Where it gives way, in sentences in which `backticks` mean code. */
export function struggleWords(struggle: Struggle, varied: string): string[] {
  const { bends, always, doubtful, unfit, at, upTo } = struggle;
  const first = bends.filter((bend) => bend.first?.value === at);
  const later = bends.filter((bend) => bend.first?.value !== at);
  const everything = always.length === 0 ? 'Everything' : 'Everything else';
  const held = upTo === undefined ? '' : ` ${everything} held up to ${upTo}.`;
  const named = (all: readonly Bend[]): string => listed(all.map(bendText));
  return [
    ...(at === undefined
      ? [noneText(struggle, varied)]
      : [
          `It begins to struggle at \`${varied}\` = ${at}: ${named(first)} ${first.length === 1 ? 'does' : 'do'} not hold any more.${held}`,
        ]),
    ...(later.length === 0
      ? []
      : [`Later: ${listed(later.map((bend) => `${bendText(bend)} from ${bend.first?.value ?? ''} on`))}.`]),
    ...(always.length === 0
      ? []
      : [`Broken at the first value already, so the value does not explain it: ${named(always)}.`]),
    ...(unfit.length === 0
      ? []
      : [
          `At ${listed(unfit)} we were not fit to judge it ourselves (the runs say why), so it may be our load that struggles there.`,
        ]),
    ...(doubtful.length === 0
      ? []
      : [`Not known at every value before that, so it may be earlier: ${listed(doubtful.map(doubtText))}.`]),
  ];
}

function noneText({ upTo, doubtful, always }: Struggle, varied: string): string {
  if (upTo !== undefined)
    return `${always.length === 0 ? 'Everything' : 'Everything else'} held at every value of \`${varied}\` up to ${upTo}: where it struggles is beyond.`;
  if (doubtful.length > 0)
    return `Nothing was seen to give way as \`${varied}\` rises, but not all of it is known.`;
  return always.length > 0
    ? `Nothing that held at the first value of \`${varied}\` broke at a later one.`
    : `There is no \`steady\` and no prediction that could give way as \`${varied}\` rises.`;
}

function bendText({ is, text, first }: Bend): string {
  const runs =
    first === undefined || first.runs < 2 ? '' : ` (${first.broken} of ${counted(first.runs, 'run')})`;
  return `${is === 'steady' ? 'steady' : 'the prediction'} \`${text}\`${runs}`;
}

function doubtText({ text, each }: Bend): string {
  const values = each.filter(({ unknown }) => unknown > 0).map(({ value }) => value);
  return `\`${text}\` at ${listed(values)}`;
}
