/** A real terminal: a pty in which a program runs, with a keyboard. Made by Python, which every system with a pty brings. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

/** Why a test is skipped that needs a terminal. */
export const withoutTerminal =
  spawnSync("python3", ["-c", "import pty"], { stdio: "ignore" }).status !== 0 &&
  "there is no Python with a pty";

/** Longest that something is waited for; a machine that is busy with renders takes seconds to start Node. */
const LONGEST_MS = 60_000;

/**
 * Starts `argv[2:]` in a pty of `argv[1]` columns, hands on what comes in and out, closes the pty when its input ends, and says at the end how
 * the program ended.
 */
const PYTHON = `
import fcntl, os, pty, select, struct, sys, termios
child, master = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
ways = {0: master, master: 1}
while ways:
    for one in select.select(list(ways), [], [])[0]:
        try:
            text = os.read(one, 65536)
        except OSError:
            text = b""  # EIO: no process has the terminal any more
        if text:
            os.write(ways[one], text)
        elif one == 0:
            ways = {}
            break
        else:
            del ways[one]
            ways.pop(0, None)
os.close(master)
status = os.waitpid(child, 0)[1]
print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), file=sys.stderr)
`;

/** How a terminal is opened. */
export interface TerminalOptions {
  readonly columns?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A program in a terminal. */
export class Terminal {
  readonly #python: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<string>;
  /** All that was written to the terminal, as it came. */
  written = "";
  #read = 0;

  constructor(
    test: { after(cleanUp: () => void): void },
    command: readonly string[],
    { columns = 80, cwd, env = process.env }: TerminalOptions = {},
  ) {
    // A test that fails leaves nothing: with the pty gone all in it get SIGHUP.
    test.after(() => this.#python.kill("SIGKILL"));
    this.#python = spawn("python3", ["-c", PYTHON, String(columns), ...command], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env, TERM: "xterm" },
    });
    this.#python.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
    });
    let said = "";
    this.#python.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    this.#ended = new Promise((resolve) => this.#python.once("close", () => resolve(said.trim())));
  }

  /** All that was written, without colours and other codes. */
  get text(): string {
    return stripVTControlCharacters(this.written).replaceAll("\r\n", "\n");
  }

  /** Presses keys; `\x03` is Ctrl-C, `\x1a` Ctrl-Z, `\x1c` Ctrl-\. */
  type(keys: string): void {
    this.#python.stdin.write(keys);
  }

  /** Waits for text that was not waited for before. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (const start = performance.now(); performance.now() - start < LONGEST_MS; await sleep(20)) {
      const found = pattern.exec(this.written.slice(this.#read));
      if (found === null) continue;
      this.#read += found.index + found[0].length;
      return found;
    }
    return assert.fail(`never seen: ${pattern}\n${this.written}`);
  }

  /** Closes the terminal, as its window's button does. */
  close(): void {
    this.#python.stdin.end();
  }

  /** How the program ended: its exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals> {
    const late = sleep(LONGEST_MS, "late", { ref: false });
    const status = await Promise.race([this.#ended, late]);
    if (!/^-?\d+$/.test(status)) return assert.fail(`never ended: ${status}\n${this.written}`);
    const signal = Object.entries(constants.signals).find(([, number]) => number === -Number(status));
    return signal === undefined ? Number(status) : (signal[0] as NodeJS.Signals);
  }
}
