import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';

/** Seconds between two questions, the timeout in whole seconds, name, type, server, port, and `stay` or `check`. */
export const dnsScript = scriptOf(scriptFile(import.meta.dirname, 'dns.sh'));
