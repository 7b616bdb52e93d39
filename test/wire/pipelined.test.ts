/** Requests that a connection sends without waiting for answers: whatever becomes of it, nothing of them stays. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { startHub } from "../support/hub.ts";
import { connectJs } from "../support/mqtt-clients.ts";
import { ask } from "../support/rest.ts";
import { besiege } from "../support/siege.ts";
import { within } from "../support/until.ts";

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
      await within("the first is answered", once(asker.socket, "data"), 5_000);
      asker.socket.resetAndDestroy();
      const hasty = besiege(hub, hub.httpPort);
      await once(hasty.socket, "connect");
      hasty.socket.write(request(path).repeat(20), () => hasty.socket.resetAndDestroy());
    }

    const answers = await within("others are answered", Promise.all([1, 2, 3, 4, 5].map(() => ask(hub, path))), 5_000);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(hub.logged.filter(({ event }) => event === "answer broken off")).toEqual([]);
  },
);
