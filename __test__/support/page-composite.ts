// A shader transition that the page composes itself, by the protocol between HyperFrames' capture and its shader library.
import { webglQuad } from "./webgl-quad.ts";

const FRAGMENT_SHADER =
  "precision mediump float; varying vec2 uv; uniform sampler2D from, to; uniform float progress;" +
  "void main() { gl_FragColor = vec4(mix(texture2D(from, uv).rgb, texture2D(to, uv.yx).rgb, progress), 1); }";

export interface Transition {
  readonly time: number;
  readonly duration: number;
  readonly shader: string;
  readonly fromScene: string;
  readonly toScene: string;
}

/**
 * The script of a composition that blends two scenes as `@hyperframes/shader-transitions` does (`engineModePageComposite`): after
 * the frames were injected both scenes are cloned into canvases, a small screenshot makes Chrome paint the clones,
 * `drawElementImage` reads them, WebGL blends the two textures. Like that library it waits for images that show data URIs and for
 * no others: a clone of a blob's image has to be there at once.
 */
export function pageCompositeScript(
  transition: Transition,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  return `
window.__hf = window.__hf || {};
// The producer looks for this assignment to know that the composition has shader transitions.
window.__hf.transitions = [${JSON.stringify({ ...transition, ease: "none" })}];
const { time: begin, duration, fromScene, toScene } = window.__hf.transitions[0];
const place = "position:fixed;left:0;top:0;width:${width}px;height:${height}px;pointer-events:none;";
const canvas = (style) => {
  const made = document.createElement("canvas");
  made.width = ${width};
  made.height = ${height};
  made.style.cssText = place + style;
  document.body.append(made);
  return made;
};
const output = canvas("z-index:100;display:none;");
const gl = output.getContext("webgl", { preserveDrawingBuffer: true });${webglQuad(FRAGMENT_SHADER)}
gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
const sides = [[fromScene, "from"], [toScene, "to"]].map(([scene, uniform], unit) => {
  const staging = canvas("z-index:-1;");
  staging.setAttribute("layoutsubtree", "");
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.uniform1i(gl.getUniformLocation(program, uniform), unit);
  return { scene, staging, unit };
});
let progress = null;
window.addEventListener("hf-seek", ({ detail: { time } }) => {
  const active = time >= begin && time <= begin + duration;
  progress = active ? (time - begin) / duration : null;
  window.__hf_page_composite_pending = active;
  if (active) return;
  output.style.display = "none";
  for (const { staging } of sides) staging.replaceChildren();
  document.getElementById(toScene).style.opacity = time < begin ? 0 : 1;
});
window.__hf_page_composite_prepare = async () => {
  const decodes = [];
  for (const { scene, staging } of sides) {
    const clone = document.getElementById(scene).cloneNode(true);
    clone.style.opacity = 1;
    staging.replaceChildren(clone);
    for (const image of staging.querySelectorAll("img")) {
      if (image.src.startsWith("data:")) decodes.push(image.decode());
    }
  }
  await Promise.all(decodes);
};
window.__hf_page_composite_resolve = () => {
  try {
    for (const { staging, unit } of sides) {
      const context = staging.getContext("2d");
      context.fillRect(0, 0, ${width}, ${height});
      context.drawElementImage(staging.firstElementChild, 0, 0, ${width}, ${height});
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, staging);
    }
    gl.uniform1f(gl.getUniformLocation(program, "progress"), progress);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    output.style.display = "block";
  } catch (error) {
    console.warn("page-composite failed: " + error);
  }
  window.__hf_page_composite_pending = false;
};`;
}
