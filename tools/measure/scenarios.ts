import { join } from "node:path";
import { type CompositionOptions, writeComposition } from "../../__test__/support/composition.ts";
import { type MediaKind, makeVideo } from "../../__test__/support/media.ts";
import { root } from "../../__test__/support/paths.ts";
import type { Capture } from "../../__test__/support/render.ts";

const FPS = 30;

/** What one scenario renders. */
export interface Scenario {
  readonly name: string;
  readonly group: Group;
  readonly about: string;
  readonly capture: Capture;
  readonly frameFormat: "jpg" | "png";
  readonly videos: number;
  readonly width: number;
  readonly height: number;
  readonly kind: MediaKind;
  readonly frames: number;
  /** Pictures a second; by default every frame of every video is distinct. */
  readonly changesPerSecond?: number;
  /** All show the same video. */
  readonly copies?: boolean;
  /** One after the other instead of all at once. */
  readonly inTurn?: boolean;
  /** Default: the package's. */
  readonly producer?: "package" | "cli";
}

/** `npm run bench:frames -- <group>` runs one group; without one, `main`. */
export type Group = "main" | "cli" | "single" | "small" | "large" | "scaled" | "repeating";

const HD = { width: 1920, height: 1080, kind: "noise", frames: 120 } as const;
const SMALL = { width: 640, height: 360, kind: "gradient", frames: 150, frameFormat: "jpg" } as const;
const CAPTURES: readonly Capture[] = ["beginframe", "screenshot"];
const EACH_WAY = CAPTURES.flatMap((capture) =>
  (["jpg", "png"] as const).map((frameFormat) => ({ capture, frameFormat })),
);

const REPEATING: readonly Pick<
  Scenario,
  "name" | "about" | "videos" | "kind" | "changesPerSecond" | "copies"
>[] = [
  { name: "slide", about: "150 equal frames", videos: 1, kind: "fractal", changesPerSecond: 0.1 },
  { name: "half-rate", about: "15 pictures a second", videos: 1, kind: "fractal", changesPerSecond: 15 },
  {
    name: "recording",
    about: "a picture every half second",
    videos: 1,
    kind: "pattern",
    changesPerSecond: 2,
  },
  ...[2, 4, 16].map((videos) => ({
    ...({
      name: `copies-${videos}`,
      about: `one video ${videos} times`,
      kind: "fractal",
      copies: true,
    } as const),
    videos,
  })),
];

const FOUR = { ...HD, videos: 4, about: "four 1080p videos at once" } as const;

/** Scenarios that are rendered in each way. */
const WALLS: readonly Omit<Scenario, "capture" | "frameFormat">[] = [
  { ...FOUR, group: "main", name: "four" },
  { ...FOUR, group: "cli", name: "cli", about: `${FOUR.about}, the newest CLI's producer`, producer: "cli" },
  { ...HD, group: "single", name: "single", videos: 2, inTurn: true, about: "one 1080p video at a time" },
];

/** All scenarios, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...WALLS.flatMap((wall) =>
    EACH_WAY.map((way) => ({ ...wall, ...way, name: `${wall.name}-${way.capture}-${way.frameFormat}` })),
  ),
  ...CAPTURES.flatMap((capture) =>
    [1, 2].map(
      (videos): Scenario => ({
        ...{ ...SMALL, capture, videos, group: "small" },
        name: `small-${capture}-${videos}`,
        about: `${videos} 360p video${videos === 1 ? "" : "s"}`,
      }),
    ),
  ),
  // Of whole MCUs and drawn at half their size: Chrome may decode them smaller.
  ...CAPTURES.map(
    (capture): Scenario => ({
      ...{ width: 3840, height: 2160, kind: "fractal", frames: 60, capture, frameFormat: "jpg" },
      ...{
        name: `scaled-${capture}-jpg`,
        group: "scaled",
        about: "one 4K video at half its size",
        videos: 1,
      },
    }),
  ),
  ...CAPTURES.flatMap((capture) =>
    REPEATING.map(
      ({ name, ...what }): Scenario => ({
        ...{ width: 1920, height: 1080, frames: 150, capture, frameFormat: "jpg", group: "repeating" },
        ...{ ...what, name: `${name}-${capture}` },
      }),
    ),
  ),
  {
    // Frames of about 10 MB: four of noise would be more than one message of the protocol may carry.
    ...{ width: 3840, height: 2160, kind: "pattern", frames: 20, capture: "beginframe", frameFormat: "png" },
    ...{ name: "four-4k-png", group: "large", about: "four 4K png videos at once", videos: 4 },
  },
];

/** Writes the scenario's project, with a script where one is given; resolves with its folder. */
export async function writeScenario(scenario: Scenario, script = ""): Promise<string> {
  const { videos, width, height, kind, frames, inTurn = false, copies = false, changesPerSecond } = scenario;
  const seconds = frames / FPS;
  const each = inTurn ? seconds / videos : seconds;
  const columns = Math.ceil(Math.sqrt(videos));
  const [boxWidth, boxHeight] = [Math.floor(1920 / columns), Math.floor(1080 / columns)];
  const composition: CompositionOptions = {
    width: 1920,
    height: 1080,
    duration: seconds,
    script,
    videos: await Promise.all(
      Array.from({ length: videos }, async (_, n) => ({
        id: `video-${n}`,
        src: await makeVideo({
          ...{ kind, width, height, fps: FPS, seconds: each, seed: copies ? 0 : n },
          ...(changesPerSecond === undefined ? {} : { changesPerSecond }),
        }),
        start: inTurn ? n * each : 0,
        duration: each,
        box: inTurn
          ? { left: 0, top: 0, width: 1920, height: 1080 }
          : {
              left: (n % columns) * boxWidth,
              top: Math.floor(n / columns) * boxHeight,
              width: boxWidth,
              height: boxHeight,
            },
      })),
    ),
  };
  const project = join(root, "out", "bench", scenario.name);
  writeComposition(project, composition);
  return project;
}
