import { describe, expect, test } from "vitest";
import type { Availability, PresenceState } from "../../../../src/contract/readings.ts";
import {
  type PresenceFacts,
  presenceOf,
  type Silence,
  silenceOf,
  toPresence,
} from "../../../../src/core/presence/presence-rules.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What was last said, and whether the last reading is recent. */
const COLUMNS: readonly (readonly [Availability | undefined, "recent" | "silent"])[] = [
  [undefined, "recent"],
  [undefined, "silent"],
  ["online", "recent"],
  ["online", "silent"],
  ["offline", "recent"],
  ["offline", "silent"],
];

/** In the order of COLUMNS. A sleeper that is connected is one that stays connected. */
const CELLS: Readonly<Record<string, readonly PresenceState[]>> = {
  "not connected": ["online", "offline", "online", "online", "offline", "offline"],
  "not connected, regular": ["online", "offline", "online", "late", "offline", "offline"],
  connected: ["online", "online", "online", "online", "offline", "offline"],
  "connected, regular": ["online", "late", "online", "late", "offline", "offline"],
  "sleeper, not connected": ["asleep", "offline", "asleep", "online", "asleep", "offline"],
  "sleeper, not connected, regular": ["asleep", "offline", "asleep", "late", "asleep", "offline"],
  "sleeper, connected": ["online", "online", "online", "online", "offline", "offline"],
  "sleeper, connected, regular": ["online", "late", "online", "late", "offline", "offline"],
};

describe.each(Object.entries(CELLS))("a device that is %s", (name, states) => {
  const words = name.split(", ");
  test.each(COLUMNS.map((column, index) => [...column, states[index]] as const))(
    "of which %s was said last and whose last reading is %s is %s",
    (availability, reading, state) => {
      const facts: PresenceFacts = {
        isConnected: words.includes("connected"),
        isRegular: words.includes("regular"),
        isSleeper: words.includes("sleeper"),
        availability,
        silentMs: reading === "recent" ? 59_999 : 60_000,
        allowedMs: 60_000,
      };
      expect(presenceOf(facts)).toBe(state);
    },
  );
});

test("a device of which nothing ever came is offline", () => {
  const nothing = {
    isConnected: false,
    availability: undefined,
    isRegular: false,
    isSleeper: false,
    allowedMs: 60_000,
  };
  expect(presenceOf({ ...nothing, silentMs: Number.POSITIVE_INFINITY })).toBe("offline");
});

test("old clients see a device that is late or asleep as online", () => {
  expect((["online", "late", "asleep", "offline"] as const).map(toPresence)).toEqual([
    "online",
    "online",
    "online",
    "offline",
  ]);
});

describe("a device may be silent", () => {
  const plain: Silence = { intervalMs: undefined, isRegular: false, radio: undefined, saysAsleep: false };
  const mains = { isMainsPowered: true };
  const battery = { isMainsPowered: false };

  test.each<[name: string, silence: Partial<Silence>, allowedMs: number]>([
    ["for a minute where nothing is known", {}, MINUTE_MS],
    ["for a minute where it speaks often", { intervalMs: 5_000, isRegular: true }, MINUTE_MS],
    ["for three of its intervals", { intervalMs: 5 * MINUTE_MS, isRegular: true }, 15 * MINUTE_MS],
    ["for three of its longest usual gaps", { intervalMs: HOUR_MS }, 3 * HOUR_MS],
    ["for ten minutes on mains, by radio", { radio: mains, intervalMs: MINUTE_MS, isRegular: true }, 10 * MINUTE_MS],
    ["for three intervals, if that is more", { radio: mains, intervalMs: HOUR_MS, isRegular: true }, 3 * HOUR_MS],
    ["for 25 hours if it reports changes only", { radio: mains, intervalMs: MINUTE_MS }, 25 * HOUR_MS],
    ["for 25 hours on a battery", { radio: battery, intervalMs: MINUTE_MS, isRegular: true }, 25 * HOUR_MS],
    ["for 25 hours where it says that it sleeps", { saysAsleep: true }, 25 * HOUR_MS],
    ["for 25 hours where it says so through a bridge", { saysAsleep: true, radio: mains }, 25 * HOUR_MS],
    ["for three intervals of its sleep", { saysAsleep: true, intervalMs: HOUR_MS, isRegular: true }, 3 * HOUR_MS],
  ])("%s", (_name, silence, allowedMs) => {
    expect(silenceOf({ ...plain, ...silence })).toBe(allowedMs);
  });
});
