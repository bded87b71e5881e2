import type { ProtocolSession } from "./page.js";

/** The part of puppeteer's `Browser` that speaks the DevTools protocol. */
interface ProtocolBrowser {
  target?(): { createCDPSession?(): Promise<ProtocolSession> };
}

/** The answer of the DevTools protocol's `SystemInfo.getInfo`, as far as it matters here. */
interface SystemInfo {
  readonly gpu?: { readonly featureStatus?: Readonly<Record<string, string | undefined>> };
}

const answers = new WeakMap<object, Promise<boolean>>();

/**
 * Whether the browser of a page rasters on the GPU, be it an emulated one: then Chrome keeps decoded images in another cache
 * (`cc/tiles/gpu_image_decode_cache.cc`), where one decode serves every scale. Asked once for a browser, 15 to 120 ms; `false` where it does not tell.
 */
export function rastersOnGpu(page: object): Promise<boolean> {
  const browser = (page as { browser?(): ProtocolBrowser | null | undefined }).browser?.();
  if (browser == null) return Promise.resolve(false);
  let answer = answers.get(browser);
  if (answer === undefined) {
    answer = ask(browser).catch(() => {
      answers.delete(browser); // the next one asks again
      return false;
    });
    answers.set(browser, answer);
  }
  return answer;
}

async function ask(browser: ProtocolBrowser): Promise<boolean> {
  const session = await browser.target?.().createCDPSession?.();
  if (session === undefined) return false;
  const asked = session.send("SystemInfo.getInfo").finally(() => session.detach());
  const { gpu } = (await asked) as SystemInfo;
  // Raster alone is "enabled" also where compositing is in software, which has none.
  return ["gpu_compositing", "rasterization"].every((name) =>
    gpu?.featureStatus?.[name]?.startsWith("enabled"),
  );
}
