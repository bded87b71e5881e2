import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { after, test } from "node:test";
import { withFaults } from "../support/faults.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, type Ended, runModule } from "../support/node-process.ts";

const folder = new FrameFolder({ after });
const small = JSON.stringify(folder.write("small.jpg", jpegLike(1000)));
const large = JSON.stringify(folder.write("large.jpg", jpegLike(3_000_000)));

/** What each method is called with. */
const ARGUMENTS: Record<string, string> = {
  get: small,
  inspect: `[${small}]`,
  sameBytes: `[${small}], [${large}]`,
  register: `[${small}]`,
  hasWholeMcus: "new Uint8Array(8)",
  unregister: `["http://127.0.0.1:1/"]`,
};

/** Runs `body` in a process in which `point` panics; what it prints is one line of JSON. */
function panicking(point: string, body: string): Promise<Ended> {
  const source = `
    import * as binding from ${JSON.stringify(BINDING)};
    const { FrameCache, FrameServer } = binding;
    const codeOf = async (call) => {
      try {
        await call();
        return "no error";
      } catch (error) {
        return error instanceof Error ? error.code : typeof error;
      }
    };
    const print = (value) => console.log(JSON.stringify(value));
    process.on("unhandledRejection", (error) => print({ unhandled: String(error) }));
    ${body}
  `;
  return runModule(source, 30_000, { env: withFaults({ panic: point }), flags: ["--expose-gc"] });
}

async function gives(point: string, body: string, expected: unknown): Promise<void> {
  const ended = await panicking(point, body);
  assert.deepEqual([ended.code, ended.signal], [0, null], ended.stderr);
  assert.equal(ended.stdout.trim(), JSON.stringify(expected));
  // That it is the panic that was seen.
  assert.ok(ended.stderr.includes(`injected at ${point}`), ended.stderr);
}

/** `Class.member` for all that JavaScript can call, as the generated types have it. */
function entryPoints(): string[] {
  const types = readFileSync(new URL("../../index.d.ts", import.meta.url), "utf8");
  const points: string[] = [];
  for (const [, name, body] of types.matchAll(/^export declare class (\w+) \{\n(.*?)^\}/gms)) {
    for (const [, member] of (body as string).matchAll(
      /^ {2}(?:static |readonly |get |set )*(\w+)(?:<.*>)?[(:?]/gm,
    ))
      points.push(`${name}.${member}`);
  }
  for (const [, name] of types.matchAll(/^export declare (?:async )?function (\w+)/gm))
    points.push(name as string);
  return points;
}

const points = entryPoints();

test("all entry points are found", () => {
  assert.deepEqual(
    points.filter((point) => point.startsWith("FrameServer.")),
    ["constructor", "register", "unregister", "close", "stats"].map((member) => `FrameServer.${member}`),
  );
  assert.ok(points.includes("FrameCache.takeWarnings"));
});

// A new one is in the types and so here; without its point it gives no error, and fails.
for (const point of points) {
  const [name, member] = point.split(".") as [string, string | undefined];
  test(`a panic in ${point} is an error with the code INTERNAL`, async () => {
    const [made, call] =
      member === undefined
        ? ["null", `binding.${name}()`]
        : member === "constructor"
          ? ["null", `new ${name}()`]
          : // A static one is not the handle's.
            [`new ${name}()`, `(made.${member} ?? ${name}.${member}).call(made, ${ARGUMENTS[member] ?? ""})`];
    await gives(
      point,
      `const made = ${made}; print([await codeOf(() => ${call}), await codeOf(() => ${call})]);`,
      ["INTERNAL", "INTERNAL"],
    );
  });
}

/** Further places, inside of calls: what the process prints then. */
const INSIDE: Record<string, [body: string, expected: unknown]> = {};
for (const method of ["get", "inspect", "sameBytes"])
  INSIDE[`FrameCache.${method} settles`] = [
    `print(await codeOf(() => new FrameCache().${method}(${ARGUMENTS[method]})));`,
    "INTERNAL",
  ];
INSIDE["FrameServer.register settles"] = [
  `print(await codeOf(() => new FrameServer().register([${small}])));`,
  "INTERNAL",
];
// On the pool: around a load, in it, at its end, and while files are looked at. Everybody who waits is told.
const together = `
  const cache = new FrameCache();
  const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(() => cache.get(${large}))));
  print([...new Set(codes)]);
`;
for (const point of ["get job", "load", "complete"]) INSIDE[point] = [together, ["INTERNAL"]];
for (const point of ["inspect job", "inspect"])
  INSIDE[point] = [`print(await codeOf(() => new FrameCache().inspect([${small}, ${large}])));`, "INTERNAL"];
for (const point of ["same_bytes job", "same_bytes"])
  INSIDE[point] = [
    `print(await codeOf(() => new FrameCache().sameBytes([${small}], [${large}])));`,
    "INTERNAL",
  ];
// On the server's threads. The connection is lost, and nothing else.
INSIDE["register job"] = [`print(await codeOf(() => new FrameServer().register([${small}])));`, "INTERNAL"];
const fetching = `
  const server = new FrameServer();
  const urls = await server.register([${large}, ${small}]);
  const outcome = async (url) => {
    try {
      const response = await fetch(url);
      return (await response.arrayBuffer(), response.status);
    } catch {
      return "broken off";
    }
  };
  print([await outcome(urls[0]), await outcome(urls[1]), (await server.register([${small}])).length]);
`;
INSIDE.connection = [fetching, ["broken off", "broken off", 1]];
INSIDE.request = [fetching, ["broken off", "broken off", 1]];
INSIDE.open = [fetching, [500, 500, 1]];
// The small frame needs no second chunk.
INSIDE["read on"] = [fetching, ["broken off", 200, 1]];
// Whether a registration still finds the thread that ends is chance; the page is served another way in either case.
INSIDE.server = [
  `
  const codes = new Set();
  for (let round = 0; round < 5; round += 1) {
    const server = new FrameServer();
    codes.add(await codeOf(async () => { const [url] = await server.register([${small}]); await fetch(url); }));
    server.close();
  }
  codes.delete("SERVER_UNAVAILABLE");
  codes.delete(undefined);
  print([...codes]);
  `,
  [],
];
// In the garbage collector's callbacks there is nobody to give an error to.
const collecting = (kept: string) => `
  const made = async () => { ${kept} };
  for (let round = 0; round < 3; round += 1) await made();
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  print((await new FrameCache({ entryLimit: 9 }).get(${small})).length);
`;
const gotten = 23 + Math.ceil(1000 / 3) * 4;
INSIDE["FrameCache is collected"] = [collecting(`await new FrameCache().get(${small});`), gotten];
INSIDE["FrameServer is collected"] = [collecting(`await new FrameServer().register([${small}]);`), gotten];
INSIDE["a string is collected"] = [
  collecting(`await new FrameCache({ bytesLimit: 1 }).get(${small});`),
  gotten,
];

for (const [point, [body, expected]] of Object.entries(INSIDE)) {
  test(`a panic at "${point}" ends nothing`, () => gives(point, body, expected));
}

test("every point that can be made to panic is one of these", () => {
  const known = new Set([...points, ...Object.keys(INSIDE)]);
  const named = new Set<string>();
  for (const file of globSync("src/**/*.rs")) {
    const source = readFileSync(file, "utf8");
    for (const [, point] of source.matchAll(
      /(?:panic_at|boundary::call|Finalized::new|boundary::promise)\(\s*(?:env,\s*\[)?"([^"]+)"/g,
    ))
      named.add(point as string);
  }
  assert.ok(named.size > 10);
  assert.deepEqual(
    [...named].filter((point) => !known.has(point)),
    [],
  );
});

test("an array that claims a length is not believed", async () => {
  const ended = await runModule(
    `
    import { FrameCache, FrameServer } from ${JSON.stringify(BINDING)};
    const vast = new Array(2 ** 32 - 1);
    const server = new FrameServer();
    for (const call of [() => server.unregister(vast), () => server.register(vast), () => new FrameCache().inspect(vast), () => new FrameCache().sameBytes(vast, [])]) {
      try { await call(); console.log("no error"); } catch (error) { console.log(error.code); }
    }
    `,
    20_000,
  );
  assert.deepEqual(
    [ended.code, ended.stdout.trim().split("\n")],
    [0, Array(4).fill("StringExpected")],
    ended.stderr,
  );
});
