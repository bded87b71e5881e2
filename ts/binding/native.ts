/** The one place where the native binary is loaded. */
import "./assert-loads.js";

export {
  FrameCache,
  type FrameCacheOptions,
  type FrameCacheStats,
  type FrameInfo,
  FrameServer,
} from "../../index.js";
