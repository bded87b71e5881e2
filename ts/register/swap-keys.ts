/** Key on `globalThis` under which swapped code finds {@link import("./injector-swap.js").InjectorSwap}. */
export const SWAP_KEY = "hyperframes-native.createVideoFrameInjector";

/** Key on `globalThis` under which swapped code finds {@link import("../page-session.js").captureClip}. */
export const CLIP_KEY = "hyperframes-native.captureClip";
