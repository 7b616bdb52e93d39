/** A reverse proxy before the hub: believed where it is named, and nobody else is. */
import { expect, test } from "vitest";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import type { Refusal } from "../../../src/contract/refusal.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, cookieOf, openAccessWorld, PASSWORD } from "../../support/hub/access-world.ts";
import { ask } from "../../support/hub/rest.ts";

const LOGIN = { name: "Owner", password: PASSWORD };

/** Whom the refusals of that code are about. */
async function addressesOf({ owner }: AccessWorld, code: string): Promise<(string | undefined)[]> {
  const { rejections } = (await owner.ask<{ rejections: Refusal[] }>("/api/refusals")).body;
  return rejections.filter((each) => each.code === code).map(({ address }) => address);
}

const refuse = ({ hub }: AccessWorld, forwardedFor: string) =>
  ask(hub, "/healthz", { headers: { host: "elsewhere.example", "x-forwarded-for": forwardedFor } });

test("whom a named proxy speaks for is who is refused, limited and delayed; what he wrote himself counts for nothing", async () => {
  const world = await openAccessWorld({
    settings: { trustedProxies: ["127.0.0.1", "10.0.0.0/8"], maxRequestsPerMinute: 30 },
  });
  for (const hops of [
    "198.51.100.1",
    "192.0.2.66, 198.51.100.2",
    "192.0.2.66, 198.51.100.3, 10.1.2.3",
    "::ffff:198.51.100.4",
    "nonsense",
  ]) {
    await refuse(world, hops);
  }
  const addresses = await addressesOf(world, "HOST_FOREIGN");
  expect(addresses.toSorted()).toEqual(["127.0.0.1", "198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"]);

  const flood = { headers: { "x-forwarded-for": "203.0.113.5" } };
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(world.hub, "/healthz", flood)));
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
  expect((await ask(world.hub, "/healthz", { headers: { "x-forwarded-for": "203.0.113.6" } })).status).toBe(200);

  const wsOptions = { headers: { "x-forwarded-for": "203.0.113.7" } };
  await expect(
    connectJs(world.hub.wsUrl, { wsOptions, clientId: "x", username: "x", password: "x" }),
  ).rejects.toThrow();
  expect(await addressesOf(world, "CREDENTIAL_UNKNOWN")).toEqual(["203.0.113.7"]);
});

test("who comes to a named proxy by HTTPS has a Secure cookie, and who says so himself has not", async () => {
  for (const [trustedProxies, cookie] of [
    [["127.0.0.1"], /^__Host-aerie_\d+=.*; Secure/],
    [[], /^aerie_\d+=(?!.*Secure)/],
  ] as const) {
    const { hub } = await openAccessWorld({
      settings: { trustedProxies: [...trustedProxies], hostNames: ["hub.example"] },
    });
    const headers = { host: "hub.example", origin: "https://hub.example", "x-forwarded-proto": "https" };
    const signedIn = await ask<SessionAnswer>(hub, "/api/session", { method: "POST", body: LOGIN, headers });
    expect(signedIn.status).toBe(200);
    expect([signedIn.headers["set-cookie"]].flat()[0]).toMatch(cookie);
    const again = await ask<SessionAnswer>(hub, "/api/session", {
      headers: { ...headers, cookie: cookieOf(signedIn) },
    });
    expect(again.body).toMatchObject({ level: "owner", name: "Owner" });
  }
});

test("a header of somebody who is no named proxy is ignored", async () => {
  const world = await openAccessWorld({ settings: { trustedProxies: ["10.0.0.1"] } });
  await refuse(world, "198.51.100.1");
  expect(await addressesOf(world, "HOST_FOREIGN")).toEqual(["127.0.0.1"]);
});
