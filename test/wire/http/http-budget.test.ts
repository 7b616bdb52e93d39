/** What each address may ask for and hold open over HTTP, whoever serves it, and whatever of it is refused. */
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { ENDINGS, type Ending, sendRudely } from "../../support/clients/rude-client.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub } from "../../support/hub/hub.ts";
import { REFUSED_REQUESTS } from "../../support/hub/refused-requests.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { until, within } from "../../support/until.ts";

const EVERY_REQUEST = Object.entries(REFUSED_REQUESTS);
const PER_MINUTE = 3;

interface From {
  readonly port: number;
  readonly localAddress: string;
}

/** The status of each answer, until the connection is closed. */
async function statusesOf({ port, localAddress }: From, bytes: string): Promise<number[]> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  onTestFinished(() => void socket.destroy());
  let said = "";
  socket.on("data", (part) => {
    said += part.toString("latin1");
  });
  socket.on("error", () => undefined).write(bytes, "latin1");
  await within("it is closed", new Promise((resolve) => socket.once("close", resolve)));
  return [...said.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
}

// Elsewhere 127.0.0.2 is not this machine.
test.runIf(process.platform === "linux")(
  "each request that is refused has its answer and costs its address a request, of which it has so many a minute",
  async () => {
    const world = await openAccessWorld({ settings: { maxRequestsPerMinute: PER_MINUTE } });
    const { httpPort: port } = world.hub;
    const froms = EVERY_REQUEST.map((_, index) => ({ port, localAddress: `127.0.1.${index + 1}` }));

    const first = await Promise.all(EVERY_REQUEST.map(([, { bytes }], at) => statusesOf(froms[at] as From, bytes)));
    const later = await Promise.all(
      EVERY_REQUEST.map(async ([, { bytes }], at) => {
        for (let asked = 1; asked < PER_MINUTE; asked++) await statusesOf(froms[at] as From, bytes);
        return statusesOf(froms[at] as From, bytes);
      }),
    );

    const limited = new Map<string | undefined, number>();
    const { rejections } = (await world.owner.ask<RefusalsAnswer>("/api/refusals")).body;
    for (const { code, address, count } of rejections) {
      if (code === "TOO_MANY_REQUESTS") limited.set(address, count);
    }
    for (const [at, [name, { status, bytes }]] of EVERY_REQUEST.entries()) {
      if (status !== undefined) expect(first[at], name).toEqual([status]);
      expect(
        later[at]?.filter((each) => each !== 429),
        `${name}, once too often`,
      ).toEqual([]);
      expect(limited.get(froms[at]?.localAddress), `${name}, counted`).toBeGreaterThanOrEqual(1);
      expect(bytes).not.toBe("");
    }
  },
);

test.each(Object.keys(ENDINGS) as Ending[])(
  "110 refused upgrades that end with %s leave an address with a limit of 100 connections its room",
  async (ending) => {
    const hub = await startHub({ settings: { maxConnectionsPerAddress: 100 } });
    const { bytes } = REFUSED_REQUESTS["/mqtt from a foreign Origin"] as (typeof REFUSED_REQUESTS)[string];

    const target = { port: hub.httpPort, secure: false };
    for (let round = 0; round < 2; round++) {
      await within("they are sent", Promise.all(Array.from({ length: 55 }, () => sendRudely(target, bytes, ending))));
    }
    const status = await until("the address is served", async () => (await ask(hub, "/healthz")).status, {
      withinMs: 5_000,
    });

    expect(status).toBe(200);
    expect(await refusedCount(hub, "ORIGIN_FOREIGN")).toBeGreaterThan(90);
  },
);

/** What makes a refused request of a session's poll. */
const REFUSED_POLLS: Readonly<Record<string, readonly string[]>> = {
  "a foreign Host": ["Host: evil.example"],
  "a foreign Origin": ["Host: localhost", "Origin: http://evil.example"],
  "two Hosts": ["Host: localhost", "Host: localhost"],
  "no Host": [],
  "an unknown Expect": ["Host: localhost", "Expect: x"],
  "an upgrade to nothing": ["Host: localhost", "Connection: Upgrade", "Upgrade: x"],
};

test.runIf(process.platform === "linux")("a poll that is refused costs a request", async () => {
  const hub = await startHub({ settings: { maxRequestsPerMinute: PER_MINUTE } });
  const path = "/socket.io/?EIO=4&transport=polling";
  const { text } = await ask(hub, path);
  const { sid } = JSON.parse(text.slice(1)) as { sid: string };

  for (const [at, [name, headers]] of Object.entries(REFUSED_POLLS).entries()) {
    const bytes = `${[`GET ${path}&sid=${sid} HTTP/1.1`, ...headers, "Connection: close"].join("\r\n")}\r\n\r\n`;
    const statuses: number[] = [];
    for (let asked = 0; asked <= PER_MINUTE; asked++) {
      statuses.push(...(await statusesOf({ port: hub.httpPort, localAddress: `127.0.2.${at + 1}` }, bytes)));
    }
    expect(statuses.lastIndexOf(429), name).toBe(PER_MINUTE);
    expect(statuses.indexOf(429), name).toBe(PER_MINUTE);
  }
});
