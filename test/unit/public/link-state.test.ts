import { expect, test } from "vitest";
import { type LinkFacts, linkState } from "../../../public/app/shell/link-state.ts";

const WORDS = { timeOfDay: () => "21:03:12", count: String };
const WELL: LinkFacts = {
  freshness: { kind: "live" },
  answerMs: 12,
  isPaused: false,
  isRefused: false,
  waiting: 0,
  updateEveryS: 0,
};
const LOST: LinkFacts["freshness"] = { kind: "lost", sinceMs: 0 };

test.each<[string, Partial<LinkFacts>]>([
  ["Live · 0.1 s", {}],
  ["Live · 0.4 s", { answerMs: 412 }],
  ["Live", { answerMs: undefined }],
  ["Live · every 30 s", { updateEveryS: 30 }],
  ["Slow", { answerMs: 2_000 }],
  ["Slow", { answerMs: 2_000, updateEveryS: 30 }],
  ["Connecting…", { freshness: { kind: "connecting" } }],
  ["Paused", { isPaused: true }],
  ["Paused · 128 waiting", { isPaused: true, waiting: 128 }],
  ["Paused", { isPaused: true, answerMs: 5_000 }],
  ["Not live", { isRefused: true }],
  ["Not live", { isRefused: true, freshness: { kind: "connecting" }, answerMs: 5_000 }],
  ["Paused", { isRefused: true, isPaused: true }],
  ["Stale since 21:03:12", { freshness: LOST, isRefused: true }],
  ["Stale since 21:03:12", { freshness: LOST }],
  ["Stale since 21:03:12", { freshness: { kind: "silent", sinceMs: 0 }, isPaused: true, waiting: 3 }],
])("the chip says %s", (words, facts) => {
  expect(linkState({ ...WELL, ...facts }, 2_000, WORDS).words).toBe(words);
});
