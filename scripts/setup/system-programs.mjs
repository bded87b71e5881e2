// The programs a render needs besides Node: Chrome's headless shell, ffmpeg and ffprobe.
import { existsSync } from "node:fs";
import { Failure } from "./failure.mjs";
import { findProgram } from "./find-program.mjs";
import { runQuietly } from "./run-command.mjs";

const PROGRAMS = [
  {
    // BeginFrame capture works in the headless shell only; an ordinary Chrome would render another way.
    names: ["chromium-headless-shell", "chrome-headless-shell"],
    variable: "PRODUCER_HEADLESS_SHELL_PATH",
    debianPackage: "chromium-headless-shell",
    byHand: "npx puppeteer browsers install chrome-headless-shell, then set PRODUCER_HEADLESS_SHELL_PATH",
  },
  {
    names: ["ffmpeg"],
    variable: "HYPERFRAMES_FFMPEG_PATH",
    debianPackage: "ffmpeg",
    byHand: "https://ffmpeg.org",
  },
  {
    names: ["ffprobe"],
    variable: "HYPERFRAMES_FFPROBE_PATH",
    debianPackage: "ffmpeg",
    byHand: "https://ffmpeg.org",
  },
];

/** Says which programs are missing and hands the paths of the others to the child processes. */
function missingPrograms(env) {
  return PROGRAMS.filter((program) => {
    const named = env[program.variable];
    if (named) {
      if (existsSync(named)) return false;
      throw new Failure(`${program.variable} names ${named}, which does not exist`);
    }
    const found = findProgram(program.names, env);
    if (found === null) return true;
    env[program.variable] = found;
    return false;
  });
}

/** How to run apt-get here, or null where it cannot be. */
async function aptGet(env) {
  const program = findProgram(["apt-get"], env);
  if (program === null) return null;
  if (process.getuid?.() === 0) return [program];
  const sudo = findProgram(["sudo"], env);
  if (sudo === null) return null;
  try {
    await runQuietly(sudo, ["-n", "true"], env);
    return [sudo, "-n", program];
  } catch {
    return null;
  }
}

export const systemProgramsStep = {
  title: "chromium-headless-shell and ffmpeg (apt-get install)",
  isDone: (env) => missingPrograms(env).length === 0,
  async run(env) {
    const missing = missingPrograms(env);
    const packages = [...new Set(missing.map((program) => program.debianPackage))];
    const advice = () =>
      [
        `Missing: ${missing.map((program) => program.names[0]).join(", ")}.`,
        `On Debian: apt-get install --no-install-recommends ${packages.join(" ")}`,
        ...missing.map((program) => `Elsewhere, ${program.names[0]}: ${program.byHand}`),
      ].join("\n");

    const apt = await aptGet(env);
    if (apt === null) throw new Failure(advice());
    const aptEnv = { ...env, DEBIAN_FRONTEND: "noninteractive" };
    const [command, ...first] = apt;
    try {
      await runQuietly(command, [...first, "update"], aptEnv);
      await runQuietly(command, [...first, "install", "-y", "--no-install-recommends", ...packages], aptEnv);
    } catch (error) {
      throw new Failure(`${error.message}\n${advice()}`);
    }
    if (!this.isDone(env)) throw new Failure(advice());
  },
};
