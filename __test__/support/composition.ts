// HyperFrames projects: a folder with index.html and the videos and sounds in it.
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
  /** Further attributes of the `<video>`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An `<audio>` of a composition. */
export interface AudioOptions {
  readonly id: string;
  /** Path of the file: a sound, or a video with one. */
  readonly src: string;
  /** When it is heard, in seconds of the composition. */
  readonly start: number;
  /** How long it is heard, in seconds of the composition. */
  readonly duration: number;
  /** Where in the source it starts, in seconds. */
  readonly mediaStart?: number;
  /** Further attributes of the `<audio>`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A plain `<div>` with videos in it. */
export interface GroupOptions {
  readonly id: string;
  readonly box: Box;
  readonly videos: readonly ClipOptions[];
  readonly audios?: readonly AudioOptions[];
}

/** A composition in a file of its own, shown by a host in the main one. Its videos' times are its own. */
export interface SubCompositionOptions extends GroupOptions {
  readonly start: number;
  readonly duration: number;
}

export interface CompositionOptions {
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  readonly videos: readonly ClipOptions[];
  readonly audios?: readonly AudioOptions[];
  readonly groups?: readonly GroupOptions[];
  readonly subCompositions?: readonly SubCompositionOptions[];
  /** Free HTML, put after everything else and so above it. */
  readonly html?: string;
  readonly css?: string;
  /** Runs when the page has been parsed. */
  readonly script?: string;
}

/** One video that is seen all along; it fills the canvas unless `rest` has a larger one. */
export function oneVideo(
  src: string,
  size: { readonly width: number; readonly height: number },
  duration: number,
  rest: Partial<CompositionOptions> = {},
): CompositionOptions {
  const box = { left: 0, top: 0, ...size };
  return { ...size, duration, videos: [{ id: "video", src, start: 0, duration, box }], ...rest };
}

function attribute(name: string, value: string | number): string {
  const escaped = String(value).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `${name}="${escaped}"`;
}

function placement({ left, top, width, height }: Box): string {
  return attribute("style", `left:${left}px;top:${top}px;width:${width}px;height:${height}px`);
}

/** The attributes that a `<video>` and an `<audio>` have in common. */
function mediaAttributes(clip: AudioOptions, track: number, fileName: string): string[] {
  return [
    attribute("id", clip.id),
    attribute("src", fileName),
    attribute("data-start", clip.start),
    attribute("data-duration", clip.duration),
    attribute("data-track-index", track),
    ...(clip.mediaStart === undefined ? [] : [attribute("data-media-start", clip.mediaStart)]),
  ];
}

function furtherAttributes({ attributes = {} }: AudioOptions): string[] {
  return Object.entries(attributes).map(([name, value]) => attribute(name, value));
}

function videoTag(clip: ClipOptions, track: number, fileName: string): string {
  const attributes = [
    ...mediaAttributes(clip, track, fileName),
    ...(clip.playbackRate === undefined ? [] : [attribute("data-playback-rate", clip.playbackRate)]),
    ...(clip.loop === true ? ["loop"] : []),
    "muted",
    placement(clip.box),
    ...furtherAttributes(clip),
  ];
  return `<video ${attributes.join(" ")}></video>`;
}

function audioTag(clip: AudioOptions, track: number, fileName: string): string {
  const attributes = [...mediaAttributes(clip, track, fileName), ...furtherAttributes(clip)];
  return `<audio ${attributes.join(" ")}></audio>`;
}

/** The videos and sounds of a composition: each its own track, numbered from `firstTrack` on. */
function mediaTags(
  { videos, audios = [] }: Pick<GroupOptions, "videos" | "audios">,
  names: ReadonlyMap<string, string>,
  folder: string,
  firstTrack = 0,
): string {
  const fileName = ({ src }: { readonly src: string }) => `${folder}${names.get(src)}`;
  return [
    ...videos.map((clip, index) => videoTag(clip, firstTrack + index, fileName(clip))),
    ...audios.map((clip, index) => audioTag(clip, firstTrack + videos.length + index, fileName(clip))),
  ].join("\n");
}

function compositionFile(id: string): string {
  return `compositions/${id}.html`;
}

function subComposition(options: SubCompositionOptions, names: ReadonlyMap<string, string>): string {
  const { id, duration, box } = options;
  return `<template>
<div ${attribute("data-composition-id", id)} data-no-timeline data-start="0" data-duration="${duration}" data-width="${box.width}" data-height="${box.height}">
${mediaTags(options, names, "../")}
</div>
</template>
`;
}

function page(options: CompositionOptions, names: ReadonlyMap<string, string>): string {
  const { width, height, duration, html = "", css = "", script = "" } = options;
  const { groups = [], subCompositions = [] } = options;
  const tracks = ({ videos, audios = [] }: Pick<GroupOptions, "videos" | "audios">) =>
    videos.length + audios.length;
  let track = tracks(options);
  const groupTags = groups.map((group) => {
    const tags = mediaTags(group, names, "", track);
    track += tracks(group);
    return `<div ${attribute("id", group.id)} class="group" ${placement(group.box)}>\n${tags}\n</div>`;
  });
  const hostTags = subCompositions.map(({ id, start, duration: shown, box }) => {
    const attributes = [
      attribute("id", `${id}-host`),
      'class="group"',
      "data-no-timeline",
      attribute("data-composition-id", id),
      attribute("data-composition-src", compositionFile(id)),
      attribute("data-start", start),
      attribute("data-duration", shown),
      attribute("data-track-index", track++),
      attribute("data-width", box.width),
      attribute("data-height", box.height),
      placement(box),
    ];
    return `<div ${attributes.join(" ")}></div>`;
  });
  // Without `data-no-timeline` every render waits 45 s for a GSAP timeline that is never registered.
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<style>
html, body { margin: 0; background: #000; }
#root { position: relative; width: ${width}px; height: ${height}px; overflow: hidden; }
video { position: absolute; object-fit: cover; }
.group { position: absolute; }
${css}
</style>
</head>
<body>
<div id="root" data-composition-id="main" data-no-timeline data-start="0" data-duration="${duration}" data-width="${width}" data-height="${height}">
${[mediaTags(options, names, ""), ...groupTags, ...hostTags].join("\n")}
${html}
</div>
${script === "" ? "" : `<script>\n${script}\n</script>\n`}</body>
</html>
`;
}

/** Writes the project into a fresh folder `dir`; what was there is deleted. */
export function writeComposition(dir: string, options: CompositionOptions): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const { groups = [], subCompositions = [] } = options;
  const names = new Map<string, string>();
  const parts = [options, ...groups, ...subCompositions];
  for (const { src } of parts.flatMap(({ videos, audios = [] }) => [...videos, ...audios])) {
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
  for (const part of subCompositions) {
    const file = path.join(dir, compositionFile(part.id));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, subComposition(part, names));
  }
  writeFileSync(path.join(dir, "index.html"), page(options, names));
}
