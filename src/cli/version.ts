import packageJson from '../../package.json' with { type: 'json' };

/** aftershock's own version, as recordings and reports name it. */
export const version: string = packageJson.version;
