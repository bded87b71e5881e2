/** `hyperframes-native doctor` on set-ups that are broken on purpose: it has to name the very fault. No Chrome is started. */
import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { FINDINGS, type FindingCode } from "../../dist/tools/cli/doctor/findings.js";
import { checkFfmpeg, checkMemory } from "../../dist/tools/cli/doctor/machine.js";
import { policyAdvice } from "../../dist/tools/cli/doctor/page.js";
import { verdictOf } from "../../dist/tools/cli/doctor/report.js";
import { detailsOf, runDoctor, startDoctor, writeHost } from "../support/doctor.ts";
import { FrameFolder } from "../support/frames.ts";
import { UNKNOWN, UPSTREAM } from "../support/host.ts";
import { WITHOUT_HOOKS } from "../support/node-process.ts";
import { root } from "../support/paths.ts";

/** So that no Chrome of this machine is started. */
const NO_CHROME = { PRODUCER_HEADLESS_SHELL_PATH: "/nowhere/chrome" };

/** What that alone is told as. */
const WITHOUT_CHROME: readonly FindingCode[] = ["CHROME_PATH_WRONG"];

test("swapped: the package, file and line by which match; a wrong Chrome path is a fault that names the variable", async (t) => {
  const project = new FrameFolder(t).path;
  const home = writeHost(project, "@hyperframes/producer");
  const { code, stderr, report, of, one } = await runDoctor({ project, env: NO_CHROME });
  assert.equal(stderr, "");
  assert.deepEqual(report.verdict, {
    swap: true,
    render: false,
    because: ["CHROME_PATH_WRONG"],
    warnings: 1,
    faults: 1,
    exitStatus: 1,
  });
  assert.equal(code, 1);
  const swapped = one("PACKAGE_SWAPPED");
  assert.equal(of("PACKAGE_SWAPPED").length, 1);
  assert.match(
    swapped.found,
    /producer 9\.9\.9 .* at dist\/bundle\.js:1, .*screenshots at dist\/bundle\.js:12/,
  );
  assert.deepEqual(swapped.details, {
    name: "@hyperframes/producer",
    version: "9.9.9",
    directory: home,
    files: [{ file: "dist/bundle.js", injectorLine: 1, clipLine: 12 }],
  });
  const chrome = one("CHROME_PATH_WRONG");
  assert.equal(chrome.status, "fault");
  assert.match(chrome.found, /^PRODUCER_HEADLESS_SHELL_PATH=\/nowhere\/chrome does not exist/);
  assert.match(one("PAGE_NOT_TRIED").found, /no Chrome was started/);
});

test("every finding has a known status, a sentence and an advice", async (t) => {
  const project = new FrameFolder(t).path;
  const { report } = await runDoctor({ project, env: { ...NO_CHROME, HYPERFRAMES_NATIVE: "off" } });
  assert.deepEqual(
    new Set(report.findings.map(({ check }) => check)),
    new Set(["switches", "binary", "runtime", "packages", "chrome", "page", "ffmpeg", "memory"]),
  );
  for (const { status, found, advice } of report.findings) {
    assert.ok(["ok", "warning", "fault"].includes(status));
    for (const text of [found, advice]) assert.match(text, /^\S.*\S\.$/);
  }
});

test("docs/doctor.md has a line for each code, and a star where it stops the swap or the render", () => {
  const documented = readFileSync(join(root, "docs/doctor.md"), "utf8").matchAll(
    /^\| `([A-Z_]+)`( \*)? \|/gm,
  );
  const stars = new Map(Array.from(documented, ([, code = "", star]) => [code, star !== undefined]));
  assert.deepEqual([...stars.keys()].sort(), Object.keys(FINDINGS).sort());
  for (const code of Object.keys(FINDINGS) as FindingCode[]) {
    const { status } = FINDINGS[code];
    const { exitStatus } = verdictOf([{ code, check: "memory", status, found: "", advice: "" }]);
    assert.equal(stars.get(code), exitStatus === 1, code);
  }
});

test("no HyperFrames package: a fault with the folders, exit status 1", async (t) => {
  const project = new FrameFolder(t).path;
  const { code, report, one } = await runDoctor({ project, env: NO_CHROME });
  assert.equal(code, 1);
  assert.deepEqual(report.verdict.because, ["NO_PACKAGE", ...WITHOUT_CHROME]);
  const none = one("NO_PACKAGE");
  assert.ok(none.found.includes(project));
  assert.match(none.advice, /npm install hyperframes/);
});

test("an unknown version: the file and the reason, exit status 1 although another package is swapped", async (t) => {
  const project = new FrameFolder(t).path;
  writeHost(project, "hyperframes", UNKNOWN);
  writeHost(project, "@hyperframes/engine");
  const { code, stderr, report, of, one } = await runDoctor({ project, env: NO_CHROME });
  assert.deepEqual([code, stderr], [1, ""]);
  assert.deepEqual(report.verdict.because, ["PACKAGE_LEFT_ALONE", ...WITHOUT_CHROME]);
  assert.match(
    one("PACKAGE_LEFT_ALONE").found,
    /hyperframes 9\.9\.9 .*left alone: dist\/bundle\.js: .*shape that is not known/,
  );
  assert.equal(of("PACKAGE_SWAPPED").length, 1);
});

test("a clip of an unknown shape is a warning; a package without the function is one, and a fault if there is no other", async (t) => {
  const project = new FrameFolder(t).path;
  writeHost(project, "@hyperframes/engine", UPSTREAM, "");
  writeHost(project, "hyperframes", "");
  const both = await runDoctor({ project, env: NO_CHROME });
  assert.equal(both.report.verdict.swap, true);
  assert.match(both.one("CLIP_LEFT_ALONE").found, /@hyperframes\/engine/);
  assert.match(both.one("PACKAGE_WITHOUT_FUNCTION").found, /hyperframes 9\.9\.9/);
  const other = new FrameFolder(t).path;
  writeHost(other, "hyperframes", "");
  const alone = await runDoctor({ project: other, env: NO_CHROME });
  assert.deepEqual(
    [alone.code, alone.report.verdict.because],
    [1, ["NO_PACKAGE_SWAPPED", ...WITHOUT_CHROME]],
  );
});

test("packages: above the project, through a symlink, within another package, of the command on the PATH", async (t) => {
  const top = new FrameFolder(t).path;
  const store = new FrameFolder(t).path;
  const project = join(top, "videos", "first");
  mkdirSync(project, { recursive: true });
  const engine = writeHost(top, "@hyperframes/engine");
  const producer = writeHost(engine, "@hyperframes/producer");
  const cli = writeHost(store, "hyperframes");
  mkdirSync(join(store, "bin"));
  writeFileSync(join(cli, "dist/cli.js"), "");
  symlinkSync(join(cli, "dist/cli.js"), join(store, "bin/hyperframes"));
  const directories = async (PATH: string) => {
    const { of } = await runDoctor({ project, env: { ...NO_CHROME, PATH } });
    return of("PACKAGE_SWAPPED").map(({ details }) => (details as { directory: string }).directory);
  };
  assert.deepEqual(
    (await directories(`${join(store, "bin")}:/usr/bin:/bin`)).sort(),
    [cli, engine, producer].sort(),
  );
  symlinkSync(cli, join(top, "node_modules/hyperframes"));
  assert.deepEqual((await directories("/usr/bin:/bin")).sort(), [cli, engine, producer].sort());
});

test("no native binary, and one that does not load: platform, libc and package are named", async (t) => {
  const project = new FrameFolder(t).path;
  writeHost(project, "@hyperframes/engine");
  // This package as a platform without a binary has it: everything but the .node file.
  const copy = join(project, "node_modules", "hyperframes-native");
  mkdirSync(copy, { recursive: true });
  for (const part of ["dist", "index.js", "package.json"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  const lexer = join("node_modules", "es-module-lexer");
  symlinkSync(join(root, lexer), join(project, lexer));
  const program = join(copy, "dist/tools/cli/main.js");
  const missing = await runDoctor({ project, program, env: NO_CHROME });
  assert.deepEqual([missing.code, missing.stderr], [1, ""]);
  assert.deepEqual(missing.report.verdict.because, ["BINARY_MISSING", ...WITHOUT_CHROME]);
  const fault = missing.one("BINARY_MISSING");
  const details = detailsOf<{ name: string; package: string }>(fault);
  assert.ok(details.name.startsWith(`${process.platform}-${process.arch}`));
  assert.equal(details.package, `@hyperframes-native/binding-${details.name}`);
  for (const word of [process.platform, process.arch, details.package]) assert.ok(fault.found.includes(word));
  // The name is the one of this repository's own binary.
  const file = readdirSync(root).find((name) => name.endsWith(".node"));
  assert.equal(file, `hyperframes-native.${details.name}.node`);

  writeFileSync(join(copy, `hyperframes-native.${details.name}.node`), "no library");
  const broken = await runDoctor({ project, program, env: NO_CHROME });
  assert.deepEqual([broken.code, broken.report.verdict.because], [1, ["BINARY_BROKEN", ...WITHOUT_CHROME]]);
  assert.match(broken.one("BINARY_BROKEN").found, /is there but does not load: .*\.node/);
});

test("a runtime without load hooks: exit status 1", async (t) => {
  const project = new FrameFolder(t).path;
  writeHost(project, "@hyperframes/engine");
  const nodeArgs = ["--import", WITHOUT_HOOKS];
  const { code, report } = await runDoctor({ project, nodeArgs, env: NO_CHROME });
  assert.deepEqual([code, report.verdict.because], [1, ["RUNTIME_WITHOUT_HOOKS", ...WITHOUT_CHROME]]);
});

test("switched off: exit status 1; values and variables that mean nothing are warnings, told once", async (t) => {
  const project = new FrameFolder(t).path;
  writeHost(project, "@hyperframes/engine");
  const off = await runDoctor({ project, env: { ...NO_CHROME, HYPERFRAMES_NATIVE: "off" } });
  assert.deepEqual([off.code, off.report.verdict.because], [1, ["SWITCHED_OFF", ...WITHOUT_CHROME]]);
  const HYPERFRAMES_NATIVE_TRANSPORT = "pigeon";
  const env = { HYPERFRAMES_NATIVE: "offf", HYPERFRAMES_NATIVE_TRANSPORT, HYPERFRAMES_NATIVE_STAT: "x" };
  const odd = await runDoctor({ project, env: { ...NO_CHROME, ...env, HYPERFRAMES_NATIVE_CLIP: "no" } });
  const kept = { HYPERFRAMES_NATIVE_CLIP: "keep", HYPERFRAMES_NATIVE_MEDIA: "keep" };
  const keeping = await runDoctor({ project, env: { ...NO_CHROME, ...kept } });
  assert.deepEqual(
    keeping.report.findings.flatMap(({ code }) => (/_KEPT$/.test(code) ? [code] : [])),
    ["CLIP_KEPT", "MEDIA_KEPT"],
  );
  assert.deepEqual([odd.report.verdict.swap, odd.stderr], [true, ""]);
  const told = odd.of("SWITCH_UNKNOWN").map(({ found }) => found);
  assert.equal(told.length, 4, told.join("\n"));
  for (const text of ["HYPERFRAMES_NATIVE=offf", "TRANSPORT=pigeon", "NATIVE_STAT=x", "CLIP=no"])
    assert.ok(
      told.some((found) => found.includes(text)),
      text,
    );
});

test("whether the drop-in is on in the process is told", async (t) => {
  const project = new FrameFolder(t).path;
  const isOn = async (nodeArgs: string[]) =>
    detailsOf<{ isHere: boolean }>(
      (await runDoctor({ project, nodeArgs, env: NO_CHROME })).one("SWITCHED_ON"),
    ).isHere;
  assert.equal(await isOn([]), false);
  assert.equal(await isOn(["--import", import.meta.resolve("hyperframes-native/register")]), true);
});

test("doctor knows every variable that the sources read", async (t) => {
  const project = new FrameFolder(t).path;
  const names = new Set<string>();
  for (const file of globSync("{ts,tools/{cli,bench}}/**/*.ts", { cwd: root })) {
    if (file.startsWith(join("tools", "cli", "doctor"))) continue;
    const read = readFileSync(join(root, file), "utf8").matchAll(
      /(?:env\.|(?:normalized|keeps|asWritten)\(")(HYPERFRAMES_NATIVE\w*)/g,
    );
    for (const [, name = ""] of read) names.add(name);
  }
  assert.ok(names.has("HYPERFRAMES_NATIVE_STATS") && names.size >= 4, [...names].join());
  const env = Object.fromEntries([...names].map((name) => [name, ""]));
  assert.deepEqual((await runDoctor({ project, env: { ...NO_CHROME, ...env } })).of("SWITCH_UNKNOWN"), []);
});

test("ffmpeg: nowhere, by a wrong variable, and one that fails", async (t) => {
  const folder = new FrameFolder(t);
  const nowhere = await checkFfmpeg({ path: folder.path, beside: [join(folder.path, "ffmpeg")] });
  assert.equal(nowhere.code, "FFMPEG_MISSING");
  assert.match(nowhere.found, /no ffmpeg on the PATH/);
  const configured = join(folder.path, "ffmpeg");
  const wrong = await checkFfmpeg({ configured, path: "/usr/bin", beside: [] });
  assert.deepEqual([wrong.code, wrong.status], ["FFMPEG_MISSING", "fault"]);
  assert.ok(wrong.found.startsWith(`HYPERFRAMES_FFMPEG_PATH=${configured} `));
  chmodSync(folder.write("ffmpeg", Buffer.from("#!/bin/sh\nexit 3\n")), 0o755);
  assert.equal((await checkFfmpeg({ configured, path: "/usr/bin", beside: [] })).code, "FFMPEG_BROKEN");
  // Found where HyperFrames looks besides.
  chmodSync(folder.write("ffmpeg", Buffer.from("#!/bin/sh\necho ffmpeg version 9\n")), 0o755);
  const beside = await checkFfmpeg({ path: "/nowhere", beside: [configured] });
  assert.deepEqual(
    [beside.code, beside.details],
    ["FFMPEG_STARTS", { program: configured, version: "ffmpeg version 9" }],
  );
});

test("Chrome: none, one that HyperFrames does not look for, and the newest of a cache", async (t) => {
  const folder = new FrameFolder(t);
  const project = folder.path;
  const env = { HOME: project, PATH: project };
  assert.match((await runDoctor({ project, env })).one("CHROME_MISSING").advice, /browser ensure/);
  chmodSync(folder.write("chromium-headless-shell", Buffer.from("#!/bin/sh\nexit 1\n")), 0o755);
  const notTried = (await runDoctor({ project, env })).one("CHROME_NOT_TRIED");
  assert.ok(notTried.found.startsWith(`${join(project, "chromium-headless-shell")} (from the PATH)`));
  // The CLI's own puppeteer knows where browsers lie in a cache; what lies there is no browser.
  mkdirSync(join(project, "node_modules"));
  symlinkSync(join(root, "node_modules/hyperframes"), join(project, "node_modules/hyperframes"));
  const shell = (version: string) =>
    join(
      project,
      `.cache/puppeteer/chrome-headless-shell/linux-${version}/chrome-headless-shell-linux64/chrome-headless-shell`,
    );
  for (const version of ["99.0.1.2", "150.0.7.9", "150.0.7.10"]) {
    mkdirSync(dirname(shell(version)), { recursive: true });
    cpSync(join(project, "chromium-headless-shell"), shell(version));
  }
  const fault = (await runDoctor({ project, env })).one("CHROME_DOES_NOT_START");
  assert.ok(fault.found.startsWith(shell("150.0.7.10")), fault.found);
});

test("memory: a cgroup's limit counts, and small is a warning", () => {
  const GIB = 1024 ** 3;
  const machine = { total: 16 * GIB, allowed: 2 ** 64, free: 8 * GIB };
  const large = checkMemory(machine);
  assert.deepEqual([large.code, detailsOf<{ allowed: unknown }>(large).allowed], ["MEMORY_ENOUGH", null]);
  assert.equal(detailsOf<{ cacheBytes: number }>(large).cacheBytes, GIB);
  const container = checkMemory({ ...machine, allowed: 2 * GIB, free: GIB });
  assert.deepEqual([container.code, container.status], ["MEMORY_SMALL", "warning"]);
  assert.match(
    container.found,
    /16 GiB in the machine, 2\.0 GiB of it allowed \(cgroup\).*128 MiB for inline/,
  );
  assert.match(container.advice, /container/);
  assert.equal(checkMemory({ total: 2 * GIB, allowed: 0, free: GIB }).code, "MEMORY_SMALL");
});

test("the advice on a policy keeps what it allows, and adds what is missing", () => {
  const advice = (policy: string, blocked = "blob", directive = "img-src") =>
    policyAdvice({ policy, blocked, directive });
  assert.match(
    advice("script-src 'self'; img-src 'self' data:"),
    /^Write "img-src 'self' data: blob:" instead of "img-src 'self' data:"/,
  );
  assert.match(advice("default-src 'self'"), /^Add "img-src 'self' blob:" .*\("default-src 'self'" holds/);
  assert.match(advice("img-src 'none'"), /^Write "img-src blob:"/);
  assert.match(
    advice("connect-src 'none'", "http://127.0.0.1:41000/abc", "connect-src"),
    /^Write "connect-src http:\/\/127\.0\.0\.1:\*"/,
  );
});

test("text: aligned, without colours, the verdict first", async (t) => {
  const project = new FrameFolder(t).path;
  const run = await startDoctor({ project, env: NO_CHROME }).ended;
  assert.equal(run.code, 1);
  assert.ok(!run.stdout.includes("\u001b"));
  const lines = run.stdout.trimEnd().split("\n");
  assert.match(lines[0] ?? "", /^No render works here \(CHROME_PATH_WRONG\)\.$/);
  assert.match(lines.at(-1) ?? "", /^hyperframes-native \d.* doctor, \//);
  const starts = lines.filter((line) => /^(?:ok|warning|FAULT) /.test(line));
  assert.ok(starts.length >= 7);
  for (const line of starts)
    assert.match(line, /^(?:ok {7}\S+ +\S|(?:warning|FAULT {2}) {2}\S+ +\S.* \[[A-Z_]+\]$)/);
  // What is well takes a line and needs no advice.
  for (const [n, line] of lines.entries())
    if (line.startsWith("ok ")) assert.doesNotMatch(lines[n + 1] ?? "", /->/);
  assert.equal(new Set(lines.flatMap((line) => /^ +(?=->)/.exec(line)?.[0].length ?? [])).size, 1);
});

test("a folder that does not exist is an error on stderr", async (t) => {
  const project = new FrameFolder(t).path;
  const { code, stdout, stderr } = await startDoctor({ project, args: ["--json", "missing"] }).ended;
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /'missing' is invalid .*no such folder/);
});

test("a statistics file that cannot be written is a warning, with the reason; one that can be is none", async (t) => {
  const folder = new FrameFolder(t);
  const project = folder.path;
  writeHost(project, "@hyperframes/engine");
  const told = async (file: string) =>
    (
      await runDoctor({ project, env: { ...NO_CHROME, HYPERFRAMES_NATIVE_STATS: file } })
    ).report.findings.find(({ check }) => check === "stats");
  const file = folder.write("a file", Buffer.from(""));
  for (const [path, reason] of [
    ["no/such/stats.json", "there is no folder "],
    [".", "it is a folder."],
    [join(file, "below.json"), "is no folder."],
  ] as const) {
    const finding = await told(path);
    assert.deepEqual([finding?.code, finding?.status], ["STATS_UNWRITABLE", "warning"], path);
    assert.ok(finding?.found.includes(reason), finding?.found);
  }
  assert.equal((await told("stats.json"))?.code, "STATS_WRITABLE");
  assert.equal((await told(""))?.code, undefined);
});

test("a page without video is a warning; inner compositions and comments count as upstream sees them", async (t) => {
  const folder = new FrameFolder(t);
  const project = folder.path;
  writeHost(project, "@hyperframes/engine");
  const isTold = async (html: string) => {
    folder.write("index.html", Buffer.from(html));
    return (await runDoctor({ project, env: NO_CHROME })).of("PAGE_WITHOUT_VIDEO").length === 1;
  };
  assert.ok(await isTold("<p>no video</p><!-- <video src=a.mp4></video> --><videos>"));
  assert.ok(!(await isTold('<VIDEO\nsrc="a.mp4">')));
  mkdirSync(join(project, "compositions/deep"), { recursive: true });
  const inner = (path: string) => `<div data-composition-src="${path}"></div>`;
  folder.write(
    "compositions/one.html",
    Buffer.from(inner("deep/two.html") + inner("./compositions/one.html")),
  );
  folder.write("compositions/deep/two.html", Buffer.from("<template><video src=a.mp4></video></template>"));
  assert.ok(!(await isTold(inner("compositions/one.html"))));
  folder.write("compositions/deep/two.html", Buffer.from("<template></template>"));
  assert.ok(await isTold(inner("compositions/one.html")));
});
