#!/usr/bin/env node
/** `npx hyperframes-native`: each command is a folder beside this file, loaded when it is asked for. */
import { Command } from "commander";
import { PACKAGE_VERSION } from "../package-version.js";

const program = new Command("hyperframes-native")
  .description("Faster HyperFrames renders of pages with videos, and never another pixel.")
  .version(PACKAGE_VERSION)
  .enablePositionalOptions()
  .showHelpAfterError();

program
  .command("run")
  .description("run a command with the drop-in, for example: hyperframes-native run -- hyperframes render")
  .argument("<command...>", "the command and its arguments")
  .passThroughOptions()
  .action(async (command: string[]) => {
    const { runWithDropIn } = await import("./run/run.js");
    runWithDropIn(command);
  });

await program.parseAsync();
