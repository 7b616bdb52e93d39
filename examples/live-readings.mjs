/**
 * Prints each reading as soon as it is stored, until Ctrl-C.
 *
 *   export HUB_TOKEN=$(npx aerie token add live-readings --scope viewer)
 *   node examples/live-readings.mjs                 # of all devices
 *   node examples/live-readings.mjs cellar attic    # of these only
 *
 * HUB_URL is the hub's address: http://localhost:3000 unless it is set. Outside of this repository: npm install socket.io-client
 */
import { io } from "socket.io-client";

const { HUB_URL = "http://localhost:3000", HUB_TOKEN } = process.env;
const devices = process.argv.slice(2);
const socket = io(HUB_URL, { auth: { token: HUB_TOKEN } });

// At each connect, the first and those after an outage. What came meanwhile is at GET /api/devices/:id/readings.
socket.on("connect", async () => {
  const answer = await socket.emitWithAck("subscribe", { batch: true, ...(devices.length > 0 && { devices }) });
  console.error(answer.ok ? `connected to ${HUB_URL}` : `the hub refused the subscription: ${answer.code}`);
});
socket.on("readings", (readings) => {
  for (const { timestamp, deviceId, metrics } of readings) console.log(timestamp, deviceId, JSON.stringify(metrics));
});
socket.on("dropped", ({ count }) => console.error(`${count} readings were not sent: they came too fast`));
socket.on("disconnect", (reason) => console.error(`disconnected: ${reason}`));
socket.on("connect_error", ({ message, data }) => {
  console.error(`cannot connect to ${HUB_URL}: ${message}${data ? ` (${data.code})` : ""}`);
  if (!socket.active) process.exit(1); // It was refused. Otherwise the hub is away, and Socket.IO tries again by itself.
});
