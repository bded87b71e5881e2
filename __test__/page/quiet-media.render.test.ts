// Renders of compositions that look at their audio: quiet or not, the same pictures and the same sound.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import type { CompositionOptions } from "../support/composition.ts";
import { makeSound, makeVideo } from "../support/media.ts";
import { type Rendered, RenderPairs, type Variant } from "../support/render-pairs.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 2, sound: true, keyFrames: 60 } as const;
const SIZE = { width: 320, height: 180 };
const FRAMES = 30;
const TALK = "a talk";
const DRAWN = "what is drawn of sound";
const FORMAT = { frameFormat: "auto", workers: 1 } as const;
const SCREENSHOT = { ...FORMAT, producer: "package", capture: "screenshot" } as const;
const pairs = new RenderPairs({ after });

before(async () => {
  pairs.write(TALK, await talk());
  pairs.write(DRAWN, await drawn());
});

/** A muted video with an `<audio>` of the same file, as HyperFrames has authors write it. */
async function talk(): Promise<CompositionOptions> {
  const film = await makeVideo({ ...SOURCE, kind: "pattern", seed: 61 });
  return {
    ...SIZE,
    duration: FRAMES / 30,
    videos: [{ id: "film", src: film, start: 0, duration: 1, box: { left: 0, top: 0, ...SIZE } }],
    audios: [{ id: "voice", src: film, start: 0, duration: 1 }],
  };
}

/** Sounds of several kinds, and a page that writes down what it sees of them. */
async function drawn(): Promise<CompositionOptions> {
  const { videos } = await talk();
  const film = videos[0]?.src ?? "";
  const other = await makeVideo({ ...SOURCE, kind: "fractal", seed: 62 });
  const tone = await makeSound(2);
  return {
    width: 640,
    height: 360,
    duration: FRAMES / 30,
    videos,
    audios: [
      { id: "voice", src: film, start: 0, duration: 1, mediaStart: 0.2 },
      { id: "music", src: tone, start: 0, duration: 1, attributes: { "data-volume": "0.5" } },
      { id: "late", src: tone, start: 0.4, duration: 0.4, mediaStart: 0.3, attributes: { loop: "" } },
    ],
    subCompositions: [
      {
        id: "inner",
        start: 0.2,
        duration: 0.8,
        box: { left: 320, top: 0, ...SIZE },
        videos: [
          { id: "inner-film", src: other, start: 0, duration: 0.8, box: { left: 0, top: 0, ...SIZE } },
        ],
        audios: [{ id: "inner-voice", src: other, start: 0, duration: 0.8 }],
      },
    ],
    // Not of the timeline: the page seeks it itself.
    html: `<audio id="free" src="video-0.mp4" preload="auto"></audio>
<pre id="text"></pre>`,
    css: "#text { position: absolute; left: 10px; top: 200px; margin: 0; font: 16px monospace; color: #fff; }",
    // At `seeking`, which comes at once in a stock page, too; `timeupdate` waits there for the seek, and so may miss its picture.
    script: `const [music, voice, free] = ["music", "voice", "free"].map((id) => document.getElementById(id));
let loads = 0;
voice.addEventListener("seeking", () => {
  if (free.readyState > 0) free.currentTime = voice.currentTime / 2;
  const lines = Array.from(document.querySelectorAll("audio"), (audio) => audio.id + " " + audio.currentTime.toFixed(3));
  lines.push("ended " + voice.ended + ", volume " + music.volume + ", ready " + voice.readyState + ", loads " + loads);
  document.getElementById("text").textContent = lines.join("\\n");
});
for (const audio of [music, voice]) voice.addEventListener("seeking", () => {
  audio.addEventListener("emptied", () => loads++);
}, { once: true });`,
  };
}

/** One hash over the decoded sound. */
function soundOf({ video }: Rendered): Promise<string> {
  return ffmpeg(["-i", video, "-map", "0:a", "-f", "md5", "-"]);
}

/** How loud the sounds of renders are, the second one taken from the first if there are two: dB, 0 is the loudest there is. */
async function loudness(...renders: readonly Rendered[]): Promise<number> {
  const inputs = renders.flatMap(({ video }) => ["-i", video]);
  const difference = "[1:a]aeval=-val(0)|-val(1)[minus];[0:a][minus]amix=inputs=2:normalize=0,";
  const key = "lavfi.astats.Overall.RMS_level";
  const filter = `${renders.length > 1 ? difference : ""}astats=metadata=1:reset=0,ametadata=print:key=${key}:file=-`;
  const lines = await ffmpeg([...inputs, "-filter_complex", filter, "-f", "null", "-"]);
  const level = /=(\S+)$/.exec(lines.trimEnd())?.[1];
  return level === "-inf" ? Number.NEGATIVE_INFINITY : Number(level);
}

/** That so many elements at least are quiet nearly from the start on. */
function assertQuiet({ stats, log }: Rendered, elements: number): void {
  const { media } = stats ?? assert.fail("no statistics");
  assert.ok(media.quieted >= elements, JSON.stringify(media));
  // The last frames are not in the count.
  assert.ok(media.seeksSaved >= 20 * elements, JSON.stringify(media));
  assert.match(log, /\d audio elements? quiet, \d+ seeks saved/);
}

describe("compositions with sound", () => {
  const drawnVariants: Variant[] = [
    { ...FORMAT, producer: "cli", capture: "beginframe" },
    { ...FORMAT, producer: "cli", capture: "screenshot" },
    SCREENSHOT,
  ];
  for (const variant of drawnVariants) {
    it(`what is drawn of it is the same: ${variant.producer}, ${variant.capture}`, async () => {
      const native = await pairs.assertSame(DRAWN, variant, "auto");
      await pairs.assertMoves(DRAWN, variant, FRAMES - 3, "crop=640:160:0:200");
      assertQuiet(native, 3);
      // Upstream mixes several sounds in the order in which they are made ready, so that two stock renders differ as well
      // (by about -50 dB with producer 0.8.33).
      const plain = await pairs.plain(DRAWN, variant);
      const [sound, difference] = [await loudness(plain), await loudness(plain, native)];
      assert.ok(sound > -20 && difference < -40, `${sound} dB, they differ by ${difference} dB`);
    });
  }

  it("the sound of a talk is the same, sample for sample", async () => {
    const native = await pairs.assertSame(TALK, SCREENSHOT, "auto");
    assertQuiet(native, 1);
    const plain = await pairs.plain(TALK, SCREENSHOT);
    assert.equal(await soundOf(native), await soundOf(plain));
    assert.ok((await loudness(plain)) > -30);
  });

  it("HYPERFRAMES_NATIVE_MEDIA=keep leaves its audio alone, and nothing else", async () => {
    const native = await pairs.assertSame(TALK, SCREENSHOT, "auto", { HYPERFRAMES_NATIVE_MEDIA: "keep" });
    assert.deepEqual(native.stats?.media, { quieted: 0, seeksSaved: 0 });
    assert.doesNotMatch(native.log, /audio element/);
    assert.equal(await soundOf(native), await soundOf(await pairs.plain(TALK, SCREENSHOT)));
  });
});
