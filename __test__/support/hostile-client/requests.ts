// What a hostile client sends: everything that has ever confused a server of files, in endless variations.
import type { Random } from "./random.ts";

/** A frame that the server was told of, as far as the client knows. */
export interface KnownFrame {
  /** The path of its URL. */
  readonly path: string;
  /** Its file, which no request may reach by name. */
  readonly file: string;
  readonly bytes: Buffer;
}

/** What the client knows of its victim. */
export interface Target {
  readonly port: number;
  /** None for a client from outside. */
  readonly frames: readonly KnownFrame[];
}

/** The answer that a request must get, if it gets one: a refusal without a body, or these very bytes of a frame. */
export type Expected = "refusal" | { readonly body: Buffer };

/** One request, or what passes for one. */
export interface HostileRequest {
  readonly bytes: Buffer;
  readonly expected: Expected;
  /** Whether it breaks the connection: nothing can be sent after it. */
  readonly last: boolean;
}

type Kind = (target: Target, random: Random) => HostileRequest;

const REFUSED: Expected = "refusal";

function text(request: string, last = false): HostileRequest {
  return { bytes: Buffer.from(request, "latin1"), expected: REFUSED, last };
}

function host({ port }: Target): string {
  return `Host: 127.0.0.1:${port}\r\n`;
}

function get(target: Target, path: string, more = ""): string {
  return `GET ${path} HTTP/1.1\r\n${host(target)}${more}\r\n`;
}

/** A path that is not registered: a guess. */
function guess(random: Random): string {
  return `/${random.hex(32)}`;
}

/** A registered path, where one is known. */
function known({ frames }: Target, random: Random): string {
  return frames.length > 0 ? random.one(frames).path : guess(random);
}

/** A file on disk, where one is known. */
function file({ frames }: Target, random: Random): string {
  return frames.length > 0 ? random.one(frames).file : "/etc/passwd";
}

/** Requests in good order. */
const ANSWERED: Record<string, Kind> = {
  "a guess at the token": (target, random) => text(get(target, guess(random))),
  "a token that is nearly one": (target, random) => {
    const path = known(target, random);
    const at = random.whole(1, 32);
    const flipped = path[at] === "0" ? "1" : "0";
    const variants = [
      path.slice(0, at) + flipped + path.slice(at + 1),
      path.slice(0, at),
      `${path}${random.hex(1)}`,
      `${path}/`,
      `/${path}`,
      `${path}?`,
      `${path}?${random.hex(4)}`,
      `${path};x`,
      `${path}.jpg`,
      `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`,
      `/./${path.slice(1)}`,
      `/x/..${path}`,
      // The last one has a letter to change.
      `${path.slice(0, 31)}aB`,
      `/A${path.slice(2)}`,
    ];
    return text(get(target, random.one(variants)));
  },
  "a path of the file system": (target, random) => {
    const path = file(target, random);
    const encoded = encodeURIComponent(path);
    const up = random.one([
      "../",
      "..%2f",
      "%2e%2e/",
      "%2e%2e%2f",
      "..%5c",
      "..\\",
      "....//",
      "%c0%ae%c0%ae/",
      "..;/",
    ]);
    const ups = up.repeat(random.whole(1, 12));
    const variants = [
      path,
      `/${encoded}`,
      `/${ups}${path.slice(1)}`,
      `${known(target, random)}/${ups}${path.slice(1)}`,
    ];
    return text(get(target, `${random.one(variants)}${random.one(["", "%00", "%00.jpg", "?", "?x=1"])}`));
  },
  "a foreign Host": (target, random) => {
    const port = target.port;
    const hosts = [
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `evil@127.0.0.1:${port}`,
      `127.0.0.1:${port}@evil.example`,
      "127.0.0.1",
      `127.0.0.1:${port ^ 1}`,
      `127.0.0.1:0${port}`,
      `127.0.0.1:${port} `.concat("x"),
      `127.1:${port}`,
      `2130706433:${port}`,
      `0.0.0.0:${port}`,
      `[::1]:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `localhost.:${port}`,
      "",
      ":",
      "x".repeat(random.whole(1, 4000)),
    ];
    return text(`GET ${known(target, random)} HTTP/1.1\r\nHost: ${random.one(hosts)}\r\n\r\n`);
  },
  "no Host, or two": (target, random) => {
    const two = `Host: evil.example:${target.port}\r\n`;
    const heads = ["", host(target) + two, two + host(target), host(target).repeat(2)];
    return text(`GET ${known(target, random)} HTTP/1.1\r\n${random.one(heads)}\r\n`);
  },
  "a foreign authority in the target": (target, random) => {
    const authority = random.one([
      `evil.example:${target.port}`,
      "127.0.0.1",
      `user@127.0.0.1:${target.port}`,
    ]);
    return text(
      get(target, `${random.one(["http", "https", "file", "ftp"])}://${authority}${known(target, random)}`),
    );
  },
  "a guess from a foreign page": (target, random) => {
    const origin = random.one([
      "https://evil.example",
      "null",
      `http://127.0.0.1:${target.port}`,
      "file://",
      "\xff",
    ]);
    return text(get(target, guess(random), `Origin: ${origin}\r\nCookie: a=b\r\nReferer: ${origin}\r\n`));
  },
  "another method": (target, random) => {
    const method = random.one([
      "PUT",
      "DELETE",
      "PATCH",
      "TRACE",
      "POST",
      "HEAD",
      "PROPFIND",
      "get",
      "GETS",
      "X".repeat(200),
    ]);
    return text(`${method} ${known(target, random)} HTTP/1.1\r\n${host(target)}Content-Length: 0\r\n\r\n`);
  },
  "a preflight": (target, random) => {
    const asks = "Access-Control-Request-Method: DELETE\r\nAccess-Control-Request-Private-Network: true\r\n";
    const path = random.one(["*", "/", known(target, random), guess(random)]);
    return text(`OPTIONS ${path} HTTP/1.1\r\n${host(target)}Origin: https://evil.example\r\n${asks}\r\n`);
  },
  "a range of a guess": (target, random) => text(get(target, guess(random), `Range: ${range(random)}\r\n`)),
  "many headers": (target, random) => {
    const fields = Array.from(
      { length: random.whole(20, 90) },
      (_, n) => `X-${n}: ${random.hex(random.whole(0, 60))}\r\n`,
    );
    return text(get(target, guess(random), fields.join("")));
  },
};

/** Requests of somebody who knows a token, with the only answer that they may get. */
const KNOWING: Record<string, Kind> = {
  "a frame": (target, random) => answered(target, random, {}),
  "a frame for a foreign page": (target, random) =>
    answered(target, random, { more: "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n" }),
  "a frame, in absolute form": (target, random) =>
    answered(target, random, { base: `http://127.0.0.1:${target.port}` }),
  "a frame that asks to continue": (target, random) =>
    answered(target, random, { more: "Expect: 100-continue\r\n" }),
  "a frame that wants another protocol": (target, random) =>
    answered(target, random, {
      more: random.one([
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
      ]),
    }),
  "a range, which is ignored": (target, random) =>
    answered(target, random, { more: `Range: ${range(random)}\r\n` }),
};

interface Asked {
  readonly base?: string;
  readonly more?: string;
}

function answered(target: Target, random: Random, { base = "", more = "" }: Asked): HostileRequest {
  const { path, bytes } = random.one(target.frames);
  return {
    bytes: Buffer.from(`GET ${base}${path} HTTP/1.1\r\n${host(target)}${more}\r\n`, "latin1"),
    expected: { body: bytes },
    last: false,
  };
}

function range(random: Random): string {
  const number = () => random.one(["", "0", "-1", "1", "18446744073709551616", random.hex(20), "0x1", " "]);
  const one = () => `${number()}-${number()}`;
  return `${random.one(["bytes=", "BYTES =", "", "bytes", "items="])}${Array.from({ length: random.whole(1, 40) }, one).join(",")}`;
}

/** What no server goes on after. */
const BROKEN: Record<string, Kind> = {
  "a body that nobody wants": (target, random) => {
    const length = random.whole(1, 200);
    return text(get(target, guess(random), `Content-Length: ${length}\r\n`) + "G".repeat(length), true);
  },
  "random bytes": (_, random) => ({
    bytes: random.bytes(random.whole(1, 600)),
    expected: REFUSED,
    last: true,
  }),
  "a TLS hello": (_, random) => ({
    bytes: Buffer.concat([Buffer.from("16030100c8010000c40303", "hex"), random.bytes(196)]),
    expected: REFUSED,
    last: true,
  }),
  "an HTTP/2 preface": () => text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", true),
  "another version": (target, random) => {
    const version = random.one([
      "HTTP/0.9",
      "HTTP/2.0",
      "HTTP/1.2",
      "HTTP/1.10",
      "HTTP/1",
      "http/1.1",
      "HTTPS/1.1",
      "",
    ]);
    return text(`GET ${guess(random)} ${version}\r\n${host(target)}\r\n`, true);
  },
  "HTTP/1.0": (target, random) =>
    text(`GET ${guess(random)} HTTP/1.0\r\n${random.one(["", host(target)])}\r\n`, true),
  "line ends of other kinds": (target, random) => {
    const end = random.one(["\n", "\r", "\r\r\n", "\n\r", "\0\r\n"]);
    return text(get(target, guess(random)).replaceAll("\r\n", end), true);
  },
  "bytes that no path has": (target, random) => {
    const path = random.one([
      `/\0${random.hex(31)}`,
      "/\xff\xfe\xc3\x28",
      `${guess(random)}\x7f`,
      "/\x01\x02",
      "/ / /",
      "//",
      "?",
      "#",
      "\\",
    ]);
    return text(get(target, path), true);
  },
  "headers that are none": (target, random) => {
    const line = random.one([
      "no colon",
      ": no name",
      "Name : space",
      " folded: line",
      "Nul: a\0b",
      "\xff: name",
      "X: \x01",
      `Host\t: evil.example:${target.port}`,
      "X: a\rHost: evil.example",
    ]);
    return text(get(target, guess(random), `${line}\r\n`), true);
  },
  "lengths that lie": (target, random) => {
    const fields = random.one([
      "Content-Length: -1\r\n",
      "Content-Length: 18446744073709551616\r\n",
      "Content-Length: 99999999999\r\n",
      "Content-Length: 1\r\nContent-Length: 2\r\n",
      "Content-Length: 5, 5\r\n",
      "Content-Length: 0x10\r\n",
      "Content-Length: +5\r\n",
    ]);
    return text(get(target, guess(random), fields), true);
  },
  "one request inside another": (target, random) => {
    // Nothing is behind the first one's head but its body: the second must not be answered with a frame.
    const inner = get(target, known(target, random));
    const length = inner.length.toString(16);
    const fields = random.one([
      `Content-Length: ${inner.length}\r\n`,
      "Transfer-Encoding: chunked\r\n",
      `Transfer-Encoding: chunked\r\nContent-Length: ${inner.length}\r\n`,
      `Content-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n`,
    ]);
    const body = fields.includes("chunked") ? `${length}\r\n${inner}\r\n0\r\n\r\n` : inner;
    return text(get(target, guess(random), fields) + body, true);
  },
  "chunks that lie": (target, random) => {
    const chunks = random.one([
      "ffffffffffffffff\r\nx",
      "-1\r\n",
      "zz\r\n",
      "5;ext=\0\r\nabcde\r\n",
      `${"0".repeat(3000)}1\r\nx\r\n`,
      "5\r\nabc",
    ]);
    return text(get(target, guess(random), "Transfer-Encoding: chunked\r\n") + chunks, true);
  },
  "codings that are none": (target, random) => {
    const coding = random.one([
      "gzip, chunked",
      "chunked, gzip",
      "xchunked",
      "chunked\r\nTransfer-Encoding: x",
      "\x0bchunked",
      "identity",
    ]);
    return text(`${get(target, guess(random), `Transfer-Encoding: ${coding}\r\n`)}0\r\n\r\n`, true);
  },
  "a tunnel": (target, random) =>
    text(
      `CONNECT ${random.one(["127.0.0.1:22", "evil.example:443", "/"])} HTTP/1.1\r\n${host(target)}\r\n`,
      true,
    ),
  "a head too long": (target, random) => {
    const size = random.whole(17, 96) * 1024;
    const parts = [
      get(target, `/${"a".repeat(size)}`),
      get(target, guess(random), `X: ${"a".repeat(size)}\r\n`),
      `${"A".repeat(size)} / HTTP/1.1\r\n\r\n`,
      get(target, guess(random), "X: y\r\n".repeat(random.whole(101, 2000))),
      "\r\n".repeat(size),
    ];
    return text(random.one(parts), true);
  },
  "a body too long": (target, random) => {
    const length = random.whole(100, 400) * 1024;
    return text(
      `POST / HTTP/1.1\r\n${host(target)}Content-Length: ${length}\r\n\r\n${"a".repeat(length)}`,
      true,
    );
  },
};

/** Beginnings that are never finished. */
const HALF: readonly string[] = [
  "",
  "G",
  "GET / HT",
  "GET / HTTP/1.1\r\n",
  "GET / HTTP/1.1\r\nHost: 127",
  "\r\n",
  "POST / HTTP/1.1\r\nContent-Length: 9",
];

/** The beginning of a request. */
export function halfRequest(random: Random): Buffer {
  return Buffer.from(random.one(HALF), "latin1");
}

export const ANSWERED_KINDS: readonly Kind[] = Object.values(ANSWERED);

const KNOWING_KINDS: readonly Kind[] = Object.values(KNOWING);
const BROKEN_KINDS: readonly Kind[] = Object.values(BROKEN);

/** At least one. */
export type Batch = readonly [first: HostileRequest, ...HostileRequest[]];

/** A connection's worth of requests. The server answers the first and closes; those behind it must get nothing. */
export function batch(target: Target, random: Random): Batch {
  const knows = random.next() < 0.3 && target.frames.length > 0;
  const answered = knows ? [...KNOWING_KINDS, ...ANSWERED_KINDS] : ANSWERED_KINDS;
  const first = random.one(random.next() < 0.4 ? BROKEN_KINDS : answered)(target, random);
  if (first.last) return [first];
  const more = random.one([0, 0, 1, 3, 11]);
  return [first, ...Array.from({ length: more }, () => random.one(answered)(target, random))];
}
