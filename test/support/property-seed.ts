import fc from 'fast-check';

// The same commit gives the same result in CI; everywhere else each run tries other values. A failure prints its seed.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20_261_121 });
