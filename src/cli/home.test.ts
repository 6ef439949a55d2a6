import { expect, test } from 'vitest';
import { home } from './home.ts';

test('home is AFTERSHOCK_HOME, else a folder of XDG, else of the user; empty counts as not set', () => {
  expect(home({ AFTERSHOCK_HOME: '/a', XDG_STATE_HOME: '/x' })).toBe('/a');
  expect(home({ AFTERSHOCK_HOME: '', XDG_STATE_HOME: '/x' })).toBe('/x/aftershock');
  expect(home({ XDG_STATE_HOME: '' })).toMatch(/\/\.local\/state\/aftershock$/);
});
