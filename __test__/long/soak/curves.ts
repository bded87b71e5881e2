/** Memory over captured frames, as a picture for docs/measurements/. */

export interface Curve {
  readonly name: string;
  readonly points: ReadonlyArray<{ readonly frames: number; readonly bytes: number }>;
}

const SIZE = { width: 900, height: 360, left: 60, bottom: 40, right: 190, top: 20 };
const COLOURS = ["#d1495b", "#00798c", "#edae49", "#30638e", "#7a5195", "#2a9d4e", "#8d6a9f", "#444444"];

/** An SVG with a legend; both axes start at nothing. */
export function drawCurves(curves: readonly Curve[]): string {
  const most = (of: (point: Curve["points"][number]) => number) =>
    Math.max(...curves.flatMap(({ points }) => points.map(of)));
  const [frames, bytes] = [most((point) => point.frames), most((point) => point.bytes)];
  const x = (value: number) => SIZE.left + (value / frames) * (SIZE.width - SIZE.left - SIZE.right);
  const y = (value: number) =>
    SIZE.height - SIZE.bottom - (value / bytes) * (SIZE.height - SIZE.bottom - SIZE.top);
  const label = (left: number, top: number, text: string, anchor = "start") =>
    `<text x="${left.toFixed(0)}" y="${top.toFixed(0)}" text-anchor="${anchor}">${text}</text>`;
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  const lines = curves.map(({ points }, n) => {
    const path = points
      .map((point) => `${x(point.frames).toFixed(1)},${y(point.bytes).toFixed(1)}`)
      .join(" ");
    return `<polyline fill="none" stroke="${COLOURS[n % COLOURS.length]}" stroke-width="2" points="${path}"/>`;
  });
  const legend = curves.map(({ name }, n) => {
    const top = SIZE.top + 20 * n;
    const left = SIZE.width - SIZE.right + 14;
    return `<rect x="${left}" y="${top}" width="12" height="12" fill="${COLOURS[n % COLOURS.length]}"/>${label(left + 18, top + 11, name)}`;
  });
  const axes = quarters.flatMap((part) => [
    label(x(frames * part), SIZE.height - SIZE.bottom + 18, `${Math.round(frames * part)}`, "middle"),
    label(SIZE.left - 6, y(bytes * part) + 4, `${Math.round((bytes * part) / 1e6)} MB`, "end"),
    `<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y(bytes * part).toFixed(1)}" y2="${y(bytes * part).toFixed(1)}" stroke="#ddd"/>`,
  ]);
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="11"><title>Memory over captured frames</title><rect width="100%" height="100%" fill="#fff"/>`;
  return `${[open, ...axes, ...lines, ...legend].join("\n")}\n</svg>\n`;
}
