import { styleText } from "node:util";
import { counted } from "../../counted.js";
import { PACKAGE_VERSION } from "../../package-version.js";
import type { FindingStatus } from "./finding.js";
import type { Report } from "./report.js";

/** Statuses as a terminal shows them. */
const LOOK: Record<FindingStatus, { readonly label: string; readonly colour: "green" | "yellow" | "red" }> = {
  ok: { label: "ok", colour: "green" },
  warning: { label: "warning", colour: "yellow" },
  fault: { label: "FAULT", colour: "red" },
};

type Style = Parameters<typeof styleText>[0];

/** What the text is written to. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  /** Characters in a line; none where it is no terminal. */
  readonly columns?: number | undefined;
}

/** The report as text: for each finding what was found and what to do, and the verdict last. */
export function terminalText(
  { project, findings, verdict }: Report,
  stream: TerminalStream,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const coloured = stream.isTTY === true && !env.NO_COLOR; // https://no-color.org
  const paint = (style: Style, text: string) =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  const statusWidth = Math.max(...Object.values(LOOK).map(({ label }) => label.length));
  const checkWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(2 + statusWidth + 2 + checkWidth + 2);
  const width = Math.max(40, (stream.columns ?? Number.POSITIVE_INFINITY) - indent.length);
  const lines = findings.flatMap(({ status, check, code, found, advice }) => {
    const { label, colour } = LOOK[status];
    const text = [...wrap(`${found} [${code}]`, width), ...wrap(`-> ${advice}`, width)];
    return text.map((line, n) => {
      const start =
        n === 0 ? `  ${paint(colour, label.padEnd(statusWidth))}  ${check.padEnd(checkWidth)}  ` : indent;
      return start + line.replace(/\[[A-Z_]+\]$|^->/, (part) => paint("dim", part));
    });
  });
  const { swap, because, warnings, faults } = verdict;
  const counts = `${counted(faults, "fault")}, ${counted(warnings, "warning")}`;
  const last = swap
    ? `${paint(["bold", faults > 0 ? "yellow" : "green"], "The swap would happen")}: ${counts}.`
    : `${paint(["bold", "red"], "The swap would not happen")} (${because.join(", ")}): ${counts}.`;
  return [`hyperframes-native ${PACKAGE_VERSION} doctor, ${project}`, "", ...lines, "", last, ""].join("\n");
}

/** Breaks a text at its spaces; a word that is longer than a line stays whole, so that paths can be copied. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
