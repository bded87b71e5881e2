/** The report in a real browser: on a phone and on a desk, light and dark. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "puppeteer-core";
import { reportHtml } from "../../dist/tools/bench/report/report.js";
import type { BenchResult } from "../../dist/tools/bench/result.js";
import { differingResult, noSeriesResult, oneFrameResult, realResult } from "../support/bench-results.ts";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { eventually } from "../support/in-time.ts";

const PHONE = 360;
const DESK = 1440;
/** Drawing waits for the next frames of the page. */
const DRAWN_MS = 5_000;
type Scheme = "light" | "dark";

const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());
const folder = new FrameFolder({ after }).path;

interface Opened {
  readonly page: Page;
  readonly url: string;
  /** What the console and uncaught errors said. */
  readonly said: string[];
  readonly requests: string[];
}

async function open(result: BenchResult, width: number, scheme: Scheme, script = true): Promise<Opened> {
  const file = join(folder, "report.html");
  writeFileSync(file, reportHtml(result));
  const page = await browser.blankPage();
  const [said, requests]: [string[], string[]] = [[], []];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(script);
  const url = pathToFileURL(file).href;
  await page.goto(url);
  return { page, url, said, requests };
}

/** Unfolds everything, and waits until what was folded away is drawn. */
async function unfold(page: Page, plots: number): Promise<void> {
  await page.$$eval("details", (all) => {
    for (const one of all) one.open = true;
  });
  await eventually(async () => (await page.$$(".plot canvas")).length === plots, "the plots", DRAWN_MS);
}

/** What is wrong with the page as it stands; runs in it. */
function faults(): string[] {
  const found: string[] = [];
  const root = document.documentElement;
  // It has boxes there, and is not shown.
  const isFolded = (element: Element) =>
    element.closest("details:not([open])") !== null && element.closest("summary") === null;
  if (root.scrollWidth > innerWidth) found.push(`overflows: ${root.scrollWidth} of ${innerWidth}`);

  interface Block {
    readonly of: Node;
    readonly name: string;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }
  const blocks: Block[] = [];
  const take = (of: Node, name: string, box: DOMRect, trim: number) => {
    if (box.width === 0 || box.height === 0) return;
    blocks.push({
      of,
      name,
      left: box.left,
      right: box.right,
      top: box.top + trim,
      bottom: box.bottom - trim,
    });
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const holder = node.parentElement;
    if (!node.textContent?.trim() || holder === null || holder.getClientRects().length === 0) continue;
    if (isFolded(holder)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // The box of a line is higher than its letters.
    for (const box of range.getClientRects())
      take(node, node.textContent.trim().slice(0, 30), box, box.height * 0.15);
    for (const word of node.textContent.matchAll(/(?<![\w/@.-])\p{L}{2,14}(?![\w/@.-])/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (range.getClientRects().length > 1) found.push(`broken word: ${word[0]}`);
    }
    range.selectNodeContents(node);
    const frame = holder.closest(".card, .tile, .verdict, .care, header")?.getBoundingClientRect();
    const text = range.getBoundingClientRect();
    if (
      frame &&
      (text.left < frame.left - 0.5 || text.right > frame.right + 0.5 || text.bottom > frame.bottom + 0.5)
    ) {
      found.push(`leaves its frame: ${node.textContent.trim()}`);
    }
  }
  for (const box of document.querySelectorAll(".plot, .track, .swatch, .key svg")) {
    if (!isFolded(box)) take(box, box.className.toString(), box.getBoundingClientRect(), 0);
  }
  for (const [n, a] of blocks.entries()) {
    for (const b of blocks.slice(n + 1)) {
      if (a.of === b.of) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 1) found.push(`overlap: "${a.name}" and "${b.name}"`);
    }
  }
  for (const element of document.querySelectorAll<HTMLElement>("body *")) {
    const hides = !isFolded(element) && getComputedStyle(element).overflowX !== "visible";
    if (hides && element.scrollWidth > element.clientWidth) found.push(`cut off in ${element.className}`);
  }

  const channels = (colour: string) => colour.match(/[\d.]+/g)?.map(Number) ?? [];
  const luminance = (rgb: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const element of document.querySelectorAll<HTMLElement>("main *")) {
    const own = Array.from(element.childNodes).some(
      (node) => node.nodeType === 3 && node.textContent?.trim(),
    );
    if (!own || isFolded(element) || element.closest("noscript") || element.getClientRects().length === 0)
      continue;
    let ground: HTMLElement | null = element;
    while (ground !== null && channels(getComputedStyle(ground).backgroundColor)[3] === 0)
      ground = ground.parentElement;
    const ink = luminance(channels(getComputedStyle(element).color).slice(0, 3));
    const paper = luminance(channels(getComputedStyle(ground ?? root).backgroundColor).slice(0, 3));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${element.textContent?.trim()}`);
  }
  return found;
}

/** For each plot, how many of its pixels have the colour of stock and of native now, and whether ink touches an edge. */
function drawn(): { stock: number; native: number; cut: boolean }[] {
  const probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgb = (name: string) => {
    if (probe === null) return [];
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    probe.fillRect(0, 0, 1, 1);
    return Array.from(probe.getImageData(0, 0, 1, 1).data.slice(0, 3));
  };
  const colours = { stock: rgb("--stock"), native: rgb("--native") };
  return Array.from(document.querySelectorAll<HTMLCanvasElement>(".plot canvas"), (canvas) => {
    const { width, height } = canvas;
    // A copy: reading a canvas on the GPU back makes the browser complain.
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy?.drawImage(canvas, 0, 0);
    const data = copy?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    const counts = { stock: 0, native: 0, cut: false };
    for (let n = 0; n < data.length; n += 4) {
      if ((data[n + 3] ?? 0) < 128) continue;
      const [x, y] = [(n / 4) % width, Math.floor(n / 4 / width)];
      if (x === 0 || x === width - 1 || y === 0 || y === height - 1) counts.cut = true;
      for (const mode of ["stock", "native"] as const) {
        if (colours[mode].every((value, i) => Math.abs(value - (data[n + i] ?? 0)) < 24)) counts[mode]++;
      }
    }
    return counts;
  });
}

const RESULTS = { real: realResult, differing: differingResult, "one frame": oneFrameResult };

for (const [name, result] of Object.entries(RESULTS)) {
  test(`${name}: draws, overlaps nothing, asks for nothing, at both widths and in both schemes`, async () => {
    for (const width of [PHONE, DESK]) {
      for (const scheme of ["light", "dark"] as const) {
        const { page, url, said, requests } = await open(result(), width, scheme);
        const where = `${width} px, ${scheme}`;
        assert.deepEqual(await page.evaluate(faults), [], `${where}, folded`);
        await unfold(page, 2);
        assert.deepEqual(await page.evaluate(faults), [], where);
        const plots = await page.evaluate(drawn);
        assert.equal(plots.length, 2, where);
        for (const { stock, native, cut } of plots) {
          assert.ok(stock > 8 && native > 8, `${where}: ${stock} and ${native} pixels`);
          assert.equal(cut, false, `${where}: a label is cut`);
        }
        assert.deepEqual(said, [], where);
        assert.deepEqual(requests, [url], where);
        assert.doesNotMatch(await page.title(), /^&?broken/);
        await page.close();
      }
    }
  });
}

test("the first screen answers the question; the rest is folded away", async () => {
  for (const [width, screens] of [
    [DESK, 1.5],
    [PHONE, 2.5],
  ] as const) {
    const { page } = await open(realResult(), width, "light");
    const bottoms = await page.$$eval("h1, .lede, .verdict, .tiles", (all) =>
      all.map((one) => one.getBoundingClientRect().bottom),
    );
    assert.equal(bottoms.length, 4);
    const [answer = 0, , , tiles = 0] = bottoms;
    assert.ok(answer < 400, `${width}: ${answer}`);
    if (width === DESK) assert.ok(tiles <= 800, `${tiles}`);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height <= 800 * screens, `${width}: ${height} px`);
    assert.equal((await page.$$("details:not([open]) > summary")).length, 3);
    await page.click("summary");
    const shown = await page.$eval(".numbers", (table) => table.getBoundingClientRect().height);
    assert.ok(shown > 300);
    await page.close();
  }
});

test("without series there are no plots, and it says so", async () => {
  for (const width of [PHONE, DESK]) {
    const { page, said } = await open(noSeriesResult(), width, "light");
    await unfold(page, 0);
    assert.deepEqual(await page.evaluate(faults), []);
    assert.deepEqual(await page.evaluate(drawn), []);
    const told = await page.$$eval(".nothing", (all) => all.map(({ textContent }) => textContent));
    assert.deepEqual(told, Array(2).fill("This result has no such series."));
    assert.deepEqual(said, []);
    await page.close();
  }
});

test("the cursor reads out a frame's median with its smallest and largest", async () => {
  const result = realResult();
  const { page } = await open(result, DESK, "light");
  await unfold(page, 2);
  const plot = await page.$('[data-plot="hook"] .u-over');
  assert.ok(plot);
  await plot.hover();
  const box = await plot.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 1, box.y + 20);
  const readout = () =>
    page.$$eval('[data-plot="hook"] .legend :is(.at, output)', (all) =>
      all.map(({ textContent }) => textContent),
    );
  await eventually(async () => (await readout()).includes("Frame 0"), "the readout", DRAWN_MS);
  const [low, median, high] = result.pairs
    .map(({ stock }) => stock.calls[0]?.hookMs ?? 0)
    .toSorted((a, b) => a - b)
    .map((ms) => Math.round(ms).toLocaleString("en-US"));
  assert.equal((await readout())[0], `${median} ms (${low} to ${high})`);
  assert.deepEqual(await page.evaluate(faults), []);
  await page.close();
});

test("another width, another scheme and another axis redraw the plots", async () => {
  const { page, said } = await open(realResult(), DESK, "light");
  await unfold(page, 2);
  const picture = () =>
    page.$eval('[data-plot="hook"] canvas', (canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const logarithmic = await picture();
  await page.click('[data-plot="hook"] .switch label:first-child');
  await eventually(async () => (await picture()) !== logarithmic, "another axis", DRAWN_MS);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  const hasInk = async () =>
    (await page.evaluate(drawn)).every(({ stock, native }) => stock > 8 && native > 8);
  await eventually(hasInk, "the other scheme's colours", DRAWN_MS);
  await page.setViewport({ width: PHONE, height: 800 });
  const widths = () => page.$$eval(".plot canvas", (all) => all.map(({ clientWidth }) => clientWidth));
  await eventually(async () => (await widths()).every((width) => width < PHONE), "the new width", DRAWN_MS);
  assert.deepEqual(await page.evaluate(faults), []);
  assert.equal((await widths()).length, 2);
  assert.deepEqual(said, []);
  await page.close();
});

test("without JavaScript the tables are there, and the curves say why they are not", async () => {
  const { page } = await open(realResult(), PHONE, "light", false);
  await unfold(page, 0);
  const shown = await page.$$eval(".numbers tbody th", (all) =>
    all.filter(({ clientHeight }) => clientHeight > 0).map(({ textContent }) => textContent),
  );
  assert.equal(shown.length, 23);
  assert.ok(shown.includes("Hook, mean"));
  assert.equal(
    await page.$$eval(".plot noscript p", (all) => all.filter(({ clientHeight }) => clientHeight > 0).length),
    2,
  );
  assert.equal(await page.$eval(".switch", (element) => element.getClientRects().length), 0);
  await page.close();
});
