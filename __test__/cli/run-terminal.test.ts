/** `hyperframes-native run` in a real terminal: the command behaves as if it had been typed alone. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { FrameFolder } from "../support/frames.ts";
import { eventually } from "../support/in-time.ts";
import { WAYS_TO_RUN } from "../support/node-process.ts";
import { mainProgram } from "../support/paths.ts";
import { Terminal, withoutTerminal } from "../support/terminal.ts";

/** A command that counts, tells of Ctrl-C and goes on, and ends by "q". Its process id is said at its start. */
const COUNTER = `
let interrupts = 0;
process.on("SIGINT", () => console.log("interrupt " + ++interrupts + "."));
process.stdin.on("data", (keys) => { if (String(keys).includes("q")) process.exit(7); });
console.log("started " + process.pid + ".");
let n = 0; setInterval(() => console.log("tick " + ++n + "."), 100);
`;

interface Opened {
  readonly terminal: Terminal;
  /** What is typed to run a command with the drop-in. */
  readonly run: string;
}

/** An interactive shell in a folder with a space and an umlaut. */
async function openShell(t: TestContext, nodeArgs: readonly string[]): Promise<Opened> {
  const folder = join(new FrameFolder(t).path, "meine Übung");
  mkdirSync(folder);
  const env = { ...process.env, HISTFILE: "/dev/null", LC_ALL: "C.UTF-8" };
  const terminal = new Terminal(t, ["sh", "-i"], { cwd: folder, env });
  // In two pieces, so that what the terminal echoes is not taken for the prompt; root's shell ignores it in the environment.
  terminal.type(`PS1='rea''dy> '\n`);
  await terminal.sees(/ready> /);
  const quoted = [process.execPath, ...nodeArgs, mainProgram, "run", "--"].map((part) => `'${part}'`);
  return { terminal, run: quoted.join(" ") };
}

function node(source: string): string {
  return `'${process.execPath}' -e '${source.replaceAll("\n", " ")}'`;
}

/** Whether a process is there; one that has ended and was not asked for yet is not. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const goes = (pid: number) => eventually(() => !runs(pid), `the end of process ${pid}`, 30_000);

for (const { name, nodeArgs } of WAYS_TO_RUN) {
  const skip = withoutTerminal || (process.platform === "win32" && "Windows has no job control");

  test(`${name}: Ctrl-Z stops it and gives the prompt back, fg goes on, its exit code is the shell's`, {
    skip,
  }, async (t) => {
    const { terminal, run } = await openShell(t, nodeArgs);
    terminal.type(`${run} ${node(COUNTER)}\n`);
    const pid = Number((await terminal.sees(/started (\d+)\./))[1]);
    await terminal.sees(/tick 2\./);
    terminal.type("\x1a");
    await terminal.sees(/ready> /);
    terminal.type("jobs\n");
    await terminal.sees(/Stopped/);
    assert.match(readFileSync(`/proc/${pid}/status`, "utf8"), /^State:\s+T/m);
    terminal.type("fg\n");
    await terminal.sees(/tick \d+\.\s+tick \d+\./);
    terminal.type("q\n");
    await terminal.sees(/ready> /);
    terminal.type("echo code $?\n");
    await terminal.sees(/code 7\s/);
    assert.ok(!runs(pid));
  });

  test(`${name}: Ctrl-C comes once, and a command that minds it ends by it`, { skip }, async (t) => {
    const { terminal, run } = await openShell(t, nodeArgs);
    terminal.type(`${run} ${node(COUNTER)}\n`);
    await terminal.sees(/tick 2\./);
    terminal.type("\x03");
    await terminal.sees(/interrupt 1\./);
    await terminal.sees(/tick \d+\.\s+tick \d+\.\s+tick \d+\./);
    assert.ok(!terminal.text.includes("interrupt 2."));
    terminal.type("\x03");
    await terminal.sees(/interrupt 2\./);
    terminal.type("q\n");
    await terminal.sees(/ready> /);
    terminal.type(`${run} ${node('console.log("started."); setInterval(() => {}, 1000)')}\n`);
    await terminal.sees(/started\./);
    terminal.type("\x03");
    await terminal.sees(/ready> /);
    terminal.type("echo code $?\n");
    await terminal.sees(/code 130\s/);
  });

  test(`${name}: Ctrl-\\ ends it by SIGQUIT`, { skip }, async (t) => {
    const { terminal, run } = await openShell(t, nodeArgs);
    // No core dump for a test.
    terminal.type(`ulimit -c 0; ${run} ${node(COUNTER)}\n`);
    const pid = Number((await terminal.sees(/started (\d+)\./))[1]);
    terminal.type("\x1c");
    await terminal.sees(/ready> /);
    terminal.type("echo code $?\n");
    await terminal.sees(/code 131\s/);
    await goes(pid);
  });

  test(`${name}: a terminal that is closed ends it`, { skip }, async (t) => {
    const { terminal, run } = await openShell(t, nodeArgs);
    // One that cannot be told by its output that nobody is there.
    terminal.type(
      `${run} ${node('console.log("started " + process.pid + "."); setInterval(() => {}, 1000)')}\n`,
    );
    const pid = Number((await terminal.sees(/started (\d+)\./))[1]);
    terminal.close();
    await goes(pid);
  });

  test(`${name}: it may draw in the terminal's own width and ask for keys`, { skip }, async (t) => {
    const source = `const { stdin, stdout } = process; stdin.setRawMode(true); stdin.once("data", (key) => { console.log("got " + key + "."); process.exit(); }); console.log("width " + stdout.columns + ".");`;
    for (const columns of [60, 120]) {
      const command = [
        process.execPath,
        ...nodeArgs,
        mainProgram,
        "run",
        "--",
        process.execPath,
        "-e",
        source,
      ];
      const terminal = new Terminal(t, command, { columns });
      await terminal.sees(new RegExp(`width ${columns}\\.`));
      terminal.type("x"); // without Return
      await terminal.sees(/got x\./);
      assert.equal(await terminal.ended(), 0);
    }
  });
}

test("kill -9 leaves nothing going", { skip: withoutTerminal || process.platform === "win32" }, async (t) => {
  const { terminal, run } = await openShell(t, []);
  terminal.type(`${run} ${node(COUNTER)} & echo "job $!."\n`);
  const job = Number((await terminal.sees(/job (\d+)\./))[1]);
  const pid = Number((await terminal.sees(/started (\d+)\./))[1]);
  process.kill(job, "SIGKILL");
  await goes(pid);
});
