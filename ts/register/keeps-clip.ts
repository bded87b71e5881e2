/** Whether upstream's screenshots keep their clip: `HYPERFRAMES_NATIVE_CLIP=keep`. */
export function keepsClip(): boolean {
  return process.env.HYPERFRAMES_NATIVE_CLIP?.trim().toLowerCase() === "keep";
}
