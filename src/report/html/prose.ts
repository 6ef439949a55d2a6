import { plain } from './inline.ts';

/** `code`, **strong** and _emphasis_ of one line of Markdown; all else is text. */
function line(text: string): string {
  return plain(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[\s(])_([^_]+)_(?=$|[\s).,;:!?])/g, '$1<em>$2</em>');
}

function paragraphHtml(text: string): string {
  const lines = text.split('\n');
  const heading = /^(#{1,6})\s+(.*)$/.exec(lines[0] ?? '');
  if (heading !== null && lines.length === 1) return `<h3>${line(heading[2] ?? '')}</h3>`;
  const items = lines.map((one) => /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(one)?.[1]);
  if (items[0] === undefined) return `<p>${lines.map(line).join('<br>')}</p>`;
  const merged: string[] = [];
  for (const [index, item] of items.entries()) {
    if (item !== undefined) merged.push(item);
    else merged.push(`${merged.pop() ?? ''} ${lines[index]?.trim() ?? ''}`);
  }
  return `<ul>${merged.map((item) => `<li>${line(item)}</li>`).join('')}</ul>`;
}

/** The little Markdown that people write in 'What we learnt': paragraphs, lists, headings, code, emphasis. */
export const prose = (markdown: string): string =>
  markdown
    .replaceAll('\r\n', '\n')
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== '')
    .map((part) => paragraphHtml(part.trim()))
    .join('\n');
