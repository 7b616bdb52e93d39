/** Requests that a connection sends without waiting for answers: whatever becomes of it, nothing of them stays. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { besiege } from "../../support/load/siege.ts";
import { until, within } from "../../support/until.ts";

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const LARGE = ["/api/devices", "/api/devices/a/readings", "/api/devices/a/series?metrics=x&points=10", "/api/export"];

test.each(LARGE)(
  "a connection that breaks while several of %s wait on it gives back the turns of all",
  async (path) => {
    const hub = await startHub();
    const board = await connectJs(hub.mqttUrl);
    await board.publish("devices/a/telemetry", '{"x":1}', { qos: 1 });

    for (let round = 0; round < 3; round++) {
      const asker = besiege(hub, hub.httpPort, request(path).repeat(5));
      await within("the first is answered", once(asker.socket, "data"));
      asker.socket.resetAndDestroy();
      const hasty = besiege(hub, hub.httpPort);
      await once(hasty.socket, "connect");
      hasty.socket.write(request(path).repeat(20), () => hasty.socket.resetAndDestroy());
    }

    const answers = await within("others are answered", Promise.all([1, 2, 3, 4, 5].map(() => ask(hub, path))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(hub.logged.filter(({ event }) => event === "an answer was cut off")).toEqual([]);
  },
);

test("a connection that reads none of its answers, small ones or files, is closed after a minute and counted", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const page = (await ask(hub, "/")).text;
  const script = /src="([^"]+\.js)"/.exec(page)?.[1] ?? "";
  const askers = [script, "/metrics"].map((path) => {
    const asker = besiege(hub, hub.httpPort);
    asker.socket.pause().write(request(path).repeat(1_500));
    return asker;
  });
  const reader = besiege(hub, hub.httpPort, request("/healthz"));
  await until("the hub has written what it can", () => reader.said() !== "");
  await ask(hub, "/healthz");

  clock.pass(50_000);
  expect(await refusedCount(hub, "READER_TOO_SLOW")).toBe(0);
  await until("they are cut off", async () => {
    clock.pass(20_000);
    expect(await refusedCount(hub, "READER_TOO_SLOW")).toBe(askers.length);
    return true;
  });

  for (const { socket } of askers) socket.resume();
  await within("they are closed", Promise.all(askers.map(({ closed }) => closed)));
  expect((await ask(hub, "/healthz")).status).toBe(200);
});
