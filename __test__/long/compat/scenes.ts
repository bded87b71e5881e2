// What each version renders.
import path from "node:path";
import { SCENARIOS, writeScenario } from "../../../tools/measure/scenarios.ts";
import { type ClipOptions, type CompositionOptions, writeComposition } from "../../support/composition.ts";
import { makeVideo } from "../../support/media.ts";
import { root } from "../../support/paths.ts";

const SIZE = { width: 320, height: 180 } as const;
const SOURCE = { ...SIZE, fps: 30, seconds: 1 } as const;
/** The source of the first clip: of whole MCUs, and drawn at a quarter of its size, which Chrome may decode smaller. */
export const SCALED_SOURCE = { width: 1280, height: 720 } as const;
const GRADED = { width: 160, height: 90 } as const;

/** Frames of each composition, all different from one another. */
export const FRAMES = { clips: 20, graded: 6 } as const;

/**
 * A timeline with nothing on it for each composition. Versions that do not know `data-no-timeline` wait 45 seconds for one; a frame
 * that is drawn without is drawn the same with it. `onSeek` is code of a page that moves something itself, which `at` (seconds) is known to.
 */
export function emptyTimelines(seconds: Readonly<Record<string, number>>, onSeek = ""): string {
  return `
const timeline = (seconds) => {
  let at = 0;
  const set = (time) => {
    if (time !== undefined) at = time;
    ${onSeek}
    return self;
  };
  const self = {
    ...{ duration: () => seconds, totalDuration: () => seconds, paused: () => true, getChildren: () => [] },
    ...{ play: () => self, kill: () => self, progress: () => self, pause: set, seek: set },
    ...{ time: (time) => (time === undefined ? at : set(time)), totalTime: (time) => (time === undefined ? at : set(time)) },
  };
  return self;
};
window.__timelines ??= {};
for (const [id, seconds] of Object.entries(${JSON.stringify(seconds)})) window.__timelines[id] = timeline(seconds);`;
}

async function clips(): Promise<CompositionOptions> {
  const duration = FRAMES.clips / SOURCE.fps;
  const clip = async (
    seed: number,
    rest: Omit<ClipOptions, "src">,
    size: { readonly width: number; readonly height: number } = SIZE,
  ): Promise<ClipOptions> => ({
    ...rest,
    src: await makeVideo({ ...SOURCE, ...size, kind: seed % 2 === 0 ? "fractal" : "pattern", seed }),
  });
  const alpha = await makeVideo({ ...SOURCE, kind: "gradient", seed: 73, codec: "vp9-alpha" });
  const inHost = await clip(74, {
    id: "in-host",
    start: 0,
    duration: 0.2,
    box: { left: 0, top: 0, ...SIZE },
  });
  return {
    width: 640,
    height: 360,
    duration,
    videos: [
      await clip(71, { id: "first", start: 0, duration, box: { left: 0, top: 0, ...SIZE } }, SCALED_SOURCE),
      await clip(72, { id: "late", start: 0.2, duration: 0.3, box: { left: 200, top: 100, ...SIZE } }),
      { id: "alpha", src: alpha, start: 0.1, duration: 0.4, box: { left: 100, top: 60, ...SIZE } },
    ],
    subCompositions: [
      { id: "host", start: 0.3, duration: 0.2, box: { left: 320, top: 180, ...SIZE }, videos: [inHost] },
    ],
    // Larger than the viewport: a capture that goes beyond it would show.
    html: '<div style="position:absolute;left:600px;top:340px;width:400px;height:400px;background:#e63946"></div>',
    css: "#root { overflow: visible; }",
    script: emptyTimelines({ main: duration, host: 0.2 }),
  };
}

async function graded(isGraded: boolean): Promise<CompositionOptions> {
  const src = await makeVideo({ ...SOURCE, kind: "pattern", seed: 75 });
  const duration = FRAMES.graded / SOURCE.fps;
  const clip: ClipOptions = { id: "graded", src, start: 0, duration, box: { left: 0, top: 0, ...GRADED } };
  const attributes = { "data-color-grading": JSON.stringify({ preset: "mono-fade", intensity: 1 }) };
  const script = emptyTimelines({ main: duration });
  return { ...GRADED, duration, videos: [isGraded ? { ...clip, attributes } : clip], script };
}

/** Writes the compositions; their folders. */
export async function writeScenes() {
  const folder = (name: string) => path.join(root, "out", "compat", name);
  writeComposition(folder("clips"), await clips());
  writeComposition(folder("graded"), await graded(true));
  writeComposition(folder("not-graded"), await graded(false));
  return { clips: folder("clips"), graded: folder("graded"), notGraded: folder("not-graded") };
}

/** The bench's four 1080p videos of noise, shorter; its folder. */
export async function writeSpeedScene(frames: number): Promise<string> {
  const scenario = SCENARIOS.find(({ group }) => group === "main");
  if (scenario === undefined) throw new Error("the bench has no scenario");
  return writeScenario(
    { ...scenario, name: "compat", frames },
    emptyTimelines({ main: frames / SOURCE.fps }),
  );
}
