/** The numbers of a bench result, in the terminal and in the report; expected values are worked out by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { captureMode } from "../../dist/bench/capture-mode.js";
import { cautions } from "../../dist/bench/cautions.js";
import { dropIn } from "../../dist/bench/drop-in.js";
import { type MeasureKey, measured, rowOf } from "../../dist/bench/measures.js";
import { count, quantity, range, ratioText } from "../../dist/bench/quantity.js";
import { plots } from "../../dist/bench/report/curves.js";
import { html, inlineJson, inlineScript } from "../../dist/bench/report/html.js";
import { reportHtml } from "../../dist/bench/report/report.js";
import type { BenchPair, BenchRender, BenchResult } from "../../dist/bench/result.js";
import { show, spread } from "../../dist/bench/spread.js";
import { resultTable } from "../../dist/bench/table.js";
import { verdict } from "../../dist/bench/verdict.js";
import { differingResult, noSeriesResult, oneFrameResult, realResult } from "../support/bench-results.ts";

/** A result whose renders have these hook means; all else is as in the fixture. */
function withHookMeans(means: ReadonlyArray<readonly [stock: number, native: number]>): BenchResult {
  const result = realResult();
  const [first] = result.pairs as [BenchPair];
  const of = (render: BenchRender, meanMs: number) => ({ ...render, hook: { ...render.hook, meanMs } });
  const pairs = means.map(([stock, native]) => ({
    ...first,
    stock: of(first.stock, stock),
    native: of(first.native, native),
  }));
  return { ...result, pairs };
}

function withFirstPair(result: BenchResult, change: (pair: BenchPair) => BenchPair): BenchResult {
  const [first, ...others] = result.pairs as [BenchPair, ...BenchPair[]];
  return { ...result, pairs: [change(first), ...others] };
}

const line = (table: string, title: string) => table.split("\n").find((text) => text.startsWith(title));

test("median of odd and even counts, smallest, largest; none is an error", () => {
  assert.deepEqual(spread([9, 1, 4]), { min: 1, median: 4, max: 9 });
  assert.deepEqual(spread([10, 20, 40, 1]), { min: 1, median: 15, max: 40 });
  assert.equal(show(spread([1.25, 3, 2]), 2), "2.00 (1.25 to 3.00)");
  assert.throws(() => spread([]), RangeError);
});

test("a row has the medians of both, each pair's ratio, and the median of those ratios", () => {
  const row = rowOf(
    measured(
      withHookMeans([
        [100, 10],
        [120, 12],
        [90, 15],
      ]),
    ),
    "hookMean",
  );
  assert.deepEqual(row.stock, { min: 90, median: 100, max: 120 });
  assert.deepEqual(row.native, { min: 10, median: 12, max: 15 });
  assert.deepEqual(row.ratios, [10, 10, 6]);
  // Not 100 / 12: a ratio is one of renders right after one another.
  assert.deepEqual(row.ratio, { min: 6, median: 10, max: 10 });
});

test("each measure takes its own number, in its own unit", () => {
  const result = withFirstPair(oneFrameResult(), (pair) => ({
    ...pair,
    stock: {
      ...pair.stock,
      capturedFrameMs: 1,
      hook: { calls: 1, meanMs: 2, p50Ms: 3, p95Ms: 4, p99Ms: 5, maxMs: 6 },
      split: { hookMs: 7, captureMs: 8, otherMs: 9 },
      wallMs: 10_000,
      cpuMs: 11_000,
      peakRssBytes: 12,
      protocol: { sentBytes: 13, receivedBytes: 14 },
      eventLoopDelay: { p50Ms: 15, p99Ms: 16, maxMs: 17 },
    },
  }));
  const expected: Record<MeasureKey, number> = {
    ...{ capturedFrame: 1, hookMean: 2, hookP50: 3, hookP95: 4, hookP99: 5, hookMax: 6, frameToFrame: 24 },
    ...{ wall: 10, cpu: 11, peakRss: 12, sent: 13, received: 14, loopP50: 15, loopP99: 16, loopMax: 17 },
  };
  const got = Object.fromEntries(measured(result).map(({ measure, stock }) => [measure.key, stock?.median]));
  assert.deepEqual(got, expected);
});

test("what a render does not give, or native zero, has no ratio", () => {
  const frame = rowOf(measured(noSeriesResult()), "capturedFrame");
  assert.deepEqual([frame.stock, frame.native, frame.ratios, frame.ratio], [null, null, [null], null]);
  assert.equal(rowOf(measured(noSeriesResult()), "sent").ratio, null);
  const partly = withFirstPair(realResult(), (pair) => ({
    ...pair,
    stock: { ...pair.stock, capturedFrameMs: null },
  }));
  const row = rowOf(measured(partly), "capturedFrame");
  assert.equal(row.ratios[0], null);
  assert.equal(row.ratio?.median, spread(row.ratios.slice(1).map(Number)).median);
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
  // In the median's unit, whatever their own would be.
  assert.equal(range({ min: 900_000, median: 2e6, max: 1e9 }, "bytes"), "0.900 to 1,000");
  assert.equal(range({ min: 10, median: 11, max: 12 }, "ms", "–"), "10.0–12.0");
  assert.equal(range({ min: 786.1, median: 786.2, max: 786.4 }, "ms"), null);
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

test("the table lines its columns up and says spread, ratios and verdict", () => {
  const table = resultTable(
    withHookMeans([
      [100, 10],
      [120, 12],
      [90, 15],
    ]),
  );
  assert.match(
    line(table, "Hook, mean") ?? "",
    /^Hook, mean +100 ms \(90\.0 to 120\) +12\.0 ms \(10\.0 to 15\.0\) +10 +10, 10, 6\.0$/,
  );
  const rows = table.split("\n").filter((text) => /^(Hook|Captured|Protocol|Whole|Node|Event)/.test(text));
  assert.equal(rows.length, 14);
  assert.deepEqual([...new Set(rows.map((row) => row.length))].length, 1, "rows end in one column");
  assert.match(table, /^four-videos: 30 fps, one worker, frames jpg, capture beginframe\n3 pairs; median/);
  assert.match(table, /\nAll 360 decoded frames are identical\.$/);
});

test("the table of one pair has neither spread nor a column for each pair; what is missing is a dash", () => {
  const table = resultTable(noSeriesResult());
  assert.match(line(table, "Captured frame") ?? "", /^Captured frame, median +- +- +-$/);
  assert.match(line(table, "Protocol, sent") ?? "", /^Protocol, sent +0 B +0 B +-$/);
  assert.doesNotMatch(table, / each pair$|smallest|\d to \d/m);
  assert.match(table, /NOT ALL PAIRS WERE COMPARED\. Without decoded frames/);
  assert.match(table, /load unknown/);
});

test("frames that differ are told in both, with how many, where, and what it means", () => {
  const result = differingResult();
  assert.equal(verdict(result).kind, "different");
  assert.match(
    resultTable(result),
    /\n7 OF 360 DECODED FRAMES DIFFER\. .*frame 41 of pair 2 \(counted from 0\)/,
  );
  const report = reportHtml(result);
  assert.match(report, /<h1>The two videos are <em class="bad">not the same<\/em><\/h1>/);
  assert.ok(report.indexOf("7 of 360 decoded frames differ") < report.indexOf("times as fast"));
});

test("one pair that was not compared leaves the verdict open; a difference elsewhere decides it", () => {
  const uncompared = (pair: BenchPair) => ({
    ...pair,
    comparison: { frames: 0, differing: 0, firstDifference: null },
  });
  assert.equal(verdict(realResult()).kind, "identical");
  assert.equal(verdict(withFirstPair(realResult(), uncompared)).kind, "unknown");
  assert.equal(verdict(withFirstPair(differingResult(), uncompared)).kind, "different");
});

test("the capture that auto ended up with is told, in both; where the producer does not say, that", () => {
  const auto = (stock: string | null, native: string | null): BenchResult => {
    const result = withFirstPair(oneFrameResult(), (pair) => ({
      ...pair,
      stock: { ...pair.stock, capture: stock },
      native: { ...pair.native, capture: native },
    }));
    return { ...result, options: { ...result.options, capture: "auto" } };
  };
  assert.equal(captureMode(realResult()), "beginframe");
  for (const [result, told] of [
    [auto("screenshot", "screenshot"), "auto (screenshot)"],
    [auto("beginframe", "screenshot"), "auto (stock beginframe; native screenshot)"],
    [auto(null, null), "auto (not known)"],
  ] as const) {
    assert.ok(resultTable(result).includes(`, capture ${told}\n`), told);
    assert.ok(reportHtml(result).includes(`<dt>Capture</dt><dd>${told}</dd>`), told);
  }
});

test("a native render without a swap is no native render, and says nothing of the page's videos", () => {
  const silent = (render: BenchRender, swapped: readonly string[]): BenchRender => ({
    ...render,
    swapped,
    hook: { ...render.hook, calls: 0 },
    framesBy: {},
  });
  const engine = ["@hyperframes/engine 0.8.33"];
  const both = (swapped: readonly string[]) =>
    withFirstPair(oneFrameResult(), (pair) => ({
      ...pair,
      stock: silent(pair.stock, swapped),
      native: { ...silent(pair.native, swapped), untouched: ["hyperframes 9.9.9: it is not known"] },
    }));
  assert.deepEqual(dropIn(realResult()), {
    unswapped: false,
    withoutVideos: false,
    idle: false,
    reasons: [],
  });
  assert.deepEqual(dropIn(both(engine)), { unswapped: false, withoutVideos: true, idle: false, reasons: [] });
  const nothing = both([]);
  const reasons = ["hyperframes 9.9.9: it is not known"];
  assert.deepEqual(dropIn(nothing), { unswapped: true, withoutVideos: false, idle: true, reasons });
  assert.equal(verdict(nothing).kind, "unswapped");
  assert.match(
    resultTable(nothing),
    /\nTHE DROP-IN DID NOT RUN\. Nothing was swapped .*: hyperframes 9\.9\.9: it is not known\. Ask:/,
  );
  assert.match(reportHtml(nothing), /<h1>The drop-in <em class="bad">did not run<\/em><\/h1>/);
});

test("each caution comes when its reason does, and only then", () => {
  assert.deepEqual(cautions(realResult()), []);
  const loaded = (load: number) => withFirstPair(realResult(), (pair) => ({ ...pair, load }));
  assert.deepEqual(cautions(loaded(3)), []); // two cores
  assert.match(cautions(loaded(3.1)).join(), /^The machine was busy: load 3\.1 on 2 cores\./);
  assert.match(cautions(oneFrameResult()).join("\n"), /^There is only one pair.*\n.*only one frame:/);
  const frames = (capturedFrameMs: number) =>
    withFirstPair(realResult(), (pair) => ({ ...pair, stock: { ...pair.stock, capturedFrameMs } }));
  assert.match(cautions(frames(300)).join(), /^The pairs do not agree: from 1\.9\d to 7\.1 times/);
  const fell = withFirstPair(realResult(), (pair) => ({
    ...pair,
    native: { ...pair.native, framesBy: { file: 470, upstream: 10 } },
  }));
  assert.match(cautions(fell).join(), /^Some frames of native renders took another path/);
});

test("the headline says faster, slower or the same, by the median of the pairs' ratios", () => {
  const title = (stockMs: number, nativeMs: number) => {
    const result = withFirstPair(oneFrameResult(), (pair) => ({
      ...pair,
      stock: { ...pair.stock, capturedFrameMs: stockMs },
      native: { ...pair.native, capturedFrameMs: nativeMs },
    }));
    return reportHtml(result)
      .match(/<h1>(.*?)<\/h1>/)?.[1]
      ?.replace(/<[^>]*>/g, "");
  };
  assert.equal(title(1023, 162), "Frames are captured 6.3 times as fast");
  assert.equal(title(100, 125), "Frames are captured 1.25 times as slow");
  assert.equal(title(100, 98), "Frames are captured as fast as without");
  assert.match(reportHtml(noSeriesResult()), /<h1>The hook is <em>\d+ times<\/em> as fast<\/h1>/);
});

test("the report has every number of the table", () => {
  const report = reportHtml(realResult());
  for (const { measure, stock, native, ratio } of measured(realResult())) {
    assert.ok(stock && native && ratio);
    const row = report.match(
      new RegExp(`<tr role="row"><th[^>]*>${measure.title.replace("'", "&#39;")}</th>.*?</tr>`, "s"),
    );
    const numbers = Array.from(row?.[0].matchAll(/<b>(.*?)<\/b>/g) ?? [], ([, text]) => text);
    assert.deepEqual(numbers, [
      quantity(stock.median, measure.unit),
      quantity(native.median, measure.unit),
      ratioText(ratio.median),
    ]);
  }
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

test("no text of the data is markup in the report", () => {
  const report = reportHtml(differingResult());
  assert.equal(report.match(/<\/script>/gi)?.length, 3, "the data, the plots, the program");
  assert.doesNotMatch(report, /<img|<!-- '/);
  // Project (title and heading), processor, system, ffmpeg, one choice, one fallback.
  assert.equal(report.match(/&lt;img src=x onerror=&quot;/g)?.length, 7);
});
