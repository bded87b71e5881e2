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
 * Chrome keeps decoded pictures, shown or not, up to this many bytes, then drops the oldest. Found with Chromium 156: a page that was
 * given 1,500 frames of 640x360 one after the other held 736 MB from the 600th on, to the megabyte.
 */
const PICTURES_LIMIT = 512 * 1024 * 1024;

/** Figures of which a reading may be low by a whole process: one that has not come yet, or has just gone. */
const BY_PROCESSES: ReadonlySet<Figure> = new Set(["chromeMemory", "chromePictures"]);

/** Figures that count what a living page holds, and are steady: none of the readings after the first may be above them. */
const AT_ALL_TIMES: ReadonlySet<Figure> = new Set(["blobs"]);

/**
 * The least of the last states against the least of the first, three of each at most: what leaks raises the least as well, what only
 * comes and goes does not. Of Chrome's memory it is the median of the first, the upper of two: see {@link BY_PROCESSES}. Of blobs it
 * is the most of all that come after the first: one page must not gather what the next one, like the first ones, has not gathered yet.
 * @param states after the warm-up, in their order; at least two.
 */
export function growth(states: readonly State[]): Growth[] {
  const window = Math.min(3, Math.floor(states.length / 2));
  if (window < 1) throw new RangeError("two states are needed to compare");
  return FIGURES.map((figure) => {
    const values = states.map((state) => state[figure]);
    const first = values.slice(0, window).toSorted((a, b) => a - b);
    const before = first[BY_PROCESSES.has(figure) ? window >> 1 : 0] ?? 0;
    const after = AT_ALL_TIMES.has(figure)
      ? Math.max(...values.slice(window))
      : Math.min(...values.slice(-window));
    const limit = figure === "chromePictures" ? Math.max(before, PICTURES_LIMIT) : before;
    return { figure, before, after, grew: after > limit * MOST };
  });
}
