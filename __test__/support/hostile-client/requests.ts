// What a hostile client sends: everything that has ever confused a server of files, in endless variations.
import type { Random } from "../random.ts";

/** A frame that the server was told of, as far as the client knows. */
interface KnownFrame {
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

/** One request, or what passes for one. */
export interface HostileRequest {
  readonly bytes: Buffer;
  /** The only body that an answer to it may have; `undefined` where it has to be refused. */
  readonly frame: Buffer | undefined;
  /** Whether it breaks the connection: nothing can be sent after it. */
  readonly last: boolean;
}

/** What requests are made of. */
type Words = ReturnType<typeof wordsOf>;

function wordsOf({ port, frames }: Target, random: Random) {
  const host = `Host: 127.0.0.1:${port}\r\n`;
  return {
    ...{ port, host, random, one: <T>(of: readonly T[]) => random.one(of) },
    /** A path that is not registered. */
    guess: () => `/${random.hex(32)}`,
    /** A file on disk, where one is known. */
    file: () => (frames.length > 0 ? random.one(frames).file : "/etc/passwd"),
    get: (path: string, more = "") => `GET ${path} HTTP/1.1\r\n${host}${more}\r\n`,
    range: () => {
      const number = () =>
        random.one(["", "0", "-1", "1", "18446744073709551616", random.hex(20), "0x1", " "]);
      const ranges = Array.from({ length: random.whole(1, 40) }, () => `${number()}-${number()}`);
      return `Range: ${random.one(["bytes=", "BYTES =", "", "bytes", "items="])}${ranges.join(",")}\r\n`;
    },
  };
}

/** Makes a request; `path` is that of a frame where one is known, and a guess otherwise. */
type Make = (words: Words, path: string) => string;

/** Requests in good order. */
const ANSWERED: Record<string, Make> = {
  "a guess at the token": ({ get, guess }) => get(guess()),
  "a token that is nearly one": ({ get, random, one }, path) => {
    const at = random.whole(1, 32);
    const flipped = path[at] === "0" ? "1" : "0";
    const ends = [random.hex(1), "/", "?", `?${random.hex(4)}`, ";x", ".jpg"];
    const near = [path.slice(0, at) + flipped + path.slice(at + 1), path.slice(0, at), `/${path}`];
    const encoded = `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`;
    // The last ones have a letter to change.
    const others = [encoded, `/./${path.slice(1)}`, `/x/..${path}`, `${path.slice(0, 31)}aB`];
    return get(one([...near, ...ends.map((end) => path + end), ...others, `/A${path.slice(2)}`]));
  },
  "a path of the file system": ({ get, file, random, one }, known) => {
    const path = file();
    const up = one("../ ..%2f %2e%2e/ %2e%2e%2f ..%5c ..\\ ....// %c0%ae%c0%ae/ ..;/".split(" "));
    const ups = up.repeat(random.whole(1, 12)) + path.slice(1);
    const variants = [path, `/${encodeURIComponent(path)}`, `/${ups}`, `${known}/${ups}`];
    return get(`${one(variants)}${one(["", "%00", "%00.jpg", "?", "?x=1"])}`);
  },
  "a foreign Host": ({ port, random, one }, path) => {
    const names =
      "evil.example 127.0.0.1.evil.example localhost.evil.example evil@127.0.0.1 127.1 2130706433 0.0.0.0 [::1] [::ffff:127.0.0.1] localhost.";
    const ports = [port ^ 1, `0${port}`, `${port} x`, `${port}@evil.example`];
    const hosts = [
      ...names.split(" ").map((name) => `${name}:${port}`),
      ...ports.map((one) => `127.0.0.1:${one}`),
    ];
    const other = one([...hosts, "127.0.0.1", "", ":", "x".repeat(random.whole(1, 4000))]);
    return `GET ${path} HTTP/1.1\r\nHost: ${other}\r\n\r\n`;
  },
  "no Host, or two": ({ host, port, one }, path) => {
    const other = `Host: evil.example:${port}\r\n`;
    return `GET ${path} HTTP/1.1\r\n${one(["", host + other, other + host, host.repeat(2)])}\r\n`;
  },
  "a foreign authority in the target": ({ get, port, one }, path) => {
    const authority = one([`evil.example:${port}`, "127.0.0.1", `user@127.0.0.1:${port}`]);
    return get(`${one(["http", "https", "file", "ftp"])}://${authority}${path}`);
  },
  "a guess from a foreign page": ({ get, guess, port, one }) => {
    const origin = one(["https://evil.example", "null", `http://127.0.0.1:${port}`, "file://", "\xff"]);
    return get(guess(), `Origin: ${origin}\r\nCookie: a=b\r\nReferer: ${origin}\r\n`);
  },
  "another method": ({ host, one }, path) => {
    const method = one([..."PUT DELETE PATCH TRACE POST HEAD PROPFIND get GETS".split(" "), "X".repeat(200)]);
    return `${method} ${path} HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`;
  },
  "a preflight": ({ host, guess, one }, path) => {
    const asks = "Access-Control-Request-Method: DELETE\r\nAccess-Control-Request-Private-Network: true\r\n";
    return `OPTIONS ${one(["*", "/", path, guess()])} HTTP/1.1\r\n${host}Origin: https://evil.example\r\n${asks}\r\n`;
  },
  "a range of a guess": ({ get, guess, range }) => get(guess(), range()),
  "many headers": ({ get, guess, random }) => {
    const field = (_: unknown, n: number) => `X-${n}: ${random.hex(random.whole(0, 60))}\r\n`;
    return get(guess(), Array.from({ length: random.whole(20, 90) }, field).join(""));
  },
};

/** Requests of somebody who knows a token: the frame is the only answer that they may get. */
const KNOWING: Record<string, Make> = {
  "a frame": ({ get }, path) => get(path),
  "a frame for a foreign page": ({ get }, path) =>
    get(path, "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n"),
  "a frame, in absolute form": ({ get, port }, path) => get(`http://127.0.0.1:${port}${path}`),
  "a frame that asks to continue": ({ get }, path) => get(path, "Expect: 100-continue\r\n"),
  "a frame that wants another protocol": ({ get, one }, path) => {
    const socket =
      "Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13\r\n";
    const http2 = "Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    return get(path, `Connection: ${one([socket, http2])}`);
  },
  "a range, which is ignored": ({ get, range }, path) => get(path, range()),
};

/** What no server goes on after. */
const BROKEN: Record<string, Make> = {
  "a body that nobody wants": ({ get, guess, random }) => {
    const length = random.whole(1, 200);
    return get(guess(), `Content-Length: ${length}\r\n`) + "G".repeat(length);
  },
  "random bytes": ({ random }) => random.bytes(random.whole(1, 600)).toString("latin1"),
  "a TLS hello": ({ random }) =>
    `\x16\x03\x01\0\xc8\x01\0\0\xc4\x03\x03${random.bytes(196).toString("latin1")}`,
  "an HTTP/2 preface": () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
  "another version": ({ guess, host, one }) => {
    const versions = "HTTP/0.9 HTTP/2.0 HTTP/1.2 HTTP/1.10 HTTP/1 http/1.1 HTTPS/1.1".split(" ");
    return `GET ${guess()} ${one([...versions, ""])}\r\n${host}\r\n`;
  },
  "HTTP/1.0": ({ guess, host, one }) => `GET ${guess()} HTTP/1.0\r\n${one(["", host])}\r\n`,
  "line ends of other kinds": ({ get, guess, one }) =>
    get(guess()).replaceAll("\r\n", one(["\n", "\r", "\r\r\n", "\n\r", "\0\r\n"])),
  "bytes that no path has": ({ get, guess, random, one }) => {
    const odd = [`/\0${random.hex(31)}`, "/\xff\xfe\xc3\x28", `${guess()}\x7f`, "/\x01\x02"];
    return get(one([...odd, "/ / /", "//", "?", "#", "\\"]));
  },
  "headers that are none": ({ get, guess, port, one }) => {
    const names = ["no colon", ": no name", "Name : space", " folded: line", "\xff: name"];
    const values = ["Nul: a\0b", "X: \x01", `Host\t: evil.example:${port}`, "X: a\rHost: evil.example"];
    return get(guess(), `${one([...names, ...values])}\r\n`);
  },
  "lengths that lie": ({ get, guess, one }) => {
    const lengths = "-1|18446744073709551616|99999999999|1\r\nContent-Length: 2|5, 5|0x10|+5".split("|");
    return get(guess(), `Content-Length: ${one(lengths)}\r\n`);
  },
  "one request inside another": ({ get, guess, one }, path) => {
    // Nothing is behind the first one's head but its body: the second must not be answered with a frame.
    const inner = get(path);
    const [length, chunked] = [`Content-Length: ${inner.length}\r\n`, "Transfer-Encoding: chunked\r\n"];
    const fields = one([length, chunked, chunked + length, length + chunked]);
    const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    return get(guess(), fields) + (fields.includes("chunked") ? chunk : inner);
  },
  "chunks that lie": ({ get, guess, one }) => {
    const sizes = ["ffffffffffffffff\r\nx", "-1\r\n", "zz\r\n", `${"0".repeat(3000)}1\r\nx\r\n`, "5\r\nabc"];
    const chunks = one([...sizes, "5;ext=\0\r\nabcde\r\n"]);
    return get(guess(), "Transfer-Encoding: chunked\r\n") + chunks;
  },
  "codings that are none": ({ get, guess, one }) => {
    const other = "chunked\r\nTransfer-Encoding: x";
    const coding = one(["gzip, chunked", "chunked, gzip", "xchunked", other, "\x0bchunked", "identity"]);
    return `${get(guess(), `Transfer-Encoding: ${coding}\r\n`)}0\r\n\r\n`;
  },
  "a tunnel": ({ host, one }) =>
    `CONNECT ${one(["127.0.0.1:22", "evil.example:443", "/"])} HTTP/1.1\r\n${host}\r\n`,
  "a head too long": ({ get, guess, random, one }) => {
    const size = random.whole(17, 96) * 1024;
    const long = "a".repeat(size);
    const fields = [`X: ${long}\r\n`, "X: y\r\n".repeat(random.whole(101, 2000))];
    const heads = fields.map((more) => get(guess(), more));
    return one([...heads, get(`/${long}`), `${long.toUpperCase()} / HTTP/1.1\r\n\r\n`, "\r\n".repeat(size)]);
  },
  "a body too long": ({ host, random }) => {
    const length = random.whole(100, 400) * 1024;
    return `POST / HTTP/1.1\r\n${host}Content-Length: ${length}\r\n\r\n${"a".repeat(length)}`;
  },
};

/** Beginnings that are never finished. */
const HALF: readonly string[] = [
  ...["", "G", "GET / HT", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: 127"],
  ...["\r\n", "POST / HTTP/1.1\r\nContent-Length: 9"],
];

/** The beginning of a request. */
export function halfRequest(random: Random): Buffer {
  return Buffer.from(random.one(HALF), "latin1");
}

/** A request of some kind; the kinds that get a frame need one that is known. */
function requestOf(kinds: readonly Make[], target: Target, random: Random): HostileRequest {
  const frame = target.frames.length > 0 ? random.one(target.frames) : undefined;
  const words = wordsOf(target, random);
  const make = random.one(kinds);
  const bytes = Buffer.from(make(words, frame?.path ?? words.guess()), "latin1");
  return {
    bytes,
    frame: Object.values(KNOWING).includes(make) ? frame?.bytes : undefined,
    last: Object.values(BROKEN).includes(make),
  };
}

/** A request in good order that has to be refused. */
export function refusedRequest(target: Target, random: Random): HostileRequest {
  return requestOf(Object.values(ANSWERED), target, random);
}

/** At least one. */
export type Batch = readonly [first: HostileRequest, ...HostileRequest[]];

/** A connection's worth of requests. The server answers the first and closes; those behind it must get nothing. */
export function batch(target: Target, random: Random): Batch {
  const knows = random.next() < 0.3 && target.frames.length > 0;
  const answered = [...(knows ? Object.values(KNOWING) : []), ...Object.values(ANSWERED)];
  const first = requestOf(random.next() < 0.4 ? Object.values(BROKEN) : answered, target, random);
  if (first.last) return [first];
  const more = random.one([0, 0, 1, 3, 11]);
  return [first, ...Array.from({ length: more }, () => requestOf(answered, target, random))];
}
