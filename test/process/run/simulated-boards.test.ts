/** The process of the simulated boards and its hub: neither a kill nor a restart leaves boards that nobody can remove. */
import { expect, test } from "vitest";
import type { SimulationAnswer } from "../../../src/contract/answers/simulation.ts";
import type { ReadingsPage } from "../../../src/contract/rest.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const PATH = "/api/simulation";

const pidOf = async (hub: SpawnedHub): Promise<number> =>
  Number((await hub.event("simulated boards started")).fields["pid"]);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const readings = async (hub: SpawnedHub): Promise<number> =>
  (await ask<ReadingsPage>(hub, "/api/devices/simulated-board-01/readings?limit=1000")).body.readings.length;

test("without accounts, boards end with a hub that is killed, and run again with the next one until they are removed", async () => {
  const hub = await spawnHub();
  expect((await ask<SimulationAnswer>(hub, PATH, { method: "POST" })).body.state).toBe("running");
  const pid = await pidOf(hub);
  await until("a board has sent something", async () => (await readings(hub)) > 0);
  const stored = await readings(hub);
  await hub.kill("SIGKILL");
  await until("they are gone", () => !isAlive(pid));

  const next = await spawnHub({ dataDir: hub.dataDir });
  const again = await pidOf(next);
  await until("the history continues", async () => (await readings(next)) > stored);
  expect((await ask(next, PATH, { method: "DELETE" })).status).toBe(204);
  expect(isAlive(again)).toBe(false);
  expect((await ask<SimulationAnswer>(next, PATH)).body).toEqual({ state: "off", devices: [] });
  expect(await next.kill("SIGTERM")).toBe(0);

  const last = await spawnHub({ dataDir: hub.dataDir });
  expect((await ask<SimulationAnswer>(last, PATH)).body).toEqual({ state: "off", devices: [] });
});
