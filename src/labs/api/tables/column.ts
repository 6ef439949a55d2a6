import type { KubeObject } from '../objects.ts';

export type Cell = string | number | boolean;

/** A column as the API's Table defines it; those with priority above 0 are shown by `-o wide` only. */
export interface Column {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

/** How one kind is printed. */
export interface Layout {
  columns: Column[];
  cells: (object: KubeObject) => Cell[];
}

/** A column that is always shown. */
export const short = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: 'string',
  format: '',
  description: name,
  priority: 0,
  ...more,
});

/** A column for `-o wide`. */
export const wide = (name: string): Column => short(name, { priority: 1 });

export const NAME = short('Name', { format: 'name' });
export const AGE = short('Age');
