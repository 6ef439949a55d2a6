import { compose } from '../compose.ts';
import type { Head, Report } from '../document/blocks.ts';
import type { ReportInput } from '../input.ts';
import { blockHtml, learntHtml, type Page } from './blocks.ts';
import { icon } from './icons.ts';
import { inline, plain } from './inline.ts';
import { markLearnt } from './kept.ts';
import { style } from './style.ts';

function head(of: Head): string {
  const reasons = of.reasons.map((reason) => `<li>${inline(reason)}</li>`).join('');
  const summary = of.summary.length === 0 ? '' : `<p class="summary">${inline(of.summary)}</p>`;
  const meta = of.meta
    .map((one) => `<div><dt>${plain(one.label)}</dt><dd>${plain(one.value)}</dd></div>`)
    .join('');
  return `<header>
<p class="brand"><strong>aftershock</strong> postmortem</p>
<h1>${plain(of.title)}</h1>
<p class="question">${plain(of.question)}</p>
<dl class="meta">${meta}</dl>
</header>
<section class="verdict ${of.tone}" aria-label="Verdict">
${icon(of.icon)}
<div><p class="word">${plain(of.word)}</p>
<p class="lead">${inline(of.lead)}</p>
${summary}${reasons === '' ? '' : `<ul>${reasons}</ul>`}</div>
</section>`;
}

const contents = (report: Report): string =>
  `<nav aria-label="Contents"><ol>${report.sections.map((one) => `<li><a href="#${one.id}">${plain(one.title)}</a></li>`).join('')}</ol></nav>`;

function body(report: Report, page: Page): string {
  const sections = report.sections.map(
    (one) =>
      `<section id="${one.id}"><h2>${plain(one.title)}</h2>\n${one.blocks.map((block) => blockHtml(block, page)).join('\n')}\n</section>`,
  );
  return `${head(report.head)}
${report.top.map((block) => blockHtml(block, page)).join('\n')}
${sections.join('\n')}
<footer><p>${plain(report.foot)}</p></footer>`;
}

/** No network, no script: also if something in it slipped through, the browser refuses. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** One self-contained page: its title, and the inside of its body. */
export const shell = (title: string, inside: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${plain(title)}</title>
<style>${style}</style>
</head>
<body>
${inside}
</body>
</html>
`;

/** A composed report as one self-contained page. `kept` is HTML that people wrote into an earlier page. */
export function pageOf(report: Report, kept?: string): string {
  const page = { learnt: markLearnt(learntHtml(report.learnt), kept) };
  return shell(
    `${report.head.word}: ${report.head.title}`,
    `<div class="page">
${contents(report)}
<main>
${body(report, page)}
</main>
</div>`,
  );
}

/** The postmortem as one self-contained HTML page: no network, no script. */
export const renderHtml = (input: ReportInput): string => pageOf(compose(input));
