import { createHash } from 'node:crypto';
import { learntBegin, learntEnd } from '../learnt.ts';

const digest = (html: string): string => createHash('sha256').update(html.trim()).digest('hex').slice(0, 16);

const mark = /<!-- as written: ([0-9a-f]{16}) -->/;
const keptBegin = '<div class="kept">';

/** The inside of 'What we learnt' with its markers; `kept` is what people wrote into the page itself. */
export function markLearnt(html: string, kept?: string): string {
  const extra = kept === undefined ? '' : `\n${keptBegin}${kept}</div><!-- kept -->`;
  const inner = `${html}${extra}`;
  return `${learntBegin}<!-- as written: ${digest(inner)} -->\n${inner}\n${learntEnd}`;
}

/**
 * What people wrote into an earlier page: the whole inside where it was edited since it was written, or what had been
 * kept from before; absent where it is as we wrote it.
 */
export function keptHtml(page: string): string | undefined {
  const from = page.indexOf(learntBegin);
  const to = page.lastIndexOf(learntEnd);
  if (from < 0 || to < from) return undefined;
  const inside = page.slice(from + learntBegin.length, to);
  const written = mark.exec(inside)?.[1];
  const inner = inside.replace(mark, '').trim();
  if (written !== digest(inner)) return inner;
  const kept = inner.indexOf(keptBegin);
  return kept < 0
    ? undefined
    : inner.slice(kept + keptBegin.length, inner.lastIndexOf('</div><!-- kept -->'));
}
