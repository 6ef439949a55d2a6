import { type Place, scriptText, told } from './place.ts';

const observer = scriptText('observer.bash');
const log = (place: Place): string =>
  place.kind === 'ssh' ? '/dev/shm/drill-log' : `${place.folder}/../observed`;

/** What was written down on the host about the records of injections, by its uptime in seconds. */
export interface Observed {
  seen?: number;
  /** The lease was renewed last (or begun). */
  renewed?: number;
  /** All records were gone, and none has come since. */
  gone?: number;
}

/** Starts to watch; it goes on until the host is reset, or `endObserver`. */
export const startObserver = async (place: Place): Promise<void> => {
  const line = 'setsid bash -c "$1" bash "$2" /var/lib/aftershock "$3" </dev/null >/dev/null 2>&1 &';
  await told(place, line, [observer, place.records, log(place)]);
};

export const endObserver = async (place: Place): Promise<void> => {
  const line = 'read -r _ pid <"$1" && kill -s KILL "$pid"; rm -f "$1"; exit 0';
  await place.sh(line, [log(place)]);
};

/** What it has seen so far; undefined where the host does not answer. */
export async function observed(place: Place): Promise<Observed | undefined> {
  const { code, stdout } = await place.sh(
    'while read -r line; do echo "$line"; done <"$1"',
    [log(place)],
    8_000,
  );
  return code === 0 ? readLog(stdout) : undefined;
}

export function readLog(text: string): Observed {
  const found: Observed = {};
  for (const line of text.split('\n')) {
    const [what, at] = line.split(' ');
    if (what === 'seen') {
      found.seen ??= Number(at);
      delete found.gone;
    } else if (what === 'renewed' || what === 'gone') found[what] = Number(at);
  }
  return found;
}
