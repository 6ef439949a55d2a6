import { compose } from '../compose.ts';
import type { Report } from '../document/blocks.ts';
import type { ReportInput } from '../input.ts';
import { learntBegin, learntEnd } from '../learnt.ts';
import { blockMarkdown, type ChartFile } from './blocks.ts';
import { inlineMarkdown, plainMarkdown, toneSign } from './inline.ts';

/** A report for a repository: the text and, beside it, `charts/NAME.svg`. */
export interface MarkdownReport {
  markdown: string;
  charts: ChartFile[];
}

function head({ head: of }: Report): string {
  const reasons = of.reasons.map((reason) => `> - ${inlineMarkdown(reason)}`);
  const meta = of.meta.map((one) => `${plainMarkdown(one.label)}: ${plainMarkdown(one.value)}`).join(' · ');
  return [
    `# ${plainMarkdown(of.title)}`,
    `*${plainMarkdown(of.question.trim())}*`,
    [
      `> ## ${toneSign(of.tone)} ${plainMarkdown(of.word)}`,
      '>',
      `> ${inlineMarkdown(of.lead)} ${inlineMarkdown(of.summary)}`.trim(),
      ...(reasons.length === 0 ? [] : ['>', ...reasons]),
    ].join('\n'),
    meta,
  ].join('\n\n');
}

/** A composed report as GitHub-flavoured Markdown. */
export function sheetOf(report: Report): MarkdownReport {
  const charts: ChartFile[] = [];
  const sheet = { charts, learnt: `${learntBegin}\n\n${report.learnt}\n\n${learntEnd}` };
  const parts = [
    head(report),
    ...report.top.map((block) => blockMarkdown(block, sheet)),
    ...report.sections.flatMap((section) => [
      `## ${plainMarkdown(section.title)}`,
      ...section.blocks.map((block) => blockMarkdown(block, sheet)),
    ]),
    '---',
    plainMarkdown(report.foot),
  ];
  return { markdown: `${parts.join('\n\n')}\n`, charts };
}

/** The postmortem as Markdown with its charts as SVG files. */
export const renderMarkdown = (input: ReportInput): MarkdownReport => sheetOf(compose(input));
