/**
 * `node --import tools/measure/without-hook.ts`: the published producer without any frame injector, neither upstream's nor ours. What a render
 * costs Node then is what no hook can save.
 */
import assert from "node:assert/strict";
import { registerHooks } from "node:module";

const NAME = "function createVideoFrameInjector(";

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const source = loaded.source?.toString();
    if (!source?.includes(NAME)) return loaded;
    assert.equal(source.split(NAME).length, 2, `${url} has more than one injector`);
    // Upstream's own says the same of a render without videos: there is nothing to inject.
    const without = `function createVideoFrameInjector() { return null; }\nfunction unusedInjector(`;
    return { ...loaded, source: source.replace(NAME, without) };
  },
});
