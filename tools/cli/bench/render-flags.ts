import type { BenchOptions } from "../../bench/result.js";

/** What the flags of a `hyperframes render` ask for, as far as bench can render like it. */
export interface RenderFlags
  extends Partial<Pick<BenchOptions, "fps" | "workers" | "frameFormat" | "quality">> {
  /** Those that it cannot take over, as they were written. */
  readonly others: readonly string[];
}

/** Names of the options, short ones too. Source: `hyperframes render --help` 0.8.170. */
const NAMES: Readonly<Record<string, "fps" | "workers" | "frameFormat" | "quality" | "output">> = {
  "--fps": "fps",
  "-f": "fps",
  "--workers": "workers",
  "-w": "workers",
  "--video-frame-format": "frameFormat",
  "--quality": "quality",
  "-q": "quality",
  // Where the video goes does not matter.
  "--output": "output",
  "-o": "output",
};

const IRRELEVANT = new Set(["--quiet", "--lint-verbose"]);

/** Reads what HyperFrames is asked for: the flags behind `render`. */
export function renderFlags(args: readonly string[]): RenderFlags {
  const words = args.slice(args.indexOf("render") + 1);
  const taken: {
    fps?: number;
    workers?: number | "auto";
    frameFormat?: BenchOptions["frameFormat"];
    quality?: string;
  } = {};
  const others: string[] = [];
  for (let n = 0; n < words.length; n++) {
    const word = words[n] ?? "";
    if (!word.startsWith("-") || IRRELEVANT.has(word)) continue;
    const [name = "", joined] = word.split(/=(.*)/s);
    const known = NAMES[name];
    const next = words[n + 1];
    // A value of its own, as far as that can be told of an option that is not known.
    const isApart = joined === undefined && next !== undefined && !next.startsWith("-");
    const value = joined ?? (isApart ? next : undefined);
    if (known === undefined) {
      others.push(isApart ? `${word} ${value}` : word);
      if (isApart) n++;
      continue;
    }
    if (isApart) n++;
    if (known === "fps" && isCount(value)) taken.fps = Number(value);
    else if (known === "workers" && (value === "auto" || isCount(value)))
      taken.workers = value === "auto" ? value : Number(value);
    else if (known === "frameFormat" && (value === "auto" || value === "jpg" || value === "png"))
      taken.frameFormat = value;
    else if (known === "quality" && value !== undefined) taken.quality = value;
    else if (known !== "output") others.push(`${name} ${value ?? ""}`.trim());
  }
  return { ...taken, others };
}

/** Whether it is a whole number from 1 on. */
export function isCount(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d*$/.test(text);
}
