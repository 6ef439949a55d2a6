import { type BladeAction, given } from './given.ts';

const MOST_MIB = 2 ** 30;

/** ChaosBlade's own, where none is given. */
const DEFAULT_PATH = '/';
const DEFAULT_BLOCK_MIB = 10;

export const diskFill: BladeAction = {
  flags: { path: 'value', size: 'value', percent: 'value', reserve: 'value', 'retain-handle': 'switch' },
  without: {
    'retain-handle': 'the file is there until the undo removes it; nobody needs to hold it open',
  },
  turn: (from) => {
    const path = from.text('path') ?? DEFAULT_PATH;
    const percent = from.number('percent', { min: 1, max: 100 });
    const reserve = from.number('reserve', { min: 0, max: MOST_MIB });
    const size = from.number('size', { min: 1, max: MOST_MIB });
    const amounts = [
      { flag: 'percent', with: { percent: `${percent}%` }, given: percent !== undefined },
      { flag: 'reserve', with: { reserve: `${reserve}Mi` }, given: reserve !== undefined },
      { flag: 'size', with: { size: `${size}Mi` }, given: size !== undefined },
    ].filter((one) => one.given);
    const [amount, ...beaten] = amounts;
    if (amount === undefined)
      from.wrong({
        message: 'it does not say how much of the disk',
        expected: '--percent, --reserve or --size',
        fix: 'Write one of them: `--percent 90`.',
      });
    for (const { flag } of beaten)
      from.note(`--${flag} is not carried over: --${amount?.flag} wins over it.`);
    return [{ id: 'disk', fault: 'disk.fill', with: given({ path, ...amount?.with }) }];
  },
};

export const diskBurn: BladeAction = {
  flags: { read: 'switch', write: 'switch', size: 'value', path: 'value' },
  turn: (from) => {
    const path = from.text('path') ?? DEFAULT_PATH;
    const block = `${from.number('size', { min: 1, max: MOST_MIB }) ?? DEFAULT_BLOCK_MIB}Mi`;
    const modes = (['read', 'write'] as const).filter((mode) => from.is(mode));
    const [mode] = modes;
    if (mode === undefined) from.wrong(noMode);
    from.note(
      'The files have no name and are 64Mi each unless `size:` is told; ChaosBlade writes 100 blocks.',
    );
    return [
      {
        id: 'disk',
        fault: 'disk.load',
        with: given({ path, mode: modes.length > 1 ? modes : mode, block }),
      },
    ];
  },
};

const noMode = {
  message: 'it does not say whether to read or to write',
  expected: '--read, --write, or both',
  fix: 'Write one of them.',
};
