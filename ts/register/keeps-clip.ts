const VARIABLE = "HYPERFRAMES_NATIVE_CLIP";

/** Whether upstream's screenshots keep their clip: `HYPERFRAMES_NATIVE_CLIP=keep`. */
export function keepsClip(): boolean {
  return process.env[VARIABLE]?.trim().toLowerCase() === "keep";
}
