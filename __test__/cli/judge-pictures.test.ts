/** A frame is called different only where it is none of stock's and differs otherwise than stock differs from itself. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { judgePictures, tellFlicker } from "../../dist/tools/bench/judge-pictures.js";
import { FrameFolder } from "../support/frames.ts";

const folder = new FrameFolder({ after }).path;

/** A video of four frames, with a box of a grey (0 to 255) in one of them where that is wished. */
async function video(
  name: string,
  box?: readonly [x: number, y: number, grey: number],
  frames = 4,
  boxed = 2,
): Promise<string> {
  const path = join(folder, `${name}.mkv`);
  const draw =
    box === undefined
      ? "null"
      : `drawbox=x=${box[0]}:y=${box[1]}:w=8:h=8:t=fill:color=0x${box[2].toString(16).padStart(2, "0").repeat(3)}:enable='eq(n,${boxed})'`;
  const source = `color=c=0x808080:s=96x64:r=10,format=rgb24,${draw}`;
  const output = ["-frames:v", String(frames), "-c:v", "ffv1", "-pix_fmt", "bgr0", path];
  await ffmpeg(["-y", "-f", "lavfi", "-i", source, ...output]);
  return path;
}

const noMore = () => assert.fail("stock was to be rendered again");

test("of a page that is always the same, any difference counts", async () => {
  const stocks = [await video("a"), await video("b"), await video("c")];
  const natives = [
    await video("same"),
    await video("other", [8, 8, 129]),
    await video("short", undefined, 3),
    await video("long", undefined, 5),
  ];
  const verdict = await judgePictures(stocks, natives, noMore);
  assert.deepEqual(verdict, {
    ...{ frames: 4, stocks: 3, flickering: [], where: null },
    differing: [[], [2], [3], [4]],
  });
  assert.equal(tellFlicker(verdict), "");
});

test("stock is rendered again only where a frame is none of its own, and until there are three", async () => {
  const [plain, boxed] = [await video("plain"), await video("boxed", [8, 8, 160])];
  const asked: number[] = [];
  const judge = async (stocks: readonly string[], natives: readonly string[], ...more: string[]) => {
    asked.length = 0;
    const verdict = await judgePictures(stocks, natives, async (n) => {
      asked.push(n);
      return more.shift() ?? assert.fail("too many");
    });
    return { ...verdict, where: null };
  };
  const same = { frames: 4, stocks: 1, flickering: [], where: null };
  assert.deepEqual(await judge([plain], [plain, plain]), { ...same, differing: [[], []] });
  assert.deepEqual(asked, []);
  // What another stock render of the pairs shows is stock's.
  const flicker = { ...same, stocks: 2, flickering: [2] };
  assert.deepEqual(await judge([plain, boxed], [boxed, plain]), { ...flicker, differing: [[], []] });
  assert.deepEqual(asked, []);
  assert.deepEqual(await judge([plain], [boxed], boxed), { ...flicker, differing: [[]] });
  assert.deepEqual(asked, [2]);
  assert.deepEqual(await judge([plain], [boxed], plain, plain), { ...same, stocks: 3, differing: [[2]] });
  assert.deepEqual(asked, [2, 3]);
});

test("of a page that flickers, what stock shows, and what is no further off at the same place", async () => {
  const stocks = [await video("d"), await video("e", [8, 8, 160]), await video("f", [8, 8, 140])];
  const judge = async (name: string, box: readonly [number, number, number]) =>
    judgePictures(stocks, [await video(name, box)], noMore);
  assert.deepEqual((await judge("as one", [8, 8, 160])).differing, [[]]);
  const between = await judge("between", [8, 8, 150]);
  assert.deepEqual(between, {
    ...{ frames: 4, stocks: 3, differing: [[]], flickering: [2] },
    where: { left: 8, top: 8, right: 16, bottom: 16 },
  });
  assert.equal(
    tellFlicker(between),
    "This page is not the same twice without the drop-in either: frame 2, between 8, 8 and 16, 16 (pixels).",
  );
  assert.deepEqual((await judge("a little beside", [10, 8, 155])).differing, [[]]);
  assert.deepEqual((await judge("too far off", [8, 8, 220])).differing, [[2]], "by more than stock");
  assert.deepEqual((await judge("elsewhere", [40, 40, 150])).differing, [[2]], "in another place");
});

test("what stock was seen to show at a place in one frame, it may show there in another", async () => {
  const stocks = [await video("g"), await video("h", [8, 8, 160]), await video("i")];
  const judge = async (name: string, x: number) =>
    (await judgePictures(stocks, [await video(name, [x, 8, 160], 4, 1)], noMore)).differing;
  assert.deepEqual(await judge("another frame", 8), [[]]);
  assert.deepEqual(await judge("another frame and place", 40), [[1]]);
});

test("frames in a row are told as one", () => {
  const told = tellFlicker({ flickering: [3, 4, 5, 9], where: null });
  assert.equal(told, "This page is not the same twice without the drop-in either: frames 3 to 5, 9.");
});
