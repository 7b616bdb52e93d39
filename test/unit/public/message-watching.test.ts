import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMessageWatching } from "../../../public/app/live-socket/message-watching.ts";
import type { WatchAnswer, WatchRequest } from "../../../src/contract/live/watched-messages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVENT = { messages: [], topics: [], onOthers: 0, left: 0 };
const FULL: WatchAnswer = { ok: false, code: "TOO_MANY_WATCHERS", reason: "Too many watch." };

function openWatching() {
  const asked: { request: WatchRequest | null; answer: (answer: WatchAnswer | undefined) => Promise<void> }[] = [];
  const watching = createMessageWatching({
    ask: (request) =>
      new Promise((resolve) => {
        const answer = async (words: WatchAnswer | undefined) => {
          resolve(words);
          await vi.advanceTimersByTimeAsync(0);
        };
        asked.push({ request, answer });
      }),
    isWanted: () => true,
    tryAgainAfterMs: 5_000,
  });
  const notes: string[] = [];
  const watch = (filter: string) =>
    watching.watch({
      filter,
      came: () => void notes.push(`${filter} came`),
      answered: (reason) => void notes.push(`${filter} ${reason ?? "answered"}`),
    });
  return { asked, watching, notes, watch };
}

test("messages are passed on from the hub's answer for their filter on, and not those of the filter before", async () => {
  const { asked, watching, notes, watch } = openWatching();
  watch("a/#");
  watching.came(EVENT);
  await asked[0]?.answer({ ok: true });
  watching.came(EVENT);
  watch("b/#");
  watching.came(EVENT);
  await asked[1]?.answer({ ok: true });
  watching.came(EVENT);
  expect(notes).toEqual(["a/# answered", "a/# came", "b/# answered", "b/# came"]);
});

test("the hub is asked again where it has no place for another watcher or does not answer, while messages are wanted", async () => {
  const { asked, watching, notes, watch } = openWatching();
  watch("a/#");
  await asked[0]?.answer(FULL);
  await vi.advanceTimersByTimeAsync(5_000);
  await asked[1]?.answer(undefined);
  await vi.advanceTimersByTimeAsync(5_000);
  await asked[2]?.answer({ ok: true });
  expect(notes).toEqual(["a/# Too many watch.", "a/# answered"]);
  watching.watch(undefined);
  await asked[3]?.answer(FULL);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.map(({ request }) => request?.filter)).toEqual(["a/#", "a/#", "a/#", undefined]);
});
