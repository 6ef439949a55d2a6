import { Document, isMap, isSeq } from 'yaml';
import type { JsonObject } from '../../model/json.ts';
import { formatDuration } from '../../model/units.ts';
import type { Imported } from './blade.ts';
import { given } from './given.ts';

export interface ExperimentTextOptions {
  /** The name of the host in the system file. */
  host: string;
  /** The path of the system file, as the experiment names it. */
  system: string;
  /** Whether a fault is over when its effect is: nothing is held then. */
  isInstant(fault: string): boolean;
}

/** As long as a fault is held where the command does not say it, in seconds. */
const HELD_S = 60;
/** `limits.duration` unless told, in seconds. */
const LIMIT_S = 300;

/** The experiment file, with what differs as comments. */
export function experimentText(imported: Imported, options: ExperimentTextOptions): string {
  const { host, system, isInstant } = options;
  const { faults, for_s, from } = imported;
  const names = faults.map(({ fault }) => fault);
  const held = faults.some(({ fault }) => !isInstant(fault));
  const contents = {
    title: `${[...new Set(names)].join(' and ')} on ${host}`,
    question: 'Who notices, and how long does it last?',
    system,
    faults: faults.map((one) =>
      entryOf(one, { host, for_s: isInstant(one.fault) ? undefined : (for_s ?? HELD_S) }),
    ),
  };
  const document = new Document(contents, { aliasDuplicateObjects: false });
  const notes = [...imported.notes, ...timeNotes(for_s, held)];
  document.commentBefore = [` From: ${from}`, ...notes.map((note) => ` - ${note}`)].join('\n');
  document.comment = endComment(imported, host);
  flowInside(document);
  return document.toString({ lineWidth: 0 });
}

/** The system file that it needs at least. */
export function systemText({ ssh, faults, for_s = 0 }: Imported, host: string): string {
  const use =
    ssh === undefined ? 'local' : given({ ssh: ssh.host, user: ssh.user, port: ssh.port, key: ssh.key });
  const limits = given({
    targets: faults.length > 1 ? faults.length : undefined,
    duration: for_s > LIMIT_S ? formatDuration(for_s) : undefined,
    allow: faults.some(isFinal) ? ['process.kill'] : undefined,
  });
  const document = new Document({
    name: 'my hosts',
    hosts: { [host]: use },
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  });
  flow(document.getIn(['hosts', host], true));
  flow(document.get('limits', true));
  return document.toString({ lineWidth: 0 });
}

/** As ChaosBlade does it: nobody is named who starts it again. */
const isFinal = ({ fault, with: params = {} }: Imported['faults'][number]): boolean =>
  fault === 'process.kill' && params['restart'] === undefined && params['supervisor'] === undefined;

function flow(node: unknown): void {
  if (isMap(node)) node.flow = true;
}

function entryOf(
  { id, fault, target = {}, with: params = {} }: Imported['faults'][number],
  { host, for_s }: { host: string; for_s: number | undefined },
): JsonObject {
  return given({
    id,
    fault,
    target: { host, ...target },
    with: Object.keys(params).length === 0 ? undefined : params,
    for: for_s === undefined ? undefined : formatDuration(for_s),
  });
}

function flowInside(document: Document): void {
  const faults = document.get('faults');
  if (!isSeq(faults)) return;
  for (const entry of faults.items) {
    if (isMap(entry)) for (const key of ['target', 'with']) flow(entry.get(key));
  }
}

const timeNotes = (for_s: number | undefined, held: boolean): string[] => {
  if (!held) return for_s === undefined ? [] : ['--timeout is not carried over: nothing is held here.'];
  if (for_s === undefined)
    return [
      `Without --timeout ChaosBlade holds it until \`blade destroy\`; here it is ${HELD_S} s: change \`for\`.`,
    ];
  return [];
};

function endComment(imported: Imported, host: string): string {
  const system = systemText(imported, host).trimEnd();
  const lines = [
    'The system file needs at least:',
    ...system.split('\n').map((line) => `  ${line}`),
    'With `signals:` there, and `steady:` and `predict:` here, the run says who noticed. First: aftershock plan FILE',
  ];
  return lines.map((line) => ` ${line}`).join('\n');
}
