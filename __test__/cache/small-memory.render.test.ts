// 4K frames where there is little memory: what Node holds is bounded, and the picture is right.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { memoryGroup } from "../support/cgroup.ts";
import { compareFrames } from "../support/compare-frames.ts";
import { oneVideo, writeComposition } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { type RenderMode, type RenderOptions, render } from "../support/render.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const FPS = 10;
const SECONDS = 0.8;
const FRAMES = 8;
/** Half of upstream's own bound for the frame cache on such a machine, so that few frames fill it. */
const CACHE_BYTES = 64 * MIB;

const group = memoryGroup(2 * GIB);

describe("a 4K render in a cgroup of 2 GB", {
  skip: group === undefined && "no cgroup can be made here",
}, () => {
  it("does not grow, even with all frames as data URIs", async (t) => {
    assert.ok(group);
    const dir = mkdtempSync(path.join(os.tmpdir(), "hyperframes-native-4k-"));
    t.after(() => {
      rmSync(dir, { recursive: true, force: true });
      group?.delete();
    });
    const size = { width: 3840, height: 2160 };
    const src = await makeVideo({ ...size, kind: "pattern", fps: FPS, seconds: SECONDS, seed: 91 });
    const canvas = { width: 640, height: 360 };
    const projectDir = path.join(dir, "project");
    writeComposition(projectDir, oneVideo(src, canvas, SECONDS));
    const one = (
      mode: RenderMode,
      transport: string,
      options: Pick<RenderOptions, "nodeArgs" | "env"> = {},
    ) =>
      render({
        ...{ projectDir, mode, capture: "beginframe", frameFormat: "png", fps: FPS },
        outputPath: path.join(dir, `${mode}-${transport}.mp4`),
        extractCacheDir: path.join(dir, "frames"),
        ...options,
        env: { ...options.env, ...(mode === "plain" ? {} : { HYPERFRAMES_NATIVE_TRANSPORT: transport }) },
        timeoutMs: 300_000,
      });
    // Chrome itself does not live through 4K data URIs in so little: only Node is looked at, with the bound that upstream sets there.
    const inline = await one("native", "inline", {
      env: { PRODUCER_FRAME_DATA_URI_CACHE_BYTES_MB: String(CACHE_BYTES / MIB) },
    });
    // The frames are extracted by now; the plain render is looked at for its pictures alone.
    const [file, plain] = await Promise.all([
      one("native", "auto", group && { nodeArgs: ["--import", joining(group.joinFile)] }),
      one("plain", ""),
    ]);
    assert.deepEqual(inline.stats?.framesBy, { inline: FRAMES });
    assert.deepEqual(file.stats?.framesBy, { file: FRAMES });
    const [cache] = inline.stats?.cache ?? [];
    assert.ok(cache);
    assert.match(cache.limits, new RegExp(`/${CACHE_BYTES}$`));
    assert.ok(cache.bytes <= CACHE_BYTES && cache.evictions > 0, JSON.stringify(cache));

    // Once the cache is full, what is added replaces something: the last third needs no more than the one before.
    const during = inline.measures.memory.filter(({ atMs }) => atMs >= 0).map(({ rssBytes }) => rssBytes);
    const third = Math.floor(during.length / 3);
    const [middle, end] = [during.slice(third, 2 * third), during.slice(2 * third)].map((part) =>
      Math.max(...part),
    );
    assert.ok(
      end !== undefined && middle !== undefined && end < middle * 1.15 + 32 * MIB,
      `${middle} to ${end}`,
    );
    assert.ok(file.measures.peakRssBytes < 400 * MIB, `${file.measures.peakRssBytes}`);

    const { identical } = await compareFrames(inline.outputPath, file.outputPath);
    assert.ok(identical);
    assert.ok((await compareFrames(plain.outputPath, file.outputPath)).identical);
  });
});

/** A module by which a process joins a group before anything else. */
function joining(file: string): string {
  const source = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(file)}, String(process.pid));`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
