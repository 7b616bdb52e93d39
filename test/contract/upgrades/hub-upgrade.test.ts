/** A hub on a data directory of a former version: its clients go on where they were. Runs what was built. */
import { expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../../src/core/ports/clock.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { launchHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { readHeld, unpackSample } from "../../support/samples/sample.ts";

/** The next hour of the sample: nothing in it has expired yet. */
function clockAt(nowMs: number): Clock {
  const behindMs = systemClock.nowMs() - nowMs;
  return { ...systemClock, nowMs: () => systemClock.nowMs() - behindMs };
}

const HOUR_MS = 3_600_000;
const MESSAGE_EXPIRY_S = 30 * 86_400;

test.each(["schema-2", "schema-3-checked"])(
  "a client that comes back to a hub of %s gets what waited for it, and new readings join the old ones",
  async (schema) => {
    const held = readHeld(`${schema}/embedded`);
    const dataDir = unpackSample(`${schema}/embedded`, tempDir());
    const hub = await launchHub({ settings: { dataDir }, clock: clockAt(held.madeMs[1] + HOUR_MS) });
    onTestFinished(() => hub.close());

    const phone = await connectJs(hub.mqttUrl, {
      clientId: "phone",
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 0xffff_ffff },
    });
    expect(phone.connack.sessionPresent).toBe(true);
    await phone.message("garden/light");
    const [door, light] = phone.received;
    expect(door).toMatchObject({ topic: "garden/door", payload: "open", qos: 1, retain: true });
    expect(door?.properties).toMatchObject({ contentType: "text/plain", subscriptionIdentifier: 7 });
    // Of both forms of its properties: with the interval among them, and without.
    const leftS = door?.properties?.messageExpiryInterval ?? 0;
    expect(leftS).toBeGreaterThan(MESSAGE_EXPIRY_S - HOUR_MS / 1_000 - 60);
    expect(leftS).toBeLessThan(MESSAGE_EXPIRY_S - HOUR_MS / 1_000 + 60);
    expect(light).toMatchObject({ qos: 2, retain: false });

    await phone.subscribe("hall/lamp", 1);
    expect(await phone.message("hall/lamp")).toMatchObject({ payload: "on", retain: true });

    await phone.publish("devices/hall/telemetry", '{"temperature":30}', { qos: 1 });
    const { body } = await ask<{ metrics: Record<string, { value: unknown }> }>(hub, "/api/devices/hall/latest");
    expect(body.metrics).toMatchObject({ temperature: { value: 30 }, humidity: { value: 47.5 } });
    const fault = hub.logged.filter(({ level }) => level === "error" || level === "fatal");
    expect(fault).toEqual([]);
  },
);
