import type { BenchResult } from "./result.js";

/** How pages were captured: what was asked for, and for `auto` what the renders ended up with. */
export function captureMode({ options, pairs }: BenchResult): string {
  const modes = (["stock", "native"] as const).map((mode) => {
    const told = new Set(pairs.map((pair) => pair[mode].capture ?? "not known"));
    return { mode, told: [...told].join(", ") };
  });
  const [first] = modes;
  const alike = modes.every(({ told }) => told === first?.told);
  const all = alike ? first?.told : modes.map(({ mode, told }) => `${mode} ${told}`).join("; ");
  return alike && all === options.capture ? options.capture : `${options.capture} (${all})`;
}
