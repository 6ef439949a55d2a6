import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';

const place = scriptFile(import.meta.dirname, 'place.sh');

/** A script that knows the folder on the host where locks and records are. */
export const placedScript = (...parts: readonly string[]): string => scriptOf(place, ...parts);
