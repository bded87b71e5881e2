// HyperFrames projects: a folder with index.html and the videos that it shows.
import { copyFileSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A place on the canvas, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ClipOptions {
  readonly id: string;
  /** Path of the video file. */
  readonly src: string;
  /** When it appears, in seconds of the composition. */
  readonly start: number;
  /** How long it is shown, in seconds of the composition. */
  readonly duration: number;
  /** Where in the source it starts, in seconds. */
  readonly mediaStart?: number;
  readonly loop?: boolean;
  readonly playbackRate?: number;
  readonly box: Box;
}

export interface CompositionOptions {
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  readonly videos: readonly ClipOptions[];
  /** Free HTML, put after the videos and so above them. */
  readonly html?: string;
  readonly css?: string;
}

function attribute(name: string, value: string | number): string {
  const escaped = String(value).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `${name}="${escaped}"`;
}

function videoTag(clip: ClipOptions, track: number, fileName: string): string {
  const { left, top, width, height } = clip.box;
  const attributes = [
    attribute("id", clip.id),
    attribute("src", fileName),
    attribute("data-start", clip.start),
    attribute("data-duration", clip.duration),
    attribute("data-track-index", track),
    ...(clip.mediaStart === undefined ? [] : [attribute("data-media-start", clip.mediaStart)]),
    ...(clip.playbackRate === undefined ? [] : [attribute("data-playback-rate", clip.playbackRate)]),
    ...(clip.loop === true ? ["loop"] : []),
    "muted",
    attribute("style", `left:${left}px;top:${top}px;width:${width}px;height:${height}px`),
  ];
  return `<video ${attributes.join(" ")}></video>`;
}

function page(options: CompositionOptions, videoTags: readonly string[]): string {
  const { width, height, duration, html = "", css = "" } = options;
  // Without `data-no-timeline` every render waits 45 s for a GSAP timeline that is never registered.
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<style>
html, body { margin: 0; background: #000; }
#root { position: relative; width: ${width}px; height: ${height}px; overflow: hidden; }
video { position: absolute; object-fit: cover; }
${css}
</style>
</head>
<body>
<div id="root" data-composition-id="main" data-no-timeline data-start="0" data-duration="${duration}" data-width="${width}" data-height="${height}">
${videoTags.join("\n")}
${html}
</div>
</body>
</html>
`;
}

/** Writes the project into a fresh folder `dir`; what was there is deleted. */
export function writeComposition(dir: string, options: CompositionOptions): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const names = new Map<string, string>();
  for (const { src } of options.videos) {
    if (names.has(src)) continue;
    const name = `video-${names.size}${path.extname(src)}`;
    names.set(src, name);
    const target = path.join(dir, name);
    try {
      linkSync(src, target);
    } catch {
      // Another file system, or one without hard links.
      copyFileSync(src, target);
    }
  }
  const tags = options.videos.map((clip, track) => videoTag(clip, track, names.get(clip.src) ?? clip.src));
  writeFileSync(path.join(dir, "index.html"), page(options, tags));
}
