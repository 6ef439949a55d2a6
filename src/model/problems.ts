/** Exit codes of the command line, as promised in the README; the first that applies wins. */
export const exitCodes = {
  asPredicted: 0,
  deviated: 1,
  usage: 2,
  inconclusive: 3,
  aborted: 4,
  unrecovered: 5,
  refused: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * Every code that a problem can have: the exit code it leads to and when it occurs.
 * `docs/errors.md` is generated from this table.
 */
export const problemTable = {
  usage: { exit: 2, when: 'The command line has a wrong or missing argument.' },
  'file-missing': { exit: 2, when: 'A file that was named does not exist or cannot be read.' },
  'yaml-broken': { exit: 2, when: 'A file is not valid YAML.' },
  'field-wrong': { exit: 2, when: 'A field has the wrong type, unit or value.' },
  'field-unknown': { exit: 2, when: 'A file has a key that does not exist there.' },
  'name-unknown': { exit: 2, when: 'A name (fault, signal, measure, id) does not exist.' },
  'expression-wrong': { exit: 2, when: 'An expression cannot be parsed or does not type-check.' },
  'order-circular': { exit: 2, when: 'Faults wait for each other in a circle.' },
  'secret-missing': { exit: 2, when: 'A ${env:…} or ${file:…} that a file names is not there.' },
  'secret-inline': { exit: 2, when: 'A secret is written into a file instead of being referred to.' },
  'system-unreachable': {
    exit: 2,
    when: 'The system (cluster, host) cannot be reached or refuses the credentials.',
  },
  'rights-missing': { exit: 2, when: 'The credentials may not do what the experiment needs.' },
  'target-missing': { exit: 2, when: 'A target matches nothing.' },
  'target-unsuitable': { exit: 2, when: 'A target exists but this fault must not or cannot be put on it.' },
  'confirmation-missing': { exit: 2, when: 'There is no terminal to ask on and --yes was not given.' },
  'limit-exceeded': { exit: 6, when: 'The experiment reaches further than `limits` allow.' },
  protected: { exit: 6, when: 'A target is protected (kube-system, or named under limits.protect).' },
  locked: { exit: 6, when: 'Another run is breaking the same system now.' },
  'not-steady': { exit: 3, when: '`steady` did not hold in the baseline; nothing was injected.' },
  'signal-failed': { exit: 3, when: 'A signal could not start or stopped observing.' },
  'inject-failed': { exit: 3, when: 'A fault could not be injected; what had been injected was undone.' },
  'undo-failed': { exit: 5, when: 'An undo has not succeeded yet; `aftershock heal` finishes it.' },
  'recording-broken': { exit: 3, when: 'A recording is missing, truncated or of an unknown version.' },
  'recording-too-large': {
    exit: 3,
    when: 'A recording does not fit into the memory that is there to judge it.',
  },
  'disk-full': { exit: 3, when: 'The recording could not be written.' },
  'lab-failed': { exit: 3, when: 'A lab did not start or stop.' },
} as const satisfies Record<string, { exit: ExitCode; when: string }>;

export type ProblemCode = keyof typeof problemTable;
