/** Whether what is held grows: the states at the end against those after the first frames. */
import { FIGURES, type Figure, type State } from "./state.ts";

export interface Growth {
  readonly figure: Figure;
  readonly before: number;
  readonly after: number;
  readonly grew: boolean;
}

/** Most that a figure may be above what it was. */
const MOST = 1.05;

/**
 * The medians of the first and the last states, three of each at most.
 * @param states after the warm-up, in their order; at least two.
 */
export function growth(states: readonly State[]): Growth[] {
  const window = Math.min(3, Math.floor(states.length / 2));
  if (window < 1) throw new RangeError("two states are needed to compare");
  return FIGURES.map((figure) => {
    const values = states.map((state) => state[figure]);
    const [before, after] = [median(values.slice(0, window)), median(values.slice(-window))];
    return { figure, before, after, grew: after > before * MOST };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
