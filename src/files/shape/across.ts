import type { AnyFault } from '../../model/contracts/fault.ts';
import type { System, Timing } from '../../model/experiment.ts';
import type { Place, Problem } from '../../model/result.ts';
import { formatDuration } from '../../model/units.ts';
import { scheduleOf } from '../planning/schedule.ts';
import type { Source } from '../read/source.ts';
import type { Entries } from './entries.ts';
import { unknownHosts } from './hosts.ts';
import { needsCluster, noCluster } from './system.ts';

/** Times that contradict each other. */
export function timingProblems(source: Source, timing: Timing): Problem[] {
  const rules: [wrong: boolean, key: keyof Timing, message: string, fix: string][] = [
    [
      timing.sliding > timing.baseline,
      'baseline',
      `the baseline (${formatDuration(timing.baseline)}) is shorter than the time steady is measured over (sliding: ${formatDuration(timing.sliding)})`,
      `Make \`baseline\` at least ${formatDuration(timing.sliding)}.`,
    ],
    [
      timing.steady_for > timing.recover_within,
      'recover_within',
      `\`steady\` must hold for ${formatDuration(timing.steady_for)}, which is longer than recovery may take (recover_within: ${formatDuration(timing.recover_within)})`,
      'Make `recover_within` longer, or `steady_for` shorter.',
    ],
  ];
  return rules.flatMap(([wrong, key, message, fix]) =>
    wrong ? [{ code: 'field-wrong' as const, message, at: source.placeOf(['timing', key]), fix }] : [],
  );
}

interface Across {
  read: { entries: Entries; timing: Timing; problems: readonly Problem[] };
  system: { system: System } | undefined;
}

/** What only both files together show: a fault held longer than the system allows, a fault without its cluster. */
export function acrossProblems(source: Source, { read, system }: Across): Problem[] {
  const held = read.problems.length > 0 ? [] : heldTimes(read);
  return [
    ...(system === undefined ? [] : againstSystem(source, read, system.system)),
    ...(system === undefined
      ? []
      : heldTooLong(source, { read, held, most: system.system.limits.duration_s })),
  ];
}

/** How long each entry is held that has no time of its own, from the other entries. */
function heldTimes({ entries, timing }: Across['read']): { id: string; held_s: number }[] {
  const instant = new Set(
    entries.written.flatMap(({ fault, id }) => (fault?.duration === 'instant' ? [id] : [])),
  );
  const isInstant = ({ id }: { id: string }): boolean => instant.has(id);
  const open = entries.entries.filter((entry) => entry.for_s === undefined && !isInstant(entry));
  return scheduleOf(entries.entries, { hold_s: timing.hold, isInstant }).entries.flatMap(
    ({ id, start_s, end_s }) =>
      open.some((entry) => entry.id === id) ? [{ id, held_s: end_s - start_s }] : [],
  );
}

const placeOfEntry = (source: Source, { entries }: Across['read'], id: string): Place =>
  source.placeOf(entries.written.find((entry) => entry.id === id)?.path ?? []);

function againstSystem(source: Source, read: Across['read'], system: System): Problem[] {
  const { lab, kubernetes, limits, file } = system;
  const needing = read.entries.written.find(({ fault }) => fault !== undefined && needsCluster(fault.name));
  const cluster =
    needing === undefined || (lab !== undefined && lab.hosts === undefined) || kubernetes !== undefined
      ? []
      : [
          noCluster(
            { placeOf: (): Place => ({ file, line: 1, column: 1 }) },
            `the fault \`${needing.fault?.name}\``,
          ),
        ];
  const irreversible = read.entries.written.flatMap(({ fault, path, id }) => {
    if (fault === undefined || limits.allow.includes(fault.name)) return [];
    const params = read.entries.entries.find((entry) => entry.id === id)?.params;
    const nothing = fault.undoKind === 'none' || (params !== undefined && fault.irreversible?.(params));
    return nothing ? [irreversibleProblem(source.placeOf([...path, 'fault']), fault)] : [];
  });
  const users = read.entries.written.map(({ path }) => ({ source, path: [...path, 'target'] }));
  const hosts = unknownHosts(users, [...Object.keys(system.hosts ?? {}), ...(lab?.hosts ?? [])]);
  return [...cluster, ...hosts, ...irreversible, ...tooLong(source, read, limits.duration_s)];
}

const irreversibleProblem = (at: Place, { name, undoKind }: AnyFault): Problem => {
  const named = `Name what brings it back (\`aftershock faults ${name}\`)`;
  const allow = `add it to \`limits: { allow: [${name}] }\` of the system file.`;
  const always = undoKind === 'none';
  return {
    code: 'limit-exceeded',
    message: always ? `nothing undoes \`${name}\`` : `nothing undoes \`${name}\` as it is written here`,
    at,
    found: name,
    fix: always ? `If that is meant, ${allow}` : `${named}; or, if that is meant, ${allow}`,
  };
};

function tooLong(source: Source, { entries }: Across['read'], most: number): Problem[] {
  return entries.written.flatMap(({ path, id }) => {
    const entry = entries.entries.find((one) => one.id === id);
    if (entry?.for_s === undefined || entry.for_s <= most) return [];
    return [
      {
        code: 'limit-exceeded' as const,
        message: `\`${id}\` would be held longer than this system allows`,
        at: source.placeOf([...path, 'for']),
        found: formatDuration(entry.for_s),
        expected: atMost(most),
        fix: `Write \`for: ${formatDuration(most)}\` or less, or raise \`limits.duration\`.`,
      },
    ];
  });
}

function heldTooLong(
  source: Source,
  {
    read,
    held,
    most,
  }: { read: Across['read']; held: readonly { id: string; held_s: number }[]; most: number },
): Problem[] {
  return held
    .filter(({ held_s }) => held_s > most)
    .map(({ id, held_s }) => ({
      code: 'limit-exceeded',
      message: `\`${id}\` has no \`for:\` and would be held longer than this system allows, until the others end`,
      at: placeOfEntry(source, read, id),
      found: formatDuration(held_s),
      expected: atMost(most),
      fix: `Give \`${id}\` a \`for:\` of ${formatDuration(most)} or less, or raise \`limits.duration\`.`,
    }));
}

const atMost = (most: number): string =>
  `at most ${formatDuration(most)} (limits.duration of the system file)`;
