import type { Role } from './chart.ts';

/** Everything that has a colour. */
export type Paint =
  | Role
  | 'ink'
  | 'quiet'
  | 'grid'
  | 'ground'
  | 'fault'
  | 'recovery'
  | 'gap'
  | 'inject'
  | 'undo'
  | 'notice';

/**
 * Colours after Okabe and Ito, which the colour-blind can tell apart, made a little darker on light and lighter on
 * dark ground; lines differ in width or dash as well.
 */
const paints: Record<Paint, { light: string; dark: string }> = {
  ink: { light: '#1d2733', dark: '#e4e9ef' },
  quiet: { light: '#64707d', dark: '#98a4b1' },
  grid: { light: '#e4e8ec', dark: '#2a323c' },
  ground: { light: '#ffffff', dark: '#151b22' },
  fault: { light: '#e69f00', dark: '#e69f00' },
  recovery: { light: '#0072b2', dark: '#4aa8e0' },
  gap: { light: '#8b96a2', dark: '#7c8894' },
  inject: { light: '#b84500', dark: '#ff8f4d' },
  undo: { light: '#00639c', dark: '#5fb6ea' },
  notice: { light: '#8a3f7c', dark: '#dd9bd0' },
  wanted: { light: '#64707d', dark: '#a3aeba' },
  good: { light: '#008a63', dark: '#2cc496' },
  answered: { light: '#0072b2', dark: '#56b4e9' },
  median: { light: '#008a63', dark: '#2cc496' },
  high: { light: '#0072b2', dark: '#56b4e9' },
  worst: { light: '#d55e00', dark: '#ff8a3d' },
  service: { light: '#7f9fb8', dark: '#5f7f9a' },
  bad: { light: '#c8401f', dark: '#ff7d5c' },
  tone1: { light: '#d55e00', dark: '#ff8a3d' },
  tone2: { light: '#b0528f', dark: '#e29bcb' },
  tone3: { light: '#c79200', dark: '#f0c04a' },
  tone4: { light: '#0072b2', dark: '#56b4e9' },
  tone5: { light: '#008a63', dark: '#2cc496' },
  tone6: { light: '#64707d', dark: '#a3aeba' },
};

const names = Object.keys(paints) as Paint[];

/** Stand-ins that survive the drawing library untouched and are replaced afterwards by the real colour. */
const standIns = new Map(names.map((name, index) => [name, `#fade${(index + 16).toString(16)}`]));

/** The colour to draw with. */
export const ink = (paint: Paint): string => standIns.get(paint) ?? '#fade00';

/** Puts the colours in: CSS variables for the page, the light palette for a file that stands alone. */
export function colour(svg: string, ground: 'page' | 'alone'): string {
  return svg.replace(/#fade([0-9a-f]{2})/g, (_, index: string) => {
    const name = names[Number.parseInt(index, 16) - 16] ?? 'ink';
    return ground === 'page' ? `var(--c-${name})` : paints[name].light;
  });
}

/** The palette as CSS declarations. */
export const palette = (ground: 'light' | 'dark'): string =>
  names.map((name) => `--c-${name}:${paints[name][ground]}`).join(';');
