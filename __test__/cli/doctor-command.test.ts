/** Which HyperFrames a render would load: doctor sees it as Node and npm do, and runs nothing of it. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { renderScript } from "../../dist/tools/cli/host/project.js";
import { detailsOf, runDoctor, startDoctor, writeHost } from "../support/doctor.ts";
import { FrameFolder } from "../support/frames.ts";
import { mainProgram } from "../support/paths.ts";
import { Terminal, withoutTerminal } from "../support/terminal.ts";

const NO_CHROME = { PRODUCER_HEADLESS_SHELL_PATH: "/nowhere/chrome" };

/** Where Node itself is, for `#!/usr/bin/env node`. */
const NODE = dirname(process.execPath);
const PATH = `${NODE}:/usr/bin:/bin`;

/** A program that says, in a file, that it was run. */
const TELLS = (marker: string) =>
  `#!/usr/bin/env node\nimport { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(marker)}, "");\n`;

interface Cli {
  /** Folder of the package. */
  readonly home: string;
  /** Its program. */
  readonly program: string;
}

/** A project in a folder with a space and an umlaut, and whether HyperFrames was run. */
function setUp(t: TestContext) {
  const top = new FrameFolder(t).path;
  const project = join(top, "mein Übung", "video");
  mkdirSync(project, { recursive: true });
  const marker = join(top, "was-run");
  /** The CLI, as npm installs it. */
  const writeCli = (folder: string): Cli => {
    const home = writeHost(folder, "hyperframes");
    const program = join(home, "dist/cli.mjs");
    writeFileSync(program, TELLS(marker));
    chmodSync(program, 0o755);
    return { home, program };
  };
  const linkBin = (folder: string, { program }: Cli) => {
    mkdirSync(folder, { recursive: true });
    symlinkSync(program, join(folder, "hyperframes"));
  };
  const scripts = (all: Record<string, string>) =>
    writeFileSync(join(project, "package.json"), JSON.stringify({ scripts: all }));
  const loaded = async (env: Record<string, string> = {}, args: readonly string[] = []) => {
    const run = await runDoctor({ project, env: { ...NO_CHROME, PATH, ...env }, args });
    assert.ok(!existsSync(marker), "HyperFrames was run");
    const [swapped] = run.of("PACKAGE_SWAPPED");
    const details = swapped && detailsOf<{ directory: string; from?: string }>(swapped);
    return { run, directory: details?.directory, from: details?.from, command: run.report.command };
  };
  return { top, project, writeCli, linkBin, scripts, loaded };
}

const skip = process.platform === "win32" && "programs there are no links";

test("the project's own, above it in a workspace, linked from elsewhere, and on the PATH", {
  skip,
}, async (t) => {
  const { top, project, writeCli, linkBin, loaded } = setUp(t);
  const everywhere = writeCli(join(top, "global/lib"));
  linkBin(join(top, "global/bin"), everywhere);
  const env = { PATH: `${PATH}:${join(top, "global/bin")}` };
  const byPath = await loaded(env);
  assert.equal(byPath.directory, everywhere.home);
  assert.equal(byPath.from, `${everywhere.home}, installed for all folders`);
  assert.deepEqual(byPath.command, ["hyperframes", "render"]);

  const workspace = writeCli(dirname(project));
  linkBin(join(dirname(project), "node_modules/.bin"), workspace);
  const above = await loaded(env);
  assert.deepEqual([above.directory, above.from], [workspace.home, dirname(project)]);

  const elsewhere = writeCli(join(top, "checkout"));
  mkdirSync(join(project, "node_modules"));
  symlinkSync(elsewhere.home, join(project, "node_modules/hyperframes"));
  linkBin(join(project, "node_modules/.bin"), elsewhere);
  const linked = await loaded(env);
  assert.equal(linked.directory, elsewhere.home);
  assert.equal(linked.from, `${elsewhere.home}, linked into this project`);

  rmSync(join(project, "node_modules"), { recursive: true });
  const own = writeCli(project);
  linkBin(join(project, "node_modules/.bin"), own);
  const near = await loaded(env);
  assert.deepEqual([near.directory, near.from], [own.home, "this project"]);
  assert.match(
    near.run.one("PACKAGE_SWAPPED").found,
    /^"hyperframes render" loads hyperframes 9\.9\.9 \(this project, .*\), which would be swapped:/,
  );
});

test("the scaffold's script: npx's cache, and what is not in it yet", { skip }, async (t) => {
  const { top, project, writeCli, linkBin, scripts, loaded } = setUp(t);
  const cached = writeCli(join(top, "_npx/0123456789abcdef"));
  // npx as far as it matters here: it finds the program by itself, starts it, and does not fetch when it is told not to.
  const npx = join(top, "bin/npx");
  mkdirSync(dirname(npx));
  const finds = `#!/bin/sh\n[ "$npm_config_offline $1 $2 $3" = "true --yes hyperframes@9.9.9 render" ] || exit 9\nexec ${cached.program.replaceAll(" ", "\\ ")} "$3"\n`;
  writeFileSync(npx, finds);
  chmodSync(npx, 0o755);
  scripts({ dev: "npx --yes hyperframes@9.9.9 preview", render: "npx --yes hyperframes@9.9.9 render" });
  // One that is installed as well is not what the script takes.
  linkBin(join(project, "node_modules/.bin"), writeCli(project));
  const env = { PATH: `${join(top, "bin")}:${PATH}` };
  const found = await loaded(env);
  assert.deepEqual([found.directory, found.from], [cached.home, "npx's cache"]);
  assert.deepEqual(found.command, ["npx", "--yes", "hyperframes@9.9.9", "render"]);
  const { stdout } = await startDoctor({ project, env: { ...NO_CHROME, ...env } }).ended;
  assert.match(stdout, /^ok {7}packages {2}hyperframes 9\.9\.9, npx's cache$/m);

  writeFileSync(npx, "#!/bin/sh\nexit 1\n");
  const { run } = await loaded(env);
  assert.equal(run.code, 1);
  assert.equal(
    run.one("COMMAND_NOT_LOADED").advice,
    "Have it fetched: npx --yes hyperframes@9.9.9 --version",
  );
  const text = await startDoctor({ project, env: { ...NO_CHROME, ...env } }).ended;
  assert.match(text.stdout, /^No render works here \(CHROME_PATH_WRONG\)\.$/m);
});

test("a command that is given: code of the project's own, and one that has nothing to do with HyperFrames", {
  skip,
}, async (t) => {
  const { project, loaded } = setUp(t);
  const home = writeHost(project, "@hyperframes/engine");
  const own = join(project, "render.mjs");
  writeFileSync(own, `import ${JSON.stringify(join(home, "dist/bundle.js"))}; throw new Error("was run");`);
  const given = await loaded({}, ["--", "node", "render.mjs"]);
  assert.deepEqual([given.directory, given.from], [home, "this project"]);
  assert.deepEqual(given.command, ["node", "render.mjs"]);
  const other = await loaded({}, [project, "--", "node", "-e", "0"]);
  assert.equal(other.run.code, 1);
  assert.match(other.run.one("COMMAND_WITHOUT_HYPERFRAMES").found, /^"node -e 0" ends without/);
});

test("a Node without load hooks that the command would run on is named", { skip }, async (t) => {
  const { project, writeCli, linkBin, loaded } = setUp(t);
  linkBin(join(project, "node_modules/.bin"), writeCli(project));
  const old =
    'import module, { syncBuiltinESMExports } from "node:module"; if (process.argv[1]?.includes(".bin/hyperframes")) { module.registerHooks = undefined; syncBuiltinESMExports(); }';
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(old)}`;
  const { run } = await loaded({ NODE_OPTIONS });
  assert.deepEqual(run.report.verdict.because, ["RUNTIME_WITHOUT_HOOKS", "CHROME_PATH_WRONG"]);
  assert.match(run.one("RUNTIME_WITHOUT_HOOKS").found, /^Node \d+\.\d+\.\d+ \(/);
});

test("the command in a script, where it is said in plain words", (t) => {
  const folder = new FrameFolder(t);
  const commandOf = (scripts: object) => {
    folder.write("package.json", Buffer.from(JSON.stringify({ scripts })));
    const found = renderScript(folder.path);
    return found && [found.script, found.command.join(" ")];
  };
  const npx = "npx --yes hyperframes@0.8.170 render";
  for (const [scripts, expected] of [
    [{ render: npx }, ["render", npx]],
    [{ a: `${npx} -o a.mp4`, render: npx }, ["render", npx]],
    [{ film: `npm test && FPS=2 ${npx} --fps 24; echo done` }, ["film", `${npx} --fps 24`]],
    [{ render: "npx hyperframes-native run -- hyperframes render ." }, ["render", "hyperframes render ."]],
    [{ render: `hyperframes-native run ${npx}` }, ["render", npx]],
    [{ render: "pnpm dlx hyperframes render" }, ["render", "pnpm dlx hyperframes render"]],
    [{ render: 'npx hyperframes render "a b"' }, undefined],
    [{ render: "npx hyperframes render $FOLDER" }, undefined],
    [{ render: "node render.mjs", dev: "npx hyperframes preview" }, undefined],
    [{ render: "rendering-hyperframes renders" }, undefined],
  ] as const)
    assert.deepEqual(commandOf(scripts), expected);
  folder.write("package.json", Buffer.from("no JSON"));
  assert.equal(renderScript(folder.path), undefined);
});

test("in a terminal of 60 and of 120 columns no line is wrapped by it; NO_COLOR is respected", {
  skip: skip || withoutTerminal,
}, async (t) => {
  const { project, writeCli, linkBin } = setUp(t);
  linkBin(join(project, "node_modules/.bin"), writeCli(project));
  const program = mainProgram;
  for (const columns of [60, 120]) {
    const env = {
      ...NO_CHROME,
      PATH,
      HYPERFRAMES_NATIV: "off",
      ...(columns === 60 ? { NO_COLOR: "1" } : {}),
    };
    const terminal = new Terminal(t, [process.execPath, program, "doctor"], { columns, cwd: project, env });
    assert.equal(await terminal.ended(), 1);
    assert.equal(terminal.written.includes("\u001b"), columns === 120);
    const lines = terminal.text.trimEnd().split("\n");
    assert.equal(lines[0], "No render works here (CHROME_PATH_WRONG).");
    for (const line of lines) {
      // What has no space within is not broken: it may be a path to copy.
      const last = line.trim().split(" ").at(-1) ?? "";
      assert.ok(line.length <= columns || line.length - last.length <= columns, line);
    }
    assert.ok(lines.some((line) => line.length > 60) || columns === 60);
    assert.match(terminal.text, /^warning {2}switches {2}HYPERFRAMES_NATIV=off means nothing:/m);
  }
});
