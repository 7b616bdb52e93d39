import diagnostics from "node:diagnostics_channel";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createGuardedRequest,
  type HttpRequest,
  MAX_ANSWER_BYTES,
  REQUEST_LIMIT_MS,
  type RequestOutcome,
} from "../../../../src/notify/request/guarded-request.ts";
import { createNameLookup } from "../../../../src/notify/request/name-lookup.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { createNames, type Names } from "../../../support/notify/names.ts";
import { answer, openReceiver, type Receiver } from "../../../support/notify/receiver.ts";
import { until } from "../../../support/until.ts";

const METADATA = "169.254.169.254";

let clock: ManualClock;
let receiver: Receiver;
let names: Names;
let ownPorts: number[];
const others: Receiver[] = [];

beforeEach(async () => {
  clock = createManualClock();
  receiver = await openReceiver();
  ownPorts = [];
  names = createNames({
    "hooks.example": ["127.0.0.1"],
    "other.example": ["127.0.0.1"],
    "metadata.example": [METADATA],
    "mapped.example": ["::ffff:169.254.169.254"],
    "mixed.example": [METADATA, "127.0.0.1"],
    "gone.example": [],
  });
});

afterEach(async () => {
  await Promise.all([receiver, ...others.splice(0)].map((each) => each.close()));
});

async function another(options: Parameters<typeof openReceiver>[0] = {}): Promise<Receiver> {
  const opened = await openReceiver(options);
  others.push(opened);
  return opened;
}

function request(path: string, options: Partial<HttpRequest> = {}): Promise<RequestOutcome> {
  const guarded = createGuardedRequest({
    clock,
    own: { ports: () => ownPorts, addresses: () => [] },
    lookupOf: createNameLookup({ own: { ports: () => ownPorts, addresses: () => [] }, lookup: names.lookup }),
  });
  const url = path.startsWith("/") ? `http://hooks.example:${receiver.port}${path}` : path;
  return guarded({ url, method: "POST", body: "hello", ...options });
}

const at = (host: string): string => `http://${host}:${receiver.port}/`;
const redirect = (location: string, status = 307) => answer(status, "", { Location: location });
const reasonOf = (outcome: RequestOutcome): string => {
  if (outcome.kind === "answered") throw new Error(`answered ${outcome.status}`);
  return `${outcome.kind}: ${outcome.reason}`;
};

describe("a request", () => {
  test("arrives with method, headers and body, and its answer comes back", async () => {
    receiver.respond(answer(202, "thanks", { "X-Here": "1" }));
    const outcome = await request("/a?b=c", { headers: { "X-There": "2" }, secretHeaders: { Authorization: "t" } });
    expect(outcome).toMatchObject({ kind: "answered", status: 202, host: "hooks.example", isCut: false });
    expect(outcome.kind === "answered" && [outcome.headers["x-here"], String(outcome.body)]).toEqual(["1", "thanks"]);
    const [got] = receiver.received;
    expect(got).toMatchObject({ method: "POST", url: "/a?b=c", headers: { "x-there": "2", authorization: "t" } });
    expect([String(got?.body), got?.headers["content-length"], got?.headers.host]).toEqual([
      "hello",
      "5",
      `hooks.example:${receiver.port}`,
    ]);
    expect(clock.timers()).toBe(0);
  });

  test("has user and password of its address as a header", async () => {
    await request(`http://ann:p%40ss@hooks.example:${receiver.port}/`);
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ann:p@ss").toString("base64")}`);
  });

  test("whose header cannot be sent is refused, without quoting it", async () => {
    const outcome = await request("/", { secretHeaders: { Authorization: "Bearer secret\r\nX: y" } });
    expect(reasonOf(outcome)).toBe("refused: The address or a token has characters that cannot be sent");
    expect(receiver.received).toEqual([]);
  });
});

describe("no request goes to", () => {
  test.each([
    ["a metadata address", () => at(METADATA)],
    ["a metadata address as one number", () => at("2852039166")],
    ["a metadata address in hexadecimal", () => at("0xa9.0xfe.0xa9.0xfe")],
    ["a metadata address as mapped IPv6", () => at("[::ffff:169.254.169.254]")],
    ["a name that resolves to one", () => at("metadata.example")],
    ["a name that resolves to one as mapped IPv6", () => at("mapped.example")],
    ["another scheme", () => "file:///etc/passwd"],
  ])("%s", async (_, url) => {
    expect(reasonOf(await request(url()))).toMatch(/^refused: /);
  });

  test.each([["127.0.0.1"], ["hooks.example"], ["localhost."], ["[::ffff:127.0.0.1]"], ["0.0.0.0"]])(
    "the hub's own port, by %s",
    async (host) => {
      ownPorts = [receiver.port];
      names = createNames({ "hooks.example": ["127.0.0.1"], "localhost.": ["127.0.0.1"] });
      expect(reasonOf(await request(at(host)))).toMatch(/^refused: .*(this hub itself|no address of a host)/);
      expect(receiver.received).toEqual([]);
    },
  );

  test("the forbidden one of several addresses of a name: it goes to the other", async () => {
    expect(await request(at("mixed.example"))).toMatchObject({ kind: "answered", status: 200 });
    expect(receiver.received).toHaveLength(1);
  });
});

describe("a redirect", () => {
  test("is followed with method and body, and names are checked again", async () => {
    const next = await another();
    for (const status of [301, 302, 307, 308]) {
      receiver.respond(redirect(`http://other.example:${next.port}/next`, status));
      expect(await request("/")).toMatchObject({ kind: "answered", status: 200, host: "other.example" });
    }
    expect(next.received.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual(
      Array(4).fill("POST /next hello"),
    );
    expect(names.asked.filter((name) => name === "other.example")).toHaveLength(4);
  });

  test("to a metadata address, by number or by name, is refused", async () => {
    for (const host of [METADATA, "[::ffff:a9fe:a9fe]", "metadata.example"]) {
      receiver.respond(redirect(`http://${host}/latest/meta-data/`));
      expect(reasonOf(await request("/"))).toMatch(/^refused: .*metadata of cloud machines/);
    }
  });

  test("to the hub's own port is refused", async () => {
    const hub = await another();
    ownPorts = [hub.port];
    for (const host of ["127.0.0.1", "other.example"]) {
      receiver.respond(redirect(`http://${host}:${hub.port}/api/devices`));
      expect(reasonOf(await request("/", { method: "GET", body: undefined }))).toContain("this hub itself");
    }
    expect(hub.received).toEqual([]);
  });

  test("is followed three times, not more", async () => {
    const hops = (last: number) =>
      receiver.respond((_, response, index) =>
        index < last ? void response.writeHead(307, { Location: `/${index}` }).end() : void response.end("there"),
      );
    hops(3);
    expect(await request("/")).toMatchObject({ kind: "answered", status: 200 });
    receiver.received.length = 0;
    hops(99);
    expect(reasonOf(await request("/"))).toBe("refused: hooks.example redirects more than 3 times");
    expect(receiver.received).toHaveLength(4);
  });

  test("carries secrets to the same origin only", async () => {
    const next = await another();
    receiver.respond(redirect(`http://hooks.example:${next.port}/`));
    const outcome = await request("/", { secretHeaders: { Authorization: "Bearer s3cret" } });
    expect(reasonOf(outcome)).toContain(
      `redirects to http://hooks.example:${next.port}, where its secrets are not sent`,
    );
    expect(next.received).toEqual([]);
    receiver.received.length = 0;
    receiver.respond((_, response, index) =>
      index === 0 ? void response.writeHead(307, { Location: "/again" }).end() : void response.end(),
    );
    expect(await request("/", { secretHeaders: { Authorization: "Bearer s3cret" } })).toMatchObject({ status: 200 });
    expect(receiver.received[1]?.headers.authorization).toBe("Bearer s3cret");
  });

  test.each([
    ["to something other than HTTP", "file:///etc/passwd", 302, "something other than HTTP"],
    ["that loses the message", "/done", 303, "would lose the message"],
    ["to nowhere", "http://[", 302, "without a valid address"],
  ])("%s is refused", async (_, location, status, words) => {
    receiver.respond(redirect(location, status));
    expect(reasonOf(await request("/"))).toContain(words);
  });
});

describe("a receiver that does not behave", () => {
  test("with an answer of 10 MB is read up to 64 KiB", async () => {
    let sent = 0;
    receiver.respond((_, response) => {
      response.writeHead(200);
      const write = (): void => {
        while (sent < 10_000_000 && !response.destroyed) {
          sent += 16_384;
          if (!response.write(Buffer.alloc(16_384))) return void response.once("drain", write);
        }
      };
      write();
    });
    const outcome = await request("/");
    expect(outcome).toMatchObject({ kind: "answered", status: 200, isCut: true });
    expect(outcome.kind === "answered" && outcome.body.length).toBe(MAX_ANSWER_BYTES);
    expect(sent).toBeLessThan(10_000_000);
  });

  test("that hangs before it answers is given up after 20 s in all", async () => {
    receiver.respond(() => undefined);
    const outcome = request("/");
    await until("the request has arrived", () => receiver.received.length > 0);
    clock.advance(REQUEST_LIMIT_MS - 1);
    clock.advance(1);
    expect(reasonOf(await outcome)).toBe("failed: No answer within 20 s from hooks.example");
    expect(clock.timers()).toBe(0);
  });

  test("that says 200 and then hangs, or breaks off, has taken it", async () => {
    receiver.respond((_, response) => void response.writeHead(200).write("begun"));
    const hasAnswered = new Promise<void>((resolve) => {
      const onAnswer = (): void => {
        diagnostics.unsubscribe("http.client.response.finish", onAnswer);
        resolve();
      };
      diagnostics.subscribe("http.client.response.finish", onAnswer);
    });
    const outcome = request("/");
    await hasAnswered;
    clock.advance(REQUEST_LIMIT_MS);
    expect(await outcome).toMatchObject({ kind: "answered", status: 200, isCut: true });
    receiver.respond((_, response) => void response.writeHead(200).write("begun", () => response.destroy()));
    expect(await request("/")).toMatchObject({ kind: "answered", status: 200, isCut: true });
  });

  test("that never accepts, because its name never resolves, is given up too", async () => {
    names.hold();
    const outcome = request("/");
    await until("the name was asked for", () => names.asked.length > 0);
    clock.advance(REQUEST_LIMIT_MS);
    expect(reasonOf(await outcome)).toContain("No answer within 20 s");
    names.release();
    expect(receiver.received).toEqual([]);
  });

  test("with a name that is not there has failed, in words", async () => {
    expect(reasonOf(await request("http://nowhere.example/secret-path"))).toBe(
      "failed: The name nowhere.example does not resolve. Check it, and the name server of this machine",
    );
    expect(reasonOf(await request("http://gone.example/"))).toContain("does not resolve");
  });

  test("that refuses connections, speaks no HTTP, or no TLS, has failed, in words", async () => {
    const closed = await openReceiver();
    await closed.close();
    expect(reasonOf(await request(`http://127.0.0.1:${closed.port}/`))).toContain("refuses connections");
    const server = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      socket.end("SSH-2.0-OpenSSH_9.6\r\n");
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(reasonOf(await request(`http://127.0.0.1:${port}/`))).toBe("failed: 127.0.0.1 does not answer as HTTP does");
    await new Promise((resolve) => server.close(resolve));
    expect(reasonOf(await request(`https://127.0.0.1:${receiver.port}/`))).toContain("does not speak TLS");
  });

  test("that changes the protocol has answered that", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await request(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: "answered", status: 101, isCut: true });
    await new Promise((resolve) => server.close(resolve));
  });

  test("is left at once when the hub stops", async () => {
    receiver.respond(() => undefined);
    const stopping = new AbortController();
    const outcome = request("/", { signal: stopping.signal });
    await until("the request has arrived", () => receiver.received.length > 0);
    stopping.abort();
    expect(reasonOf(await outcome)).toContain("The hub stops");
    expect(reasonOf(await request("/", { signal: stopping.signal }))).toContain("The hub stops");
  });
});

test("names are resolved two at a time, and the same one once for all who ask", async () => {
  names = createNames({ "a.example": ["127.0.0.1"], "b.example": ["127.0.0.1"], "c.example": ["127.0.0.1"] });
  names.hold();
  const own = { ports: () => [], addresses: () => [] };
  const guarded = createGuardedRequest({ clock, own, lookupOf: createNameLookup({ own, lookup: names.lookup }) });
  const to = (host: string) => guarded({ url: `http://${host}:${receiver.port}/`, method: "GET" });
  const outcomes = ["a.example", "a.example", "b.example", "c.example", "a.example"].map(to);
  await until("two names were asked for", () => names.asked.length === 2);
  names.release();
  expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(Array(5).fill("answered"));
  expect(names.asked).toEqual(["a.example", "b.example", "c.example"]);
});
