/** The hub as it is shipped finds the libraries that it loads only when it needs them: for e-mail and for Web Push. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { PushKeyAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { spawnHub, tempDir } from "../../support/hub/hub.ts";
import { packHub } from "../../support/hub/packed-hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { openMailServer, testCertificate } from "../../support/notify/mail-server.ts";
import { openPushService } from "../../support/notify/push-service.ts";
import { until } from "../../support/until.ts";

test("the packed hub tells of a flame by e-mail and by Web Push", async () => {
  // One for both: Node.js finds a certificate to trust by its subject, and these have the same.
  const certificate = testCertificate();
  const [mail, push] = await Promise.all([openMailServer(certificate), openPushService(certificate)]);
  onTestFinished(async () => void (await Promise.all([mail.close(), push.close()])));
  const trusted = path.join(tempDir(), "ca.pem");
  writeFileSync(trusted, certificate.cert);
  const { entry, nodeOptions } = packHub();
  const hub = await spawnHub({
    entry,
    env: { NODE_OPTIONS: nodeOptions, NODE_EXTRA_CA_CERTS: trusted, AERIE_PUSH_HOSTS: "127.0.0.1" },
  });
  const email = { kind: "email", host: "127.0.0.1", port: mail.port, security: "starttls" };
  for (const settings of [{ ...email, from: "hub@example.com", to: ["ada@example.com"] }, { kind: "browser" }]) {
    const body = { name: settings.kind, enabled: true, atLeast: "info", settings };
    expect((await ask(hub, "/api/channels", { method: "POST", body })).status).toBe(201);
  }
  const { publicKey } = (await ask<PushKeyAnswer>(hub, "/api/push")).body;
  const browser = push.subscribe(publicKey);
  const subscribed = await ask(hub, "/api/push/subscriptions", { method: "POST", body: browser.subscription });
  expect(subscribed.status).toBe(204);

  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/stove/telemetry", '{"flameDetected":true}', { qos: 1 });

  await until("both have it", () => mail.received.length > 0 && browser.messages.length > 0);
  expect(mail.received).toMatchObject([{ to: ["ada@example.com"], isSecure: true }]);
  expect(mail.received[0]?.text).toContain("Subject: CRITICAL: Flame, stove");
  expect(browser.messages).toMatchObject([{ severity: "critical", title: "CRITICAL: Flame, stove" }]);
  expect(hub.logged.filter(({ level }) => level === "error" || level === "warn")).toEqual([]);
});
