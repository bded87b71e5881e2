// An engine by itself: its hook and ours, each on a real page, with that engine's own page functions.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createVideoFrameInjector } from "hyperframes-native";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../../../dist/tools/bench/ffmpeg.js";
import { spread } from "../../../dist/tools/bench/spread.js";
import { TestBrowser } from "../../support/browser.ts";
import { StubLookup } from "../../support/stub-page.ts";
import { speedOf } from "./check-speed.ts";
import type { PicturesOutcome, SpeedOutcome } from "./results.ts";
import { PACKAGE_NAMES, type Target } from "./targets.ts";

type Engine = Pick<typeof import("@hyperframes/engine"), "createVideoFrameInjector">;

const FRAMES = 12;
const IDS = ["first", 'second: "é" & <more>', "third"] as const;
const FORMATS = ["jpg", "png"] as const;

/** A frame made by ffmpeg, of the page that is compared or of the larger one that is timed. */
type FrameOf = (folder: string, index: number, format: string) => string;

/** The page that is compared, and how long both hooks take with four 1080p videos. */
export async function checkEngine(
  { kind }: Target,
  directory: string,
  pairs: number,
): Promise<{ pictures: PicturesOutcome[]; speed: SpeedOutcome[] }> {
  const entry = path.join(directory, "node_modules", PACKAGE_NAMES[kind], "dist", "index.js");
  const engine: Engine = await import(pathToFileURL(entry).href);
  const scratch = mkdtempSync(path.join(os.tmpdir(), "hyperframes-native-compat-"));
  const browser = await TestBrowser.launch();
  try {
    const frame: FrameOf = (folder, index, format) =>
      path.join(scratch, folder, `frame_${String(index + 1).padStart(5, "0")}.${format}`);
    await makeFrames(path.join(scratch, "small"), "testsrc2=s=320x180:r=12:d=1,noise=alls=20:allf=t+u");
    await makeFrames(
      path.join(scratch, "large"),
      "color=c=gray:s=1920x1080:r=12:d=1,noise=alls=100:allf=t+u",
    );
    const pictures: PicturesOutcome[] = [];
    const speed: SpeedOutcome[] = [];
    for (const format of FORMATS) {
      pictures.push(await comparePictures(engine, browser, frame, format));
      if (pairs > 0) speed.push(await timeHooks(engine, browser, frame, format, pairs));
    }
    return { pictures, speed };
  } finally {
    await browser[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function makeFrames(folder: string, source: string): Promise<void> {
  mkdirSync(folder);
  const input = ["-f", "lavfi", "-i", source, "-frames:v", String(FRAMES)];
  for (const format of FORMATS) await ffmpeg([...input, path.join(folder, `frame_%05d.${format}`)]);
}

/** One stays, one comes later, one goes early. */
function lookupOf(frame: FrameOf, format: string): StubLookup {
  const lookup = new StubLookup((time) => ({
    [IDS[0]]: [frame("small", time, format), time],
    ...(time >= 3 ? { [IDS[1]]: [frame("small", time - 3, format), time - 3] } : {}),
    ...(time < 8 ? { [IDS[2]]: [frame("small", 0, format), 0] } : {}),
  }));
  lookup.frameDirs = () => [];
  return lookup;
}

async function comparePictures(
  engine: Engine,
  browser: TestBrowser,
  frame: FrameOf,
  format: string,
): Promise<PicturesOutcome> {
  const shots = async (hookOf: (lookup: StubLookup) => unknown) => {
    const page = await browser.page(IDS);
    await page.evaluate(() => {
      // Side by side, and a little over one another.
      for (const [n, video] of document.querySelectorAll("video").entries()) video.style.left = `${n * 80}px`;
    });
    const hook = hookOf(lookupOf(frame, format)) as (page: Page, time: number) => Promise<void>;
    const pictures: string[] = [];
    for (let time = 0; time < FRAMES; time++) {
      await hook(page, time);
      const picture = await page.screenshot({ type: "png" });
      pictures.push(createHash("sha256").update(picture).digest("hex"));
    }
    await page.close();
    return { pictures, hook: hook as unknown };
  };
  const stock = await shots((lookup) => engine.createVideoFrameInjector(lookup as never));
  const native = await shots((lookup) => createVideoFrameInjector(lookup, { pageFunctions: engine }));
  const variant = `page, ${format}`;
  const distinct = new Set(stock.pictures).size;
  if (distinct < FRAMES) throw new Error(`${variant}: only ${distinct} pictures differ from one another`);
  const { framesBy, fallbacks } = (
    native.hook as ReturnType<typeof createVideoFrameInjector> & object
  ).stats();
  if (fallbacks.length > 0) throw new Error(`${variant}: it fell back: ${JSON.stringify(fallbacks)}`);
  const differing = stock.pictures.filter((picture, n) => picture !== native.pictures[n]).length;
  return { variant, frames: FRAMES, differing, framesBy: { ...framesBy } };
}

async function timeHooks(
  engine: Engine,
  browser: TestBrowser,
  frame: FrameOf,
  format: string,
  pairs: number,
): Promise<SpeedOutcome> {
  const ids = ["a", "b", "c", "d"];
  const one = async (mode: "stock" | "native") => {
    const page = await browser.page(ids);
    const lookup = new StubLookup((time) =>
      Object.fromEntries(ids.map((id) => [id, [frame("large", time, format), time]])),
    );
    lookup.frameDirs = () => [];
    const hook = (
      mode === "stock"
        ? engine.createVideoFrameInjector(lookup as never)
        : createVideoFrameInjector(lookup, { pageFunctions: engine })
    ) as (page: Page, time: number) => Promise<void>;
    const durations: number[] = [];
    for (let time = 0; time < FRAMES; time++) {
      const start = performance.now();
      await hook(page, time);
      durations.push(performance.now() - start);
    }
    await page.close();
    return spread(durations).median;
  };
  return speedOf(`hook, ${format}`, pairs, one);
}
