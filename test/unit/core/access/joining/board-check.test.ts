/** How far a board has come on its way into the hub, by what the hub has seen. */
import { describe, expect, test } from "vitest";
import type { CheckedStep } from "../../../../../src/contract/answers/board-check.ts";
import type { Refusal } from "../../../../../src/contract/refusal.ts";
import { REFUSALS } from "../../../../../src/contract/refusals.ts";
import { type BoardFacts, boardSteps } from "../../../../../src/core/access/joining/board-check.ts";

const SINCE_MS = Date.parse("2026-12-01T12:00:00Z");
/** So many seconds after the board is looked for. */
const at = (s: number): number => SINCE_MS + 1_000 * s;
const iso = (s: number): string => new Date(at(s)).toISOString();

const NOTHING: BoardFacts = {
  sinceMs: SINCE_MS,
  deviceId: "cellar",
  addresses: [
    { wire: "mqtt", reach: "machine" },
    { wire: "mqtt", reach: "network" },
  ],
  refusals: [],
  loggedInMs: undefined,
  heardMs: undefined,
  readingMs: undefined,
  unread: undefined,
};

function refused(code: Refusal["code"], s: number, about: Partial<Refusal> = {}): Refusal {
  const kind = code.startsWith("CREDENTIAL") || code === "PROTOCOL_VIOLATION" ? "connection" : "message";
  return { code, kind, reason: REFUSALS[code], firstAt: iso(s), lastAt: iso(s), count: 1, ...about };
}

const steps = (facts: Partial<BoardFacts>): readonly CheckedStep[] => boardSteps({ ...NOTHING, ...facts });

/** `connected done 3, loggedIn failed 3 CREDENTIAL_WRONG secret` of the steps that are not waiting. */
const said = (facts: Partial<BoardFacts>): string[] =>
  steps(facts)
    .filter(({ step, state }) => state !== "waiting" && step !== "reachable")
    .map(({ step, state, at: when = iso(0), refusal, fix, isOther }) =>
      [step, state, (Date.parse(when) - SINCE_MS) / 1_000, refusal?.code, fix, isOther && "other"]
        .filter((word) => word !== undefined)
        .join(" "),
    );

test("a hub that listens to its own computer only is not reachable, whatever its web pages are", () => {
  const machine = { wire: "mqtt", reach: "machine" } as const;
  expect(steps({ addresses: [machine, { wire: "mqttOverWebSocket", reach: "network" }] })[0]).toEqual({
    step: "reachable",
    state: "failed",
    fix: "listen",
  });
  expect(steps({ addresses: [machine, { wire: "mqtts", reach: "network" }] })[0]?.state).toBe("done");
});

test("a board that sends values has come the whole way; what was before does not count", () => {
  expect(said({ loggedInMs: at(-1), heardMs: at(-1), readingMs: at(-1) })).toEqual([]);
  const all = { loggedInMs: at(1), heardMs: at(3), readingMs: at(3) };
  expect(said(all)).toEqual(["connected done 1", "loggedIn done 1", "read done 3", "stored done 3"]);
  // It is connected since before.
  expect(said({ ...all, loggedInMs: at(-9) })).toEqual([
    "connected done 3",
    "loggedIn done 3",
    "read done 3",
    "stored done 3",
  ]);
  expect(said({ heardMs: at(2) })).toEqual(["connected done 2", "loggedIn done 2", "read done 2"]);
});

describe("a wrong password", () => {
  const wrong = refused("CREDENTIAL_WRONG", 4, { deviceId: "cellar", clientId: "ESP32Client" });

  test("is its board's, by the name that it logged in with", () => {
    expect(said({ refusals: [wrong] })).toEqual(["connected done 4", "loggedIn failed 4 CREDENTIAL_WRONG secret"]);
    expect(said({ refusals: [{ ...wrong, lastAt: iso(-1) }] })).toEqual([]);
  });

  test("is over when the board is let in, and counts again when it is refused later", () => {
    expect(said({ refusals: [wrong], loggedInMs: at(5) })).toEqual(["connected done 5", "loggedIn done 5"]);
    expect(said({ refusals: [{ ...wrong, acceptedAt: iso(5) }], loggedInMs: at(5) })).toHaveLength(2);
    expect(said({ refusals: [wrong], loggedInMs: at(3) })[1]).toBe("loggedIn failed 4 CREDENTIAL_WRONG secret");
  });
});

test("a client that nobody knows may be the board, until something is seen of the board itself", () => {
  const unknown = refused("CREDENTIAL_UNKNOWN", 6, { clientId: "celar" });
  const tls = refused("PROTOCOL_VIOLATION", 5);
  expect(said({ refusals: [unknown, tls] })).toEqual([
    "connected done 6",
    "loggedIn failed 6 CREDENTIAL_UNKNOWN login other",
  ]);
  expect(said({ refusals: [tls], deviceId: undefined })[1]).toBe("loggedIn failed 5 PROTOCOL_VIOLATION other");
  expect(said({ refusals: [unknown], loggedInMs: at(2) })).toEqual(["connected done 2", "loggedIn done 2"]);
  const page = refused("ORIGIN_FOREIGN", 7, { kind: "connection", address: "192.168.1.9" });
  expect(said({ refusals: [page, refused("TOPIC_NOT_OWN", 7, { clientId: "other" })] })).toEqual([]);
});

describe("a message that is refused", () => {
  const topic = refused("TOPIC_NOT_OWN", 8, { clientId: "cellar/ESP32Client", via: "cellar", topic: "sensors" });

  test("shows that the board is in, and what is wrong", () => {
    expect(said({ refusals: [topic] })).toEqual([
      "connected done 8",
      "loggedIn done 8",
      "read failed 8 TOPIC_NOT_OWN topic",
    ]);
    expect(said({ refusals: [refused("PAYLOAD_NOT_JSON", 9, { deviceId: "cellar" })], loggedInMs: at(7) })).toEqual([
      "connected done 7",
      "loggedIn done 7",
      "read failed 9 PAYLOAD_NOT_JSON payload",
    ]);
    expect(said({ refusals: [refused("TOO_MANY_DEVICES", 9, { deviceId: "cellar" })] })[2]).toBe(
      "read failed 9 TOO_MANY_DEVICES",
    );
  });

  test("is over when a later one is read, and leaves what was stored before", () => {
    expect(said({ refusals: [topic], heardMs: at(9) })[2]).toBe("read done 9");
    expect(said({ refusals: [topic], heardMs: at(7), readingMs: at(7) }).slice(2)).toEqual([
      "read failed 8 TOPIC_NOT_OWN topic",
      "stored done 7",
    ]);
  });

  test("in one metric only is no failure where the rest of the reading is stored", () => {
    const part = refused("METRIC_VALUE_INVALID", 8.002, { deviceId: "cellar", metric: "temperature" });
    expect(said({ refusals: [part], heardMs: at(8), readingMs: at(8) })[2]).toBe("read done 8");
    expect(said({ refusals: [part] })[2]).toBe("read failed 8.002 METRIC_VALUE_INVALID payload");
    expect(said({ refusals: [part], heardMs: at(6) })[2]).toBe("read failed 8.002 METRIC_VALUE_INVALID payload");
  });
});

test("where no credential is needed, a topic that nobody reads needs a mapping", () => {
  const unread = { topic: "sensors/cellar", atMs: at(3) };
  expect(steps({ unread })[3]).toEqual({
    step: "read",
    state: "failed",
    at: iso(3),
    topic: "sensors/cellar",
    fix: "mapping",
  });
  expect(said({ unread, heardMs: at(4) })[2]).toBe("read done 4");
  expect(said({ unread: { ...unread, atMs: at(-1) } })).toEqual([]);
});
