import { scriptFile } from '../../reach/hosts/script.ts';

const file = (name: string): string => scriptFile(import.meta.dirname, name);
const attempt = file('attempt.sh');
const tc = file('tc.sh');

/** The scripts of what is done by a table of nftables. */
export const nftScripts = {
  inject: file('nft-inject.sh'),
  undo: file('nft-undo.sh'),
  probe: `${attempt}\n${file('nft-probe.sh')}`,
};

/** The scripts of what hangs on interfaces. */
export const tcScripts = {
  inject: `${tc}\n${file('tc-inject.sh')}`,
  undo: `${tc}\n${file('tc-undo.sh')}`,
  probe: `${tc}\n${attempt}\n${file('tc-probe.sh')}`,
};

const reset = file('reset.sh');

/** The scripts of what ends connections. */
export const resetScripts = {
  inject: `${reset}\n${file('reset-inject.sh')}`,
  undo: file('reset-undo.sh'),
  probe: `${reset}\n${file('reset-probe.sh')}`,
};
