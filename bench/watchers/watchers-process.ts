/** Plays the browsers: Socket.IO clients in one process that count and time what reaches them. */
import { io, type Socket } from "socket.io-client";
import type { BrowserToHub, HubToBrowser } from "../../src/contract/live/events.ts";
import { quantile } from "../helpers/quantile.ts";
import type { FromWatchers, ToWatchers, WatchReport, WatchSpec } from "./watch-spec.ts";

const LATENCIES_KEPT = 1 << 20;
const CONNECTS_WITHIN_MS = 10_000;

const say = (message: FromWatchers): void => void process.send?.(message);
const latenciesMs = new Float64Array(LATENCIES_KEPT);
let latencies = 0;

function record(sentUs: unknown): void {
  if (typeof sentUs !== "number") return;
  // CLOCK_MONOTONIC is the same in every process of the machine.
  latenciesMs[latencies % LATENCIES_KEPT] = (Number(process.hrtime.bigint() / 1000n) - sentUs) / 1000;
  latencies += 1;
}

async function openBrowser({ httpUrl, batch }: WatchSpec) {
  const socket: Socket<HubToBrowser, BrowserToHub> = io(httpUrl, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    timeout: CONNECTS_WITHIN_MS,
  });
  const count = { received: 0, dropped: 0 };
  socket.on("sensorData", ({ data }) => {
    count.received += 1;
    record(data["sentUs"]);
  });
  socket.on("readings", (readings) => {
    count.received += readings.length;
  });
  socket.on("dropped", (dropped) => {
    count.dropped += dropped.count;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  socket.once("disconnect", (reason) => say({ kind: "failed", problem: `a browser was disconnected: ${reason}` }));
  if (batch) {
    const answer = await socket.timeout(CONNECTS_WITHIN_MS).emitWithAck("subscribe", { batch });
    if (!answer.ok) throw new Error(`subscribe was refused: ${answer.code}`);
  }
  return count;
}

let counts: { received: number; dropped: number }[] = [];

async function open(spec: WatchSpec): Promise<void> {
  counts = await Promise.all(Array.from({ length: spec.browsers }, () => openBrowser(spec)));
  say({ kind: "open" });
}

function report(): WatchReport {
  const kept = latenciesMs.subarray(0, Math.min(latencies, LATENCIES_KEPT));
  return {
    browsers: counts,
    latency: {
      p50Ms: quantile(kept, 0.5),
      p99Ms: quantile(kept, 0.99),
      maxMs: quantile(kept, 1),
      count: latencies,
    },
  };
}

// Whoever started it is gone: nothing must be left running.
process.once("disconnect", () => process.exit(0));
process.on("message", (message) => {
  const order = message as ToWatchers;
  switch (order.kind) {
    case "open":
      open(order.spec).catch((error: unknown) => say({ kind: "failed", problem: String(error) }));
      break;
    case "reset":
      latencies = 0;
      break;
    case "report":
      say({ kind: "report", report: report() });
  }
});
