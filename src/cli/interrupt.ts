/** What a second ctrl-C is answered with, whether there is something to undo or not. */
export const ALREADY_ENDING =
  '(already ending; what is injected is undone, by the guardian even if this process dies)';

/** Aborts at the first ctrl-C or SIGTERM; a second one changes nothing: undo is already under way. */
export function interruptSignal(onRepeat: () => void): AbortSignal {
  const controller = new AbortController();
  const names = { SIGINT: 'ctrl-C', SIGTERM: 'SIGTERM (aftershock stop)', SIGHUP: 'the terminal was closed' };
  for (const [name, text] of Object.entries(names)) {
    process.on(name, () => {
      if (controller.signal.aborted) onRepeat();
      else controller.abort(text);
    });
  }
  return controller.signal;
}
