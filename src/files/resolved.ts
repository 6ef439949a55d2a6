import { type Document, isMap, parseDocument } from 'yaml';
import { formatDuration, formatPeriod, formatRate } from '../model/units.ts';
import type { Loaded } from './load.ts';

/**
 * Both files for the recording: as they were written, with every default filled in and the experiment pointing at the
 * system file beside it, so that the folder can be read and run again. Secrets are the references that were written.
 */
export function resolvedFiles(loaded: Loaded): { experiment: string; system: string } {
  return { experiment: experimentText(loaded), system: systemText(loaded) };
}

function experimentText({ experiment, sources }: Loaded): string {
  const document = parsed(sources.experiment);
  document.setIn(['system'], 'system.yaml');
  for (const [name, seconds] of Object.entries(experiment.timing)) {
    fill(document, ['timing', name], formatDuration(seconds));
  }
  return document.toString({ lineWidth: 110 });
}

function systemText({ system, sources }: Loaded): string {
  const document = parsed(sources.system);
  const { targets, percent, duration_s } = system.limits;
  for (const [name, value] of Object.entries({ targets, percent, duration: formatDuration(duration_s) })) {
    fill(document, ['limits', name], value);
  }
  for (const { name, rate_per_s, timeout_ms } of system.signals) {
    if (rate_per_s === undefined) continue;
    fill(document, ['signals', name, 'rate'], formatRate(rate_per_s));
    fill(document, ['signals', name, 'timeout'], formatDuration(timeout_ms / 1_000));
  }
  for (const { name, window_s } of system.slo ?? [])
    fill(document, ['slo', name, 'window'], formatPeriod(window_s));
  return document.toString({ lineWidth: 110 });
}

/** Without the line that tells editors where the schema is: that path is another one from the recording. */
const parsed = (text: string): Document =>
  parseDocument(text.replaceAll(/^# *yaml-language-server:.*\r?\n/gm, ''), { prettyErrors: false });

/** Sets what is not there; what stands behind an alias is left as it is written. */
function fill(document: Document, path: readonly string[], value: string | number): void {
  if (document.hasIn(path)) return;
  const parent = path.slice(0, -1);
  const node = document.getIn(parent, true);
  if (node === undefined) document.setIn(path, value);
  else if (isMap(node)) node.set(path.at(-1), value);
}
