import { blockHtml } from '../html/blocks.ts';
import { plain } from '../html/inline.ts';
import { shell } from '../html/render.ts';
import { blockMarkdown, type ChartFile } from '../markdown/blocks.ts';
import { plainMarkdown } from '../markdown/inline.ts';
import type { RunsPage } from './document.ts';

/** A page about runs as one self-contained HTML file: no network, no script. */
export function runsHtml(page: RunsPage): string {
  const sections = page.sections.map(
    ({ id, title, blocks }) =>
      `<section id="${id}"><h2>${plain(title)}</h2>\n${blocks.map((block) => blockHtml(block, { learnt: '' })).join('\n')}\n</section>`,
  );
  return shell(
    page.title,
    `<div class="page broad"><main>
<header>
<p class="brand"><strong>aftershock</strong> ${plain(page.kind)}</p>
<h1>${plain(page.title)}</h1>
<p class="question">${plain(page.question)}</p>
</header>
${sections.join('\n')}
<footer><p>${plain(page.foot)}</p></footer>
</main></div>`,
  );
}

/** The same as GitHub-flavoured Markdown; its pictures lie in `folder`, seen from the text. */
export function runsMarkdown(page: RunsPage, folder: string): { markdown: string; charts: ChartFile[] } {
  const sheet = { learnt: '', charts: [] as ChartFile[], folder };
  const parts = [
    `# ${plainMarkdown(page.title)}`,
    `*${plainMarkdown(page.question)}*`,
    ...page.sections.flatMap(({ title, blocks }) => [
      `## ${plainMarkdown(title)}`,
      ...blocks.map((block) => blockMarkdown(block, sheet)),
    ]),
    '---',
    plainMarkdown(page.foot),
  ];
  return { markdown: `${parts.join('\n\n')}\n`, charts: sheet.charts };
}
