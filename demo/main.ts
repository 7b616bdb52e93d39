/** Entry of `npm run demo`: a hub with a living house and a month of history, which Ctrl-C removes without a trace. */
import { type Simulation, startSimulation } from "../firmware-sim/simulation.ts";
import { buildIfChanged } from "../scripts/demo-build.ts";
import { FAMILIES, INTERVAL_MS, MAPPING, NAMES, RULE, SCENARIO, SEED, STATION_PREFIX, STATIONS } from "./house.ts";
import { type DemoHub, startHub } from "./hub-process.ts";
import { importHistory, makeHistory } from "./import-history.ts";
import { createSteps } from "./steps.ts";

/** What boards still wait for by then is of no use to anybody. */
const BOARDS_STOP_WITHIN_MS = 2_000;

const stopping = new AbortController();
/** A closed terminal (SIGHUP) and Ctrl-\ (SIGQUIT) ask for the same as Ctrl-C. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) process.on(signal, () => stopping.abort());
process.stdout.on("error", () => stopping.abort());
process.stderr.on("error", () => stopping.abort());

process.exitCode = await main(stopping.signal);
process.exit();

async function main(signal: AbortSignal): Promise<number> {
  const steps = createSteps(process.stdout);
  let hub: DemoHub | undefined;
  const boards: Simulation[] = [];
  let code = 0;
  try {
    const history = makeHistory(signal);
    await steps.run("Building the hub", () => buildIfChanged(signal));
    hub = await steps.run("Starting it", startHub);
    void hub.ended.then((errors) => {
      if (!signal.aborted) code = failed(`The hub of the demo has ended. ${errors}`);
      stopping.abort();
    });
    if (!signal.aborted) await ask(hub, "POST", "/api/mappings", MAPPING);
    if (!signal.aborted) await ask(hub, "POST", "/api/rules", RULE);
    if (!signal.aborted) boards.push(...startBoards(hub));
    const { dataDir } = hub;
    await steps.run("Importing 30 days of history", (say) =>
      importHistory(history, dataDir, {
        signal,
        onStored: (readings) => say(`${readings.toLocaleString("en")} readings`),
      }),
    );
    for (const [id, names] of Object.entries(NAMES)) {
      if (!signal.aborted) await ask(hub, "PATCH", `/api/devices/${encodeURIComponent(id)}`, names);
    }
    if (!signal.aborted) steps.say(invitation(hub));
    await new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve()),
    );
  } catch (error) {
    if (!signal.aborted) code = failed(error instanceof Error ? error.message : String(error));
  }
  steps.say("Removing the demo …");
  await stopBoards(boards);
  await hub?.stop();
  steps.say("Removed.");
  return code;
}

function failed(why: string): number {
  process.stderr.write(`${why}\n`);
  return 1;
}

/** Stations first, so that the one with the leak is there at once. */
function startBoards({ mqttPort }: DemoHub): Simulation[] {
  const shared = {
    address: { protocol: "mqtt", host: "127.0.0.1", port: mqttPort, path: "", insecure: false },
    mqttVersion: "3.1.1",
    intervalMs: INTERVAL_MS,
    seed: SEED,
    prefix: STATION_PREFIX,
    qos: 1,
    timestamps: true,
    scenarioDevices: 1,
    utcOffsetMinutes: -new Date().getTimezoneOffset(),
  } as const;
  return [
    startSimulation({ ...shared, devices: STATIONS, scenarios: [SCENARIO] }),
    ...FAMILIES.map(([family, devices]) => startSimulation({ ...shared, family, devices, scenarios: [] })),
  ];
}

async function stopBoards(boards: readonly Simulation[]): Promise<void> {
  const late = new Promise<void>((resolve) => void setTimeout(resolve, BOARDS_STOP_WITHIN_MS));
  await Promise.race([Promise.all(boards.map((each) => each.stop())), late]);
}

async function ask({ url }: DemoHub, method: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

function invitation({ url, mqttPort }: DemoHub): string {
  return `
Open this in a browser:

  ${url}

${Object.keys(NAMES).length} simulated boards of a house, with 30 days of history. Gas leaks in the workshop every ten minutes: its alert fires soon.
Boards of your own on this computer can join: mqtt://127.0.0.1:${mqttPort}, without a password.
Ctrl-C ends the demo and removes all of it.
`;
}
