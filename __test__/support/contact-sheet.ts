// One picture that shows two videos side by side at a few times.
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";

export interface SheetRow {
  readonly label: string;
  readonly video: string;
}

export interface SheetOptions {
  readonly rows: readonly SheetRow[];
  /** Seconds into the videos; one column each. */
  readonly times: readonly number[];
  readonly outputPath: string;
}

const CELL_WIDTH = 640;
const LABEL_HEIGHT = 36;

function filterGraph({ rows, times }: SheetOptions, withLabels: boolean): string {
  const chains: string[] = [];
  const cells: string[] = [];
  rows.forEach(({ label }, row) => {
    times.forEach((time, column) => {
      const input = row * times.length + column;
      const steps = [`scale=${CELL_WIDTH}:-2`];
      if (withLabels) {
        const text = `${label}  ${time.toFixed(2)} s`.replaceAll(/[\\':%]/g, " ");
        steps.push(
          `pad=iw:ih+${LABEL_HEIGHT}:0:${LABEL_HEIGHT}:color=0x202020`,
          `drawtext=text='${text}':x=10:y=9:fontsize=20:fontcolor=white`,
        );
      }
      steps.push("pad=iw+8:ih+8:4:4:color=0x202020");
      chains.push(`[${input}:v]${steps.join(",")}[c${input}]`);
      cells.push(`[c${input}]`);
    });
  });
  rows.forEach((_, row) => {
    const own = cells.slice(row * times.length, (row + 1) * times.length);
    chains.push(`${own.join("")}hstack=inputs=${own.length}[r${row}]`);
  });
  chains.push(`${rows.map((_, row) => `[r${row}]`).join("")}vstack=inputs=${rows.length}[sheet]`);
  return chains.join(";");
}

/** Writes the sheet as PNG: a row for each video (at least two), a column for each time (at least two). */
export async function writeContactSheet(options: SheetOptions): Promise<void> {
  const inputs = options.rows.flatMap(({ video }) =>
    options.times.flatMap((time) => ["-ss", String(time), "-i", video]),
  );
  const draw = (withLabels: boolean) =>
    ffmpeg([
      ...["-y", ...inputs, "-filter_complex", filterGraph(options, withLabels), "-map", "[sheet]"],
      ...["-frames:v", "1", "-update", "1", options.outputPath],
    ]);
  try {
    await draw(true);
  } catch {
    // An ffmpeg without drawtext, or a machine without a single font. If it was something else, this fails as well.
    await draw(false);
  }
}
