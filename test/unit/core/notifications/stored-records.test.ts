/** docs/storage-format.md has each field of the records that notifications leave in hub.db. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { RecordKind } from "../../../../src/core/ports/hub-file.ts";
import { createWorld, DOWN, LOST, type NotificationWorld, SENT, WEBHOOK } from "./notification-world.ts";

const KINDS = ["notification", "delivery", "acknowledge-link"] as const satisfies readonly RecordKind[];
type Kind = (typeof KINDS)[number];

const PAGE = readFileSync(path.join(import.meta.dirname, "..", "..", "..", "..", "docs", "storage-format.md"), "utf8");

function documentedOf(kind: Kind): string[] {
  const row = PAGE.split("\n").find((line) => line.startsWith(`| \`${kind}\` |`)) ?? "";
  return [...row.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
}

/** Names of fields at any depth. Below `channels` the name is the id of a channel. */
function namesIn(value: unknown, isById = false): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => namesIn(each));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    ...(isById ? [] : [name]),
    ...namesIn(each, name === "channels"),
  ]);
}

/** What a field may say. */
const VALUES = ["firing", "over", "passed"];

/** Alerts of a device and of the hub itself, sent, on their way and waiting, passed twice, and one acknowledged by its link. */
async function busyWorld(): Promise<NotificationWorld> {
  const world = await createWorld({ channels: [WEBHOOK, WEBHOOK], publicUrl: "https://hub.example" });
  const [other, one] = world.channels.list().map(({ id }) => id);
  world.setRule({ id: "gas", runbook: "https://example.org/gas" });
  world.receive(one ?? "", () => SENT);
  world.receive(other ?? "", () => DOWN);
  await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
  await world.pass(5_000);
  const [, token = ""] = world.received[0]?.message.acknowledgeUrl?.split("/acknowledge/") ?? [];
  await world.notifications.links.use(token, "acknowledge");
  world.receive(one ?? "", () => LOST);
  for (const episode of [1, 2]) {
    await world.happen({ kind: "firing", ruleId: "gas", device: "d2", episode });
    await world.happen({ kind: "resolved", ruleId: "gas", device: "d2", episode });
  }
  return world;
}

test("each field of the records of notifications is described, and no other", async () => {
  const world = await busyWorld();
  for (const kind of KINDS) {
    const records = world.hubFile.records().filter((each) => each.kind === kind);
    expect(records.length, kind).toBeGreaterThan(0);
    const names = new Set(records.flatMap(({ data }) => namesIn(JSON.parse(data))));
    const documented = documentedOf(kind);
    expect([...names].filter((name) => !documented.includes(name))).toEqual([]);
    const unknown = documented.filter((name) => !names.has(name) && name !== kind && !VALUES.includes(name));
    expect(unknown).toEqual([]);
  }
});
