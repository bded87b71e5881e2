/**
 * Where all that renders takes the native side from. Only `doctor` asks the generated loader itself (`cli/doctor/binary.ts`): it wants the
 * reason for each file that was tried.
 */
import "./assert-loads.js";

export {
  FrameCache,
  type FrameCacheOptions,
  type FrameCacheStats,
  type FrameInfo,
  FrameServer,
} from "../../index.js";
