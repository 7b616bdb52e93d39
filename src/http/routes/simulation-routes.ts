/** `/api/simulation`: starts the simulated boards, says whether they run, and removes them. */
import { simulationAnswer } from "../../contract/answers/simulation.ts";
import type { Simulation } from "../../core/simulation/simulation.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";

export interface SimulationParts {
  readonly simulation: Simulation;
}

export const SIMULATION_ROUTES: readonly Route<SimulationParts>[] = [
  route({
    method: "get",
    path: "/api/simulation",
    level: "viewer",
    summary: "whether the simulated boards run",
    answer: json(simulationAnswer),
    handle: ({ simulation }: SimulationParts) => simulation.status(),
  }),
  route({
    method: "post",
    path: "/api/simulation",
    level: "operator",
    summary: "starts three simulated boards, where they do not run; they come with a credential of their own",
    answer: json(simulationAnswer),
    handle: async ({ simulation }: SimulationParts) => {
      await simulation.start();
      return simulation.status();
    },
  }),
  route({
    method: "delete",
    path: "/api/simulation",
    level: "operator",
    summary: "ends them, and deletes their devices with all readings",
    answer: EMPTY,
    handle: ({ simulation }: SimulationParts) => simulation.remove(),
  }),
];
