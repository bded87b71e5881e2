// Whether what a server sent is what it may send.
import type { HostileRequest } from "./requests.ts";

const HEAD_END = Buffer.from("\r\n\r\n");
const LONGEST_HEAD = 2048;
const REFUSALS: ReadonlySet<number> = new Set([204, 400, 404, 405, 414, 421, 431, 501, 503, 505]);

/** Something that the server must never send. */
export class Leak extends Error {}

/**
 * Checks all bytes that came on a connection against the first request on it, and says whether they are a whole answer. The connection
 * may end early, in the middle of a frame too, but what came has to be right.
 * @throws {Leak} when it is not.
 */
export function judgeAnswer(received: Buffer, { bytes, frame }: HostileRequest): boolean {
  const end = received.indexOf(HEAD_END);
  if (end < 0) {
    if (received.length > LONGEST_HEAD || !"HTTP/1.".startsWith(received.subarray(0, 7).toString("latin1")))
      throw new Leak(`no answer: ${show(received)}`);
    return false;
  }
  const head = received.subarray(0, end).toString("latin1");
  const body = received.subarray(end + HEAD_END.length);
  const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(head)?.[1]);
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (REFUSALS.has(status)) {
    if (length !== 0 || body.length > 0)
      throw new Leak(`a refusal with a body, or a second answer: ${head}\n${show(body)}`);
    return true;
  }
  if (frame === undefined || status !== 200) throw new Leak(`${head}\nto ${show(bytes)}`);
  if (length !== frame.length) throw new Leak(`${length} bytes instead of ${frame.length}`);
  if (body.length > length) throw new Leak(`a second answer: ${show(body.subarray(length))}`);
  if (!body.equals(frame.subarray(0, body.length))) throw new Leak("other bytes than the frame's");
  return body.length === length;
}

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 300).toString("latin1"));
}
