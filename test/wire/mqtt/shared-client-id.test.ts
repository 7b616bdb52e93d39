/** Two boards with one client id disconnect each other again and again: one line of the Inspector says so. */
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";

interface Line {
  code: string;
  clientId?: string;
  reason: string;
  count: number;
}

test("two clients that take one client id from each other are one line, with what to do", async () => {
  const hub = await startHub();
  for (let time = 0; time < 6; time++) await connectJs(hub.mqttUrl, { clientId: "ESP8266Client" });

  const { body } = await ask<{ rejections: Line[] }>(hub, "/api/refusals");
  const lines = body.rejections.filter(({ code }) => code === "CLIENT_ID_SHARED");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    clientId: "ESP8266Client",
    reason: expect.stringMatching(/client id of its own.*127\.0\.0\.1.*5 times/),
  });
});

test("a client that comes back now and then is none", async () => {
  const hub = await startHub();
  for (let time = 0; time < 3; time++) await connectJs(hub.mqttUrl, { clientId: "flaky" });
  expect(await refusedCount(hub, "CLIENT_ID_SHARED")).toBe(0);
});
