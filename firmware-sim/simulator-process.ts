/** Entry of the process that a hub starts for its simulated boards: does what the hub says, and ends with it. */
import { type SimulatorOrder, STOP } from "../src/contract/answers/simulation.ts";
import { connectAdvice } from "./mqtt/connect-advice.ts";
import { type Simulation, startSimulation } from "./simulation.ts";

const INTERVAL_MS = 2_000;
/** Somebody waits for the first readings. */
const BOOT_SPREAD_MS = 200;
const GIVE_UP_AFTER_MS = 10_000;

let simulation: Simulation | undefined;

process.on("message", (message: SimulatorOrder | typeof STOP) => {
  if (message === STOP) void stop();
  else simulation ??= start(message);
});
// The hub is gone, and with it everybody whom the boards could tell.
process.once("disconnect", () => process.exit(0));
// Ctrl-C reaches every process of a terminal. The hub ends in order, and then this one does.
process.on("SIGINT", () => undefined);

function start({ host, port, devices, prefix, login, utcOffsetMinutes }: SimulatorOrder): Simulation {
  const started = startSimulation({
    address: {
      ...{ protocol: "mqtt", host, port, path: "", insecure: false },
      ...(login !== undefined && { username: login.userName, password: login.password }),
    },
    mqttVersion: "3.1.1",
    devices,
    intervalMs: INTERVAL_MS,
    bootSpreadMs: BOOT_SPREAD_MS,
    seed: 1,
    prefix,
    qos: 1,
    timestamps: true,
    scenarios: [],
    scenarioDevices: 1,
    utcOffsetMinutes,
  });
  setTimeout(() => {
    const { everConnected, errors } = started.summary();
    if (everConnected) return;
    process.stderr.write(`No board could connect to ${host}:${port}. ${connectAdvice(errors)}\n`);
    process.exit(1);
  }, GIVE_UP_AFTER_MS).unref();
  return started;
}

async function stop(): Promise<void> {
  await simulation?.stop();
  process.exit(0);
}
