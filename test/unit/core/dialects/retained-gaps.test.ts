/** What is learned at a start from retained messages, whoever retained them. */
import { expect, test } from "vitest";
import type { MqttIdentity } from "../../../../src/core/access/mqtt-access.ts";
import { createDescriptions } from "../../../../src/core/dialects/descriptions.ts";
import { createLearnedBook } from "../../../../src/core/dialects/learned-book.ts";
import { type RetainedMessage, retainedGaps } from "../../../../src/core/dialects/retained-gaps.ts";
import type { LearnedChange } from "../../../../src/core/ports/hub-file.ts";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../../../../src/dialects/families.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const allDialects = () => createDialects(FAMILY_DIALECTS.map((create) => create({ inflate: () => undefined })));

function start(retained: readonly RetainedMessage[], identityOf?: (clientId: string) => MqttIdentity | undefined) {
  const clock = createManualClock({ nowMs: 0 });
  let turns = 0;
  const counting = {
    ...clock,
    soon: (run: () => void) => {
      turns++;
      queueMicrotask(run);
    },
  };
  const hub = allDialects();
  const learned = createLearnedBook({ dialects: hub, descriptions: createDescriptions(hub), stored: [] });
  const writes: (readonly LearnedChange[])[] = [];
  const write = async (changes: readonly LearnedChange[]) => void writes.push(changes);
  const done = retainedGaps(retained, { dialects: allDialects(), learned, write, identityOf, clock: counting });
  return { done, writes, turns: () => turns };
}

const message = (topic: string, text: string, publisher = "c"): RetainedMessage => ({
  topic,
  payload: new TextEncoder().encode(text),
  publisher,
});

const LIST = JSON.stringify([{ ieee_address: "0x00158d0001a2b3c4", friendly_name: "door" }]);

test("a board's retained messages teach nothing of another one", async () => {
  const topics = { publish: ["stat/#"], subscribe: [], cleared: [], own: [], discovery: [], groups: [] };
  const board: MqttIdentity = {
    kind: "board",
    deviceId: "tasmota:plug",
    foreign: { family: "tasmota", name: "plug", topics },
  };
  const application: MqttIdentity = { kind: "application", id: "zigbee", publish: ["#"], subscribe: ["#"] };
  const messages = [message("stat/plug/bridge/devices", LIST, "board"), message("zigbee2mqtt/bridge/devices", LIST)];
  const { done, writes } = start(messages, (clientId) => (clientId === "board" ? board : application));
  await done;
  expect(writes.flat().map(({ deviceId, key }) => [deviceId, key])).toEqual([
    ["zigbee:0x00158d0001a2b3c4", "zigbee2mqtt"],
  ]);
});

test("boards are served between large messages, and between many small ones", async () => {
  const large = start([1, 2, 3].map((index) => message(`other/${index}`, "x".repeat(200_000))));
  await large.done;
  expect(large.turns()).toBe(3);
  const lists = Array.from({ length: 250 }, (_, index) =>
    message(`homeassistant/sensor/n${index}/t/config`, JSON.stringify({ dev: { ids: `d${index}` }, stat_t: "s" })),
  );
  const small = start(lists);
  expect(await small.done).toBe(250);
  expect(small.turns()).toBeGreaterThanOrEqual(2);
  expect(small.writes.map(({ length }) => length)).toEqual([100, 100, 50]);
});
