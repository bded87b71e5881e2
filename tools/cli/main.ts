#!/usr/bin/env node
/** `npx hyperframes-native`: each command is a folder beside this file, loaded when it is asked for. */
import { statSync } from "node:fs";
import { PACKAGE_VERSION } from "../../ts/package-version.js";
import { Command, InvalidArgumentError, Option } from "../vendor/commander.js";

// What renders may follow a double dash; to `run` that is the command itself.
const dash = ["bench", "doctor"].includes(process.argv[2] ?? "") ? process.argv.indexOf("--") : -1;
const command = dash < 0 ? [] : process.argv.slice(dash + 1);
const argv = dash < 0 ? process.argv : process.argv.slice(0, dash);

const program = new Command("hyperframes-native")
  .description("Faster HyperFrames renders of pages with videos, and never another pixel.")
  .version(PACKAGE_VERSION)
  .enablePositionalOptions();

program
  .command("run")
  .description("run a command with the drop-in, for example: hyperframes-native run -- hyperframes render")
  .argument("<command...>", "the command and its arguments")
  .passThroughOptions()
  .action(async (command: string[]) => {
    const { runWithDropIn } = await import("./run/run.js");
    await runWithDropIn(command);
  });

program
  .command("bench")
  .description("render a project stock and native in turn, and write a report of what the drop-in gains")
  .argument("<project>", "folder of a HyperFrames project")
  .usage("<project> [options] [-- command...]")
  .option("--pairs <n>", "how often both are rendered", positiveInteger, 3)
  .option("--fps <n>", "frames a second", positiveInteger)
  .option("--workers <n>", "pages that are captured side by side, or auto", workers)
  .addOption(
    new Option("--video-frame-format <format>", "format of the extracted frames").choices([
      "auto",
      "jpg",
      "png",
    ]),
  )
  .option("--quality <name>", "of the encoder, by HyperFrames' own names")
  .addOption(
    new Option("--capture <mode>", "how pages are captured")
      .choices(["auto", "beginframe", "screenshot"])
      .default("auto"),
  )
  .addOption(
    new Option("--using <package>", "which HyperFrames package renders").choices(["cli", "producer"]),
  )
  .option(
    "--output <folder>",
    "where the report goes: new, empty or of an earlier bench",
    "hyperframes-native-bench",
  )
  .option("--timeout <minutes>", "longest that one render may take", positiveInteger, 30)
  .addHelpText(
    "after",
    "\nWhat is not given is as in the command that renders: the one after --, the project's own script,\nor hyperframes render. Exit status: 1 where the drop-in did not run or pictures differ, 2 where nothing\ncould be measured, else 0.",
  )
  .action(async (project: string, { videoFrameFormat, timeout, using, ...options }) => {
    const { benchCommand } = await import("./bench/bench-command.js");
    const timeoutMs = timeout * 60_000;
    process.exitCode = await benchCommand(project, {
      ...options,
      command,
      using,
      timeoutMs,
      frameFormat: videoFrameFormat,
    });
  });

program
  .command("doctor")
  .description("say whether renders would be swapped, and what stands in the way")
  .argument("[project]", "folder of the composition", existingFolder, ".")
  .usage("[project] [options] [-- command...]")
  .option("--json", "write one JSON object instead of text")
  .addHelpText(
    "after",
    "\nExit status: 0 where renders work and are swapped, else 1. Each code: docs/doctor.md.",
  )
  .action(async (project: string, options: { json?: boolean }) => {
    const { doctor } = await import("./doctor/doctor.js");
    process.exitCode = await doctor(project, { ...options, command });
  });

// The error alone, and where the usage is: twenty lines of it would push the error out of sight.
for (const one of [program, ...program.commands]) {
  const name = one === program ? "" : ` ${one.name()}`;
  one.showHelpAfterError(`See: npx hyperframes-native${name} --help`);
}

await program.parseAsync(argv);

function workers(text: string): number | "auto" {
  return text === "auto" ? text : positiveInteger(text);
}

function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError("It must be 1 or more.");
  return number;
}

function existingFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new InvalidArgumentError("There is no such folder.");
}
