/** What is labelled on charts and what it means, in Markdown: the text of docs/reading.md and of the report's own help. */
export const labelRules: readonly (readonly [string, string])[] = [
  [
    'Hatched, not observed',
    'a gap: nothing is known there, neither good nor bad, and no line is drawn across it; the label says from when to when, and why (cut off, no sample came, our own clock jumped). Silence is not health',
  ],
  [
    'Counter reset (↺, dotted line)',
    'a counter began again from zero, because the process that counted restarted: a flat line at zero just there is the restart, not a lack of work',
  ],
  [
    'Sampled every n s',
    'its values were asked for at that interval and are drawn as steps, never smoothed: steps of that length are the sampling, not the system, and what was shorter was not seen',
  ],
  [
    'Dotted bar at the foot',
    "generator-limited: our own load was over 5 ms late there (judged in stretches of 100 ms), so what is seen may be our fault and not the target's",
  ],
];
