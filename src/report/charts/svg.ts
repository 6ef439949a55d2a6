import { clean } from '../document/clean.ts';
import { escapeHtml } from '../html/escape.ts';
import type { Chart } from './chart.ts';
import { colour, ink } from './theme.ts';

interface Finish {
  chart: Pick<Chart, 'name' | 'says'>;
  ground: 'page' | 'alone';
  width: number;
  height: number;
}

/** One tag: attributes only, so that no text of the picture is ever touched. */
const tidyTag = (tag: string, id: string): string =>
  tag
    .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-(c\d+)/g, `${id}-$1`)
    .replace(/font-family:sans-serif;?/g, '')
    .replace(/style="font-size:(\d+)px;(?:font-weight:(\d+);?)?"/g, (_, size: string, weight?: string) =>
      weight === undefined || weight === '400'
        ? `font-size="${size}"`
        : `font-size="${size}" font-weight="${weight}"`,
    )
    .replace(/(\d+\.\d{2})\d+/g, '$1');

/**
 * Takes what only a live page needs (hover styles, hit areas, marks for scripts) off the library's SVG, gives ids
 * that are unique on the page, says what it shows, and puts the colours in.
 */
export function tidy(svg: string, of: Finish): string {
  const id = `${of.chart.name}-${of.width}`;
  const inner = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<rect[^>]*fill="none"[^>]*><\/rect>/, '')
    .replace(/<[^>]+>/g, (tag) => tidyTag(tag, id))
    .replace(/>\n+</g, '><')
    .trim();
  const says = escapeHtml(clean(of.chart.says));
  const alone = of.ground === 'alone';
  const size = alone ? ` width="${of.width}" height="${of.height}"` : '';
  const ground = alone ? `<rect width="${of.width}" height="${of.height}" fill="${ink('ground')}"/>` : '';
  const font = alone
    ? ` font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"`
    : '';
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${of.width} ${of.height}"${size}${font} role="img" aria-label="${says}">`;
  return colour(`${open}${ground}${inner}</svg>`, of.ground);
}
