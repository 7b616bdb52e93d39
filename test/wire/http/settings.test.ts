/** What the hub was started with, over HTTP: for the owner, without secrets. */
import { expect, test } from "vitest";
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import { spawnHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

test("each setting has its value and its source, an address with a password has none, and so has no other part of the answer", async () => {
  const secret = "http://user:hidden-word@127.0.0.1:9/beat";
  const hub = await spawnHub({
    args: ["--raw-days", "7"],
    env: { AERIE_HEARTBEAT_URL: secret, AERIE_HOUR_DAYS: "500" },
  });
  const { status, body } = await ask<SettingsAnswer>(hub, "/api/settings");
  expect(status).toBe(200);
  const found = (name: string) => body.settings.find((each) => each.name === name);
  expect(found("AERIE_RAW_DAYS")).toMatchObject({ value: "7", source: "flag" });
  expect(found("AERIE_HOUR_DAYS")).toMatchObject({ value: "500", source: "environment" });
  expect(found("AERIE_BACKUP_DAYS")).toMatchObject({ value: "30", default: "30", source: "default" });
  expect(found("AERIE_MONGODB_URL")).toMatchObject({ value: "", source: "default" });
  expect(found("AERIE_HEARTBEAT_URL")).toMatchObject({ source: "environment" });
  expect(found("AERIE_HEARTBEAT_URL")).not.toHaveProperty("value");
  expect(JSON.stringify(body)).not.toContain("hidden-word");
  expect(body).toMatchObject({ store: "embedded" });
  expect(body.lastBackupAt).toBeUndefined();
  const machine = { reach: "machine" } as const;
  expect(body.addresses).toEqual([
    { wire: "http", url: hub.url, ...machine },
    { wire: "mqtt", url: hub.mqttUrl, ...machine },
    { wire: "mqttOverWebSocket", url: `${hub.url.replace("http", "ws")}/mqtt`, ...machine },
  ]);
  await expect
    .poll(async () => (await ask<SettingsAnswer>(hub, "/api/settings")).body.space?.usedBytes, { timeout: 20_000 })
    .toBeGreaterThan(0);
});
