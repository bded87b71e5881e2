// Whether what a server sent is what it may send.
import type { Expected, HostileRequest } from "./requests.ts";

const HEAD_END = Buffer.from("\r\n\r\n");
const LONGEST_HEAD = 2048;
const REFUSALS: ReadonlySet<number> = new Set([204, 400, 404, 405, 414, 421, 431, 501, 503, 505]);

/** Something that the server must never send. */
export class Leak extends Error {}

/**
 * Checks all bytes that came on a connection against what was asked on it, and gives the number of whole answers. The connection may
 * end early, in the middle of a frame too, but what came has to be right.
 * @throws {Leak} when it is not.
 */
export function judgeAnswers(received: Buffer, asked: readonly HostileRequest[]): number {
  let rest = received;
  let answers = 0;
  while (rest.length > 0) {
    const end = rest.indexOf(HEAD_END);
    if (end < 0) {
      if (rest.length > LONGEST_HEAD || !"HTTP/1.".startsWith(rest.subarray(0, 7).toString("latin1"))) {
        throw new Leak(`no answer: ${show(rest)}`);
      }
      return answers;
    }
    const head = rest.subarray(0, end).toString("latin1");
    rest = rest.subarray(end + HEAD_END.length);
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(head)?.[1]);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    // What comes after the last request is the answer to something inside of it, and must be a refusal as well.
    const expected: Expected = asked[answers]?.expected ?? "refusal";
    answers += 1;
    if (REFUSALS.has(status)) {
      if (length !== 0) throw new Leak(`a refusal with a body: ${head}`);
      continue;
    }
    if (expected === "refusal" || status !== 200) {
      throw new Leak(`${head}\nto ${show(asked[answers - 1]?.bytes ?? Buffer.alloc(0))}`);
    }
    if (length !== expected.body.length) throw new Leak(`${length} bytes instead of ${expected.body.length}`);
    const body = rest.subarray(0, length);
    if (!body.equals(expected.body.subarray(0, body.length))) throw new Leak("other bytes than the frame's");
    if (body.length < length) return answers - 1;
    rest = rest.subarray(length);
  }
  return answers;
}

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 300).toString("latin1"));
}
