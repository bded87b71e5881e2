/** The numbers of a bench result, in the terminal and in the report; expected values are worked out by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { captureMode, workersUsed } from "../../dist/tools/bench/as-rendered.js";
import { cautions } from "../../dist/tools/bench/cautions.js";
import { type MeasureKey, measured, rowOf } from "../../dist/tools/bench/measures.js";
import { count, quantity, range, ratioText } from "../../dist/tools/bench/quantity.js";
import { plots } from "../../dist/tools/bench/report/curves.js";
import { html, inlineJson, inlineScript } from "../../dist/tools/bench/report/html.js";
import { reportHtml } from "../../dist/tools/bench/report/report.js";
import type { BenchPair, BenchRender, BenchResult } from "../../dist/tools/bench/result.js";
import { speed } from "../../dist/tools/bench/speed.js";
import { show, spread } from "../../dist/tools/bench/spread.js";
import { stagesOf } from "../../dist/tools/bench/stages.js";
import { resultTable } from "../../dist/tools/bench/table.js";
import { dropIn, verdict } from "../../dist/tools/bench/verdict.js";
import {
  differingResult,
  flickeringResult,
  noSeriesResult,
  oneFrameResult,
  realResult,
} from "../support/bench-results.ts";

/** A result with pairs that are alike but for one number of each render, `stock/native` by pair. */
function withPairs(
  numbers: string,
  of: (render: BenchRender, value: number) => BenchRender,
  busy = 0.02,
): BenchResult {
  const result = realResult();
  const [first] = result.pairs as [BenchPair];
  const pairs = numbers.split(" ").map((pair) => {
    const [stock = Number.NaN, native = Number.NaN] = pair.split("/").map(Number);
    return { busy, stock: of(first.stock, stock), native: of(first.native, native) };
  });
  return { ...result, pairs };
}

/** Renders have these hook means. */
const withHookMeans = (means: string) =>
  withPairs(means, (render, meanMs) => ({ ...render, hook: { ...render.hook, meanMs } }));

/** Whole renders take these seconds. */
const withWalls = (walls: string, busy?: number) =>
  withPairs(walls, (render, seconds) => ({ ...render, wallMs: seconds * 1000 }), busy);

interface PairChange {
  readonly stock?: Partial<BenchRender>;
  readonly native?: Partial<BenchRender>;
  readonly busy?: number;
}

function withFirst(result: BenchResult, { stock, native, ...rest }: PairChange): BenchResult {
  const [first, ...others] = result.pairs as [BenchPair, ...BenchPair[]];
  const changed = { stock: { ...first.stock, ...stock }, native: { ...first.native, ...native } };
  return { ...result, pairs: [{ ...first, ...changed, ...rest }, ...others] };
}

const line = (table: string, title: string) => table.split("\n").find((text) => text.startsWith(title));

test("median of odd and even counts, smallest, largest; none is an error", () => {
  assert.deepEqual(spread([9, 1, 4]), { min: 1, median: 4, max: 9 });
  assert.deepEqual(spread([10, 20, 40, 1]), { min: 1, median: 15, max: 40 });
  assert.equal(show(spread([1.25, 3, 2]), 2), "2.00 (1.25 to 3.00)");
  assert.throws(() => spread([]), RangeError);
});

test("a row is the pair in the middle by its ratio, with how far all lie apart", () => {
  const row = (means: string) => rowOf(measured(withHookMeans(means)), "hookMean");
  const three = row("100/10 120/15 90/15");
  assert.deepEqual(three.ratios, [10, 8, 6]);
  // The numbers that are shown give the ratio that is shown; those of three medians would not.
  assert.deepEqual(three.ratio, { min: 6, middle: 8, max: 10 });
  assert.deepEqual(three.stock, { min: 90, middle: 120, max: 120 });
  assert.deepEqual(three.native, { min: 10, middle: 15, max: 15 });
  const four = row("100/10 120/15 90/15 70/10");
  assert.deepEqual(four.ratio, { min: 6, middle: 7, max: 10 });
});

test("each measure takes its own number, in its own unit", () => {
  const result = withFirst(oneFrameResult(), {
    stock: {
      capturedFrameMs: 1,
      hook: { calls: 1, meanMs: 2, p50Ms: 3, p95Ms: 4, p99Ms: 5, maxMs: 6 },
      split: { hookMs: 7, captureMs: 8, otherMs: 9 },
      wallMs: 100_000,
      cpuMs: 11_000,
      peakRssBytes: 12,
      stages: { extractMs: 18_000, captureMs: 19_000, encodeMs: 20_000 },
      processes: {
        cpuMs: { node: 11_000, chrome: 21_000, ffmpeg: 22_000 },
        chromeThreads: [],
        peakRssBytes: 23,
      },
      protocol: { sentBytes: 13, receivedBytes: 14 },
      eventLoopDelay: { p50Ms: 15, p99Ms: 16, maxMs: 17 },
    },
  });
  const expected: Record<MeasureKey, number> = {
    ...{ capturedFrame: 1, hookMean: 2, hookP50: 3, hookP95: 4, hookP99: 5, hookMax: 6, frameToFrame: 24 },
    ...{ extract: 18, capture: 19, encode: 20, rest: 43 },
    ...{ cpuAll: 54, cpuChrome: 21, cpuFfmpeg: 22, peakAll: 23 },
    ...{ wall: 100, cpu: 11, peakRss: 12, sent: 13, received: 14, loopP50: 15, loopP99: 16, loopMax: 17 },
  };
  const got = Object.fromEntries(measured(result).map(({ measure, stock }) => [measure.key, stock?.middle]));
  assert.deepEqual(got, expected);
});

test("what a render does not give, or native zero, has no ratio", () => {
  const frame = rowOf(measured(noSeriesResult()), "capturedFrame");
  assert.deepEqual([frame.stock, frame.native, frame.ratios, frame.ratio], [null, null, [null], null]);
  assert.equal(rowOf(measured(noSeriesResult()), "sent").ratio, null);
  const partly = withFirst(realResult(), { stock: { capturedFrameMs: null } });
  const row = rowOf(measured(partly), "capturedFrame");
  assert.equal(row.ratios[0], null);
  assert.equal(row.ratio?.middle, Math.min(...row.ratios.slice(1).map(Number)));
});

test("a result without pairs is an error", () => {
  const empty = { ...realResult(), pairs: [] };
  assert.throws(() => resultTable(empty), RangeError);
  assert.throws(() => reportHtml(empty), RangeError);
});

test("quantities, ranges, ratios and counts as they are written", () => {
  assert.equal(quantity(1023.4, "ms"), "1,023 ms");
  assert.equal(quantity(27.04, "ms"), "27.0 ms");
  assert.equal(quantity(0.8934, "s"), "0.893 s");
  assert.equal(quantity(0, "ms"), "0 ms");
  assert.equal(quantity(1_472_000_000, "bytes"), "1.47 GB");
  assert.equal(quantity(292_400_000, "bytes"), "292 MB");
  assert.equal(quantity(1500, "bytes"), "1.50 kB");
  assert.equal(quantity(512, "bytes"), "512 B");
  // In the unit of the middle one, whatever their own would be.
  assert.equal(range({ min: 900_000, middle: 2e6, max: 1e9 }, "bytes"), "0.900–1,000");
  assert.equal(range({ min: 10, middle: 11, max: 12 }, "ms"), "10.0–12.0");
  assert.equal(range({ min: 786.1, middle: 786.2, max: 786.4 }, "ms"), null);
  assert.deepEqual([0.856, 1.999, 6.31, 9.94, 13.1, 1638.2].map(ratioText), [
    "0.86",
    "2.00",
    "6.3",
    "9.9",
    "13",
    "1,638",
  ]);
  assert.deepEqual([count(1, "pair"), count(1200, "frame")], ["one pair", "1,200 frames"]);
});

test("the table: the answer first, rows in columns of 60, then whether the pictures are the same", () => {
  const table = resultTable(withWalls("30/20 31/24 30/25"));
  const lines = table.split("\n");
  assert.equal(
    lines[0],
    "Faster: the whole render takes 24.0 s instead of 31.0 s, 1.29 times as fast (1.20 to 1.50 in 3 pairs).",
  );
  assert.match(
    line(table, "Whole render") ?? "",
    /^Whole render +31\.0 s +24\.0 s +1\.29 \(1\.20 to 1\.50\)$/,
  );
  const rows = lines.slice(3, lines.indexOf("", 3) - 1);
  assert.deepEqual(
    rows.map((row) => row.slice(0, 14).trimEnd()),
    [
      ...["Whole render", "  extraction", "  capture", "  the rest"],
      ...["Processor time", "  Chrome", "  Node", "  ffmpeg"],
      ...["Hook", "Peak memory", "  Node"],
    ],
  );
  for (const row of [...rows, lines[2] ?? ""]) assert.ok(row.length <= 60, row);
  assert.deepEqual([...new Set(rows.map((row) => row.length))].length, 1, "rows end in one column");
  assert.match(
    table,
    /\nAll 360 decoded frames are identical\.\nHyperFrames had extracted the videos' frames before, in 8\.14 s; .*\nfour-videos: 3 pairs, 30 fps, workers 1, frames jpg, quality standard, capture beginframe\.$/,
  );
});

/** Walls, with how busy the machine was, and the answer; its first word is its kind. */
const ANSWERS: Readonly<Record<string, RegExp>> = {
  "13/10 12/10 12.5/10":
    /^Faster: the whole render takes 10\.0 s instead of 12\.5 s, 1\.25 times as fast \(1\.20 to 1\.30 in 3 pairs\)\.$/,
  "10.1/10 10.6/10 30/10": /^Faster/,
  "8/10 9/10 8.5/10":
    /^Slower: the whole render takes 10\.0 s instead of 8\.50 s, 1\.18 times as long \(1\.11 to 1\.25 in 3 pairs\)\.$/,
  "10.1/10 9.9/10 10.3/10":
    /^No difference that could be measured: stock \/ native is 0\.99 to 1\.03 for the whole render \(3 pairs\)\.$/,
  "10.1/10 10.2/10 10.4/10": /^No difference/,
  // What was called as fast, the same and 1.12 times as slow at once.
  "9.9/10 8.2/10 12.1/10":
    /^Cannot be told: the pairs do not agree, more of them may \(--pairs\); stock \/ native is 0\.82 to 1\.21 for the whole render\.$/,
  "9.9/10 11/10 11.5/10": /^Cannot be told: the pairs do not agree/,
  // On a busy machine a small difference is nobody's, a large one is.
  "11/10 11/10 11/10, busy 0.62": /^Cannot be told: the machine is busy \(something else took 62 % of it\);/,
  "10/10 10/10 10/10, busy 0.25": /^Cannot be told: the machine is busy/,
  "20/10 12.5/10 30/10, busy 0.62": /^Faster/,
  "5/10 8/10, busy 0.62": /^Slower/,
  "11/10": /^Cannot be told: one pair does not tell chance from gain; stock \/ native is 1\.10 for/,
  "20/10": /^Faster: .* 2\.0 times as fast \(one pair\)\.$/,
};
const KINDS: Record<string, string> = { Faster: "faster", Slower: "slower", No: "same", Cannot: "unclear" };

test("the answer: by the pairs' ratios, and never by two numbers that contradict each other", () => {
  for (const [given, answer] of Object.entries(ANSWERS)) {
    const [walls = "", busy = "0.02"] = given.split(", busy ");
    const { kind, sentence } = speed(withWalls(walls, Number(busy)));
    assert.match(sentence, answer);
    assert.equal(KINDS[sentence.split(/\W/)[0] ?? ""], kind, given);
  }
});

test("the table of one pair has no spread; what is missing is a dash", () => {
  const table = resultTable(noSeriesResult());
  assert.doesNotMatch(table, /\d to \d/m);
  // Where the system or HyperFrames does not say, nothing is made up, and no part is told.
  assert.match(line(table, "Processor time") ?? "", /^Processor time +- +- +-$/);
  for (const part of ["  extraction", "  Chrome", "HyperFrames had"])
    assert.equal(line(table, part), undefined);
  assert.match(table, /^THE PICTURES WERE NOT COMPARED\. The bench ended before that/);
});

test("workers of auto are told as they turned out", () => {
  const auto = (stock: number, native: number): BenchResult => {
    const result = withFirst(oneFrameResult(), { stock: { workers: stock }, native: { workers: native } });
    return { ...result, options: { ...result.options, workers: "auto" } };
  };
  assert.equal(workersUsed(realResult()), "1");
  assert.equal(workersUsed(auto(2, 2)), "auto (2)");
  assert.equal(workersUsed(auto(1, 2)), "auto (stock 1; native 2)");
  assert.match(resultTable(auto(2, 2)), /, workers auto \(2\), /);
  assert.match(reportHtml(auto(2, 2)), /<dt>Workers<\/dt><dd>auto \(2\)<\/dd>/);
});

test("frames that differ are told in both, with how many, where, and what it means", () => {
  const result = differingResult();
  assert.equal(verdict(result).kind, "different");
  assert.match(
    resultTable(result),
    /^7 OF 360 DECODED FRAMES DIFFER\. .*frame 41 of pair 2 \(counted from 0\).* all of 3 stock renders/,
  );
  const report = reportHtml(result);
  assert.match(report, /<h1>The two videos are <em class="bad">not the same<\/em><\/h1>/);
  assert.ok(report.indexOf("7 of 360 decoded frames differ") < report.indexOf("times as fast"));
  assert.deepEqual(
    Array.from(
      report.matchAll(/<th scope="row">\d<\/th><td>\d+ %<\/td>\s*<td>(.*?)<\/td>/g),
      ([, told]) => told,
    ),
    ["none", '<b class="bad">✗ 7</b>', "none"],
  );
});

test("a page that flickers is told in words, whether native is within that or not", () => {
  const told =
    "This page is not the same twice without the drop-in either: frames 36 to 47, between 40, 60 and 420, 130 (pixels).";
  const within = flickeringResult();
  assert.equal(verdict(within).kind, "identical");
  const finding = "360 decoded frames compared, none differs otherwise than stock from itself";
  assert.ok(resultTable(within).includes(`\n${finding}. ${told}\n`));
  assert.ok(reportHtml(within).includes(`<strong>${finding}</strong><p>${told}</p>`));
  const pictures = within.pictures ?? assert.fail();
  const beyond = { ...within, pictures: { ...pictures, differing: [[3], [], []] } };
  assert.equal(verdict(beyond).kind, "different");
  assert.match(resultTable(beyond), /^1 OF 360 DECODED FRAMES DIFFER\. /);
  for (const text of [resultTable(beyond), reportHtml(beyond)]) assert.ok(text.includes(told));
});

test("before the pictures are compared the verdict is open", () => {
  assert.equal(verdict(realResult()).kind, "identical");
  const open = { ...differingResult(), pictures: null };
  assert.equal(verdict(open).kind, "unknown");
  assert.match(reportHtml(open), /<td>not compared<\/td>/);
});

test("the capture that auto ended up with is told, in both; where the producer does not say, that", () => {
  const auto = (stock: string | null, native: string | null): BenchResult => {
    const result = withFirst(oneFrameResult(), { stock: { capture: stock }, native: { capture: native } });
    return { ...result, options: { ...result.options, capture: "auto" } };
  };
  assert.equal(captureMode(realResult()), "beginframe");
  for (const [result, told] of [
    [auto("screenshot", "screenshot"), "auto (screenshot)"],
    [auto("beginframe", "screenshot"), "auto (stock beginframe; native screenshot)"],
    [auto(null, null), "auto (not known)"],
  ] as const) {
    assert.ok(resultTable(result).includes(`, capture ${told}.\n`), told);
    assert.ok(reportHtml(result).includes(`<dt>Capture</dt><dd>${told}</dd>`), told);
  }
});

test("a native render without a swap is no native render, and says nothing of the page's videos", () => {
  const hook = { calls: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };
  const engine = ["@hyperframes/engine 0.8.33"];
  const reasons = ["hyperframes 9.9.9: it is not known"];
  const both = (swapped: readonly string[]) => {
    const stock = { swapped, hook, framesBy: {} };
    return withFirst(oneFrameResult(), { stock, native: { ...stock, untouched: reasons } });
  };
  assert.deepEqual(dropIn(realResult()), { unswapped: false, idle: false, reasons: [] });
  assert.deepEqual(dropIn(both(engine)), { unswapped: false, idle: false, reasons: [] });
  const nothing = both([]);
  assert.deepEqual(dropIn(nothing), { unswapped: true, idle: true, reasons });
  assert.equal(verdict(nothing).kind, "unswapped");
  assert.match(
    resultTable(nothing),
    /^THE DROP-IN DID NOT RUN\. Nothing was swapped .*: hyperframes 9\.9\.9: it is not known\. Ask:/,
  );
  assert.match(reportHtml(nothing), /<h1>The drop-in <em class="bad">did not run<\/em><\/h1>/);
});

test("each caution comes when its reason does, and only then", () => {
  assert.deepEqual(cautions(realResult()), []);
  const busy = (share: number) => withFirst(realResult(), { busy: share });
  assert.deepEqual(cautions(busy(0.24)), []);
  // It promises no direction.
  assert.deepEqual(cautions(busy(0.25)), [
    "The machine was busy: before a pair something else took 25 % of its 2 cores. Only a difference of a quarter or more in each pair counts then.",
  ]);
  // Where that is why nothing can be told, it is told once.
  assert.deepEqual(cautions(withWalls("1/1 1/1", 0.9)), []);
  assert.match(cautions(oneFrameResult()).join("\n"), /^There is only one pair.*\n.*only one frame:/);
  const frames = (capturedFrameMs: number) => withFirst(realResult(), { stock: { capturedFrameMs } });
  assert.match(cautions(frames(300)).join(), /^The pairs do not agree: from 1\.9\d to 7\.1 times/);
  const fell = withFirst(realResult(), { native: { framesBy: { file: 470, upstream: 10 } } });
  assert.match(cautions(fell).join(), /^Some frames of native renders took another path/);
});

test("the headline is the answer for the whole render", () => {
  const title = (result: BenchResult) =>
    reportHtml(result)
      .match(/<h1>(.*?)<\/h1>/)?.[1]
      ?.replace(/<[^>]*>/g, "");
  assert.equal(title(withWalls("12/10 13/10 14/10")), "The whole render is 1.30 times as fast");
  assert.equal(title(withWalls("10/12 10/13 10/14")), "The whole render takes 1.30 times as long");
  assert.equal(title(withWalls("10/10 10/10.1")), "No difference that could be measured");
  assert.equal(title(withWalls("10/8 10/12")), "Whether it is faster cannot be told");
  // Tiles follow the same rule.
  assert.match(
    reportHtml(withWalls("10/8 10/12")),
    /<h2>Whole render<\/h2>\s*<p class="figure"><b class="same">\?<\/b> 0\.83 to 1\.25<\/p>/,
  );
});

test("the report has every number of the table", () => {
  const report = reportHtml(realResult());
  for (const { measure, stock, native, ratio } of measured(realResult())) {
    const row = report.match(
      new RegExp(`<tr role="row"><th[^>]*>${measure.title.replace("'", "&#39;")}</th>.*?</tr>`, "s"),
    );
    const numbers = Array.from(row?.[0].matchAll(/<b>(.*?)<\/b>/g) ?? [], ([, text]) => text);
    assert.deepEqual(numbers, [
      // What nobody tells is a dash.
      stock === null ? "–" : quantity(stock.middle, measure.unit),
      native === null ? "–" : quantity(native.middle, measure.unit),
      ratio === null ? "–" : ratioText(ratio.middle),
    ]);
  }
});

test("the parts of the whole render and of the processors' time, as means that add up", () => {
  const result = withFirst(oneFrameResult(), {
    stock: {
      wallMs: 20_000,
      stages: { extractMs: 1000, captureMs: 12_000, encodeMs: 3000 },
      processes: {
        cpuMs: { node: 0, chrome: 9000, ffmpeg: 2000 },
        chromeThreads: [{ name: "renderer Media", cpuMs: 7000 }],
        peakRssBytes: 1,
      },
    },
  });
  const cells = (report: string, title: string) => {
    const row = report.match(new RegExp(`<tr><th scope="row">(?:<span[^>]*></span>)?${title}</th>.*?</tr>`));
    return Array.from(row?.[0].matchAll(/<td>(.*?)<\/td>/g) ?? [], ([, text]) => text);
  };
  const report = reportHtml(result);
  const stock = (title: string) => cells(report, title)[0];
  assert.deepEqual(["Extraction", "Capture", "Encoding", "The rest", "Whole render"].map(stock), [
    "1.00 s",
    "12.0 s",
    "3.00 s",
    "4.00 s",
    "20.0 s",
  ]);
  assert.deepEqual(["Chrome", "ffmpeg"].map(stock), ["9.00 s", "2.00 s"]);
  // One that only one of the two has.
  assert.deepEqual(cells(report, "renderer Media"), ["7.00 s", "0 s"]);
  assert.ok(report.includes("extracted the videos' frames in 8.14 s, which the drop-in does not change."));
  assert.match(reportHtml(realResult()), /Frames are encoded while they are captured\./);
  assert.doesNotMatch(report, /Frames are encoded while/);
  assert.doesNotMatch(reportHtml(noSeriesResult()), /Where the whole render|Processor time by process/);
});

test("the stages of a render as its log has them", () => {
  const trace = (phase: string, status: string, durationMs?: number) =>
    `[INFO] [Render:trace] ${JSON.stringify({ renderJobId: "a", phase, status, elapsedMs: 1, durationMs, frames: 3 })}`;
  const log = [
    trace("video_extract", "start"),
    trace("video_extract", "end", 812),
    trace("capture_calibration", "end", 90),
    // What failed took its time, too.
    trace("capture_streaming", "error", 100),
    trace("capture_disk", "end", 4000),
    "something else",
  ];
  const stages = { extractMs: 812, captureMs: 4100, encodeMs: null };
  assert.deepEqual(stagesOf(log.join("\n")), stages);
  assert.deepEqual(stagesOf([...log, trace("encode", "end", 700)].join("\n")), { ...stages, encodeMs: 700 });
  assert.equal(stagesOf("a log of an older version"), null);
});

test("the curves: each call's median over the pairs, and how far they lie apart", () => {
  const calls = (times: readonly number[]) => times.map((hookMs, n) => ({ atMs: n, hookMs, time: n / 30 }));
  const of = (stock: readonly number[], native: readonly number[]) => {
    const [pair] = realResult().pairs as [BenchPair];
    return {
      ...pair,
      stock: { ...pair.stock, calls: calls(stock) },
      native: { ...pair.native, calls: calls(native) },
    };
  };
  const pairs = [of([100, 50], [10, 5]), of([300, 40], [30]), of([200, 60], [20, 8])];
  const { hook } = plots({ ...realResult(), pairs });
  assert.deepEqual(hook.curves, [
    { mode: "stock", x: [0, 1], y: [200, 50], range: { low: [100, 40], high: [300, 60] } },
    // The second pair ended early: the others go on without it.
    { mode: "native", x: [0, 1], y: [20, 6.5], range: { low: [10, 5], high: [30, 8] } },
  ]);
  assert.equal(hook.logarithmic, true);
  const near = plots({ ...realResult(), pairs: [of([100], [30])] }).hook;
  assert.deepEqual(near.curves, [
    { mode: "stock", x: [0], y: [100] },
    { mode: "native", x: [0], y: [30] },
  ]);
  assert.equal(near.logarithmic, false);
  assert.deepEqual(plots(noSeriesResult()).hook.curves, []);
});

test("the memory: one line a pair in seconds and MB, the one with the middle peak drawn strongly", () => {
  const peaks = [300e6, 100e6, 200e6];
  const pairs = realResult().pairs.map((pair, n) => ({
    ...pair,
    native: {
      ...pair.native,
      peakRssBytes: peaks[n] ?? 0,
      memory: [{ atMs: -250, rssBytes: peaks[n] ?? 0 }],
    },
  }));
  const native = plots({ ...realResult(), pairs }).memory.curves.filter(({ mode }) => mode === "native");
  assert.deepEqual(native, [
    { mode: "native", faint: true, x: [-0.25], y: [300] },
    { mode: "native", faint: true, x: [-0.25], y: [100] },
    { mode: "native", faint: false, x: [-0.25], y: [200] },
  ]);
});

test("text is escaped in HTML; JSON and programs cannot end their script, and stay what they are", () => {
  const hostile = `</script><!-- & "it's" <b>`;
  assert.equal(
    html`<p title="${hostile}">${[hostile, null, 3]}</p>`.text,
    `<p title="&lt;/script&gt;&lt;!-- &amp; &quot;it&#39;s&quot; &lt;b&gt;">&lt;/script&gt;&lt;!-- &amp; &quot;it&#39;s&quot; &lt;b&gt;3</p>`,
  );
  const json = inlineJson({ hostile }).text;
  assert.doesNotMatch(json, /</);
  assert.deepEqual(JSON.parse(json), { hostile });
  const program = inlineScript(`return "</SCRIPT><!-- a<b";`).text;
  assert.doesNotMatch(program, /<\/script|<!--/i);
  assert.equal(new Function(program)(), "</SCRIPT><!-- a<b");
});
