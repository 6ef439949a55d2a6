import type { PredictionResult } from '../../model/verdict.ts';
import { meanBrier } from '../predictions.ts';

/** The mean Brier score of predictions, and of how many. */
export interface Score {
  brier: number;
  count: number;
}

/** What was said with about the same confidence, and how much of it held. */
export interface Band {
  /** 0.8: what was said from 0.75 up to 0.85. */
  said: number;
  held: number;
  count: number;
}

type Scored = Pick<PredictionResult, 'verdict' | 'confidence' | 'brier'>;

const isScored = (prediction: Scored): boolean => prediction.brier !== undefined;

/** The Brier score over all scored predictions of any number of runs; undefined where there is none. */
export function scoreOf(predictions: readonly PredictionResult[]): Score | undefined {
  const brier = meanBrier(predictions);
  return brier === undefined ? undefined : { brier, count: predictions.filter(isScored).length };
}

/** Calibration: scored predictions by confidence, to the nearest 10 %, the least sure first. */
export function calibrationOf(predictions: readonly Scored[]): Band[] {
  const bands = new Map<number, Band>();
  for (const { confidence, verdict } of predictions.filter(isScored)) {
    const said = Math.round((confidence ?? 0) * 10) / 10;
    const band = bands.get(said) ?? { said, held: 0, count: 0 };
    bands.set(said, { ...band, count: band.count + 1, held: band.held + (verdict === 'held' ? 1 : 0) });
  }
  return [...bands.values()].sort((a, b) => a.said - b.said);
}

/** Fewer scored predictions say little. */
const FEW = 10;

/** What a score means: 0 is perfect, 0.25 is what a coin gets, 1 is always sure and always wrong. */
export function scoreWords({ brier, count }: Score): string {
  const few = count < FEW ? '; too few to tell much' : '';
  if (brier <= 0.05) return `nearly perfect${few}`;
  if (brier <= 0.15) return `good, well below a coin toss${few}`;
  if (brier < 0.24) return `better than a coin toss${few}`;
  if (brier <= 0.26) return `no better than a coin toss${few}`;
  return `worse than a coin toss: too sure of what did not come${few}`;
}
