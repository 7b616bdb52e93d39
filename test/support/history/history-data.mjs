/**
 * What eight boards send, group by group, for as long as anyone asks: the same for the same seed and index. Shared by a child
 * that is killed and the test that knows what it must have. Knows no store.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A UTC midnight; groups are ten minutes apart, so that none reaches over one. */
const BEGIN_MS = Date.UTC(2026, 0, 5);
const GROUP_MS = 10 * MINUTE_MS;
const FAST = 20;
/** Late readings are never older, also where a later group sends them again. */
export const LATEST_HOURS = 36;
const AGAIN_GROUPS = 12;

export const DEVICES = ["fast", "texts", "slow-0", "slow-1", "rare", "late", "untimed", "odd"];

export const nowOf = (index) => BEGIN_MS + index * GROUP_MS;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function reading(deviceId, atMs, metrics, more = {}) {
  return {
    kind: "reading",
    deviceId,
    atMs,
    timed: true,
    receivedAtMs: atMs + 200,
    metrics: new Map(Object.entries(metrics)),
    body: JSON.stringify(metrics),
    element: 0,
    packet: undefined,
    ...more,
  };
}

const ODD = [1e300, -1e300, 5e-324, 2 ** 53, -(2 ** 53) + 1, 0.1 + 0.2, -0.5, true, false, "eco", "\ud800", 'a "b" \0'];

/** Each message of the group. `late`: with those that come hours after their instant; `dup`: packets say that they come again. */
export function groupOf(seed, index, { late, dup }) {
  const messages = ownMessages(seed, index, dup);
  const random = randomOf(seed * 7919 + index * 104_729);
  if (late) messages.push(lateMessage(seed, index));
  if (random() < 0.3 && index > AGAIN_GROUPS) {
    const former = index - 1 - Math.floor(random() * AGAIN_GROUPS);
    messages.push(ownMessages(seed, former, false)[0], ownMessages(seed, former, false)[1]);
    if (late) messages.push(lateMessage(seed, former));
  }
  return messages.map((writes) => writes.map((write, element) => ({ ...write, element })));
}

function ownMessages(seed, index, dup) {
  const random = randomOf(seed * 31 + index);
  const now = nowOf(index);
  const tenth = () => Math.round(200 + 20 * Math.sin(index / 40) + 5 * random()) / 10;
  const every = (count, make) =>
    Array.from({ length: count }, (_, place) => make(now + place * (GROUP_MS / FAST), place));
  const messages = [
    every(FAST, (at) => reading("fast", at, { temperature: tenth(), humidity: Math.round(40 + 9 * random()) })),
    every(6, (at, place) => {
      const same = place % 3 === 1 ? at - GROUP_MS / FAST : at; // two readings of one millisecond, now and then equal
      return reading("texts", same, { mode: random() < 0.5 ? "eco" : `step ${index % 7}`, on: random() < 0.5 });
    }),
    [reading("slow-0", now, { temperature: tenth() })],
    [
      reading(
        "slow-1",
        now + 1_234,
        { temperature: tenth(), battery: 100 - (index % 90) },
        { receivedAtMs: now + 9_876 },
      ),
    ],
    [
      reading(
        "untimed",
        now,
        { pressure: 1000 + Math.round(90 * random()) / 10 },
        {
          timed: false,
          receivedAtMs: now,
          packet: { clientId: "board", id: (index % 65_535) + 1, dup },
        },
      ),
    ],
    [
      reading("odd", now + 7, {
        ...(random() < 0.8 && { a: ODD[Math.floor(random() * ODD.length)] }),
        b: random() < 0.9 ? random() : ODD[Math.floor(random() * ODD.length)],
      }),
    ],
  ];
  if (index % 13 === 0) messages.push([reading("rare", now + 500, { temperature: tenth() })]);
  return messages;
}

function lateMessage(seed, index) {
  const random = randomOf(seed * 131 + index * 3);
  return Array.from({ length: 4 }, () => {
    const ageMs = Math.floor(random() * random() * LATEST_HOURS * HOUR_MS);
    const at = nowOf(index) - ageMs;
    return reading("late", at, { temperature: Math.round(random() * 500) / 10 }, { receivedAtMs: nowOf(index) });
  });
}
