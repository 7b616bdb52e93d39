/** A hub whose process has no file descriptors left: who is connected goes on, nobody ends it, and it serves when there is room. */
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openSockets } from "../../support/clients/rude-client.ts";
import { spawnHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const LIMIT = 120;

test.runIf(process.platform === "linux").each(["httpPort", "mqttPort"] as const)(
  "more connections to the %s than the process may have open end nothing",
  async (port) => {
    // Behind a shell: its limit is that of what it starts.
    const hub = await spawnHub({ wrapper: ["sh", "-c", `ulimit -n ${LIMIT}; exec "$0" "$@"`] });
    const board = await connectJs(hub.mqttUrl);
    const crowd: Socket[] = Array.from({ length: 3 * LIMIT }, () =>
      connect(hub[port], "127.0.0.1").on("error", () => undefined),
    );
    onTestFinished(() => crowd.forEach((socket) => void socket.destroy()));

    await until("there is no room left", () => openSockets(hub.pid) > LIMIT / 2);
    for (let seq = 0; seq < 20; seq++) {
      await board.publish("devices/a/telemetry", JSON.stringify({ seq }), { qos: 1 });
    }
    for (const socket of crowd) socket.destroy();
    const status = await until("it serves again", async () => (await ask(hub, "/healthz")).status);

    expect(status).toBe(200);
    expect(board.client.connected).toBe(true);
    expect(await hub.kill("SIGTERM")).toBe(0);
  },
);
