/** The hub's own simulated boards: the button that starts them, and, while there are any, the one that stops and removes them. */
import { signal, useSignal } from "@preact/signals";
import type { SimulationAnswer } from "../../../src/contract/answers/simulation.ts";
import { getSimulation, type HubFault, removeSimulation, startSimulation, toFault } from "../hub/api.ts";
import { readAgainSoon } from "../hub/epoch.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";

/** Undefined: not known. */
const simulation = signal<SimulationAnswer | undefined>(undefined);

/** Where the hub cannot say so, what was known stays. */
export async function readSimulation(abort: AbortSignal): Promise<void> {
  simulation.value = await getSimulation(abort).catch(() => simulation.peek());
}

/** One change at a time, its failure beside its button. */
function useChange() {
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const run = async (change: () => Promise<void>) => {
    busy.value = true;
    fault.value = undefined;
    try {
      await change();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    busy.value = false;
    readAgainSoon();
  };
  const start = () =>
    run(async () => {
      simulation.value = await startSimulation();
    });
  const remove = () =>
    run(async () => {
      await removeSimulation();
      simulation.value = { state: "off", devices: [] };
    });
  return { busy, fault, start, remove };
}

export function StartSimulation() {
  const { busy, fault, start } = useChange();
  return (
    <>
      <p>
        <button type="button" class="main-link" disabled={busy.value} onClick={() => void start()}>
          {busy.value ? "Starting…" : "Start three simulated boards"}
        </button>
      </p>
      {fault.value !== undefined && <FaultNote what="The boards were not started." fault={fault.value} />}
    </>
  );
}

/** Nothing where there are none. */
export function SimulatedBoards() {
  const { busy, fault, start, remove } = useChange();
  const now = simulation.value;
  if (now === undefined || (now.state === "off" && now.devices.length === 0)) return null;
  const isRunning = now.state === "running";
  return (
    <div class={isRunning ? "note" : "note note-warn"} role="status" data-simulation={now.state}>
      <Icon name={isRunning ? "info" : "warning"} />
      <p>
        {isRunning ? "Three simulated boards are running." : "The simulated boards do not run."} {now.reason ?? ""}
      </p>
      {reaches("operator") && !isRunning && (
        <button type="button" disabled={busy.value} onClick={() => void start()}>
          Start them again
        </button>
      )}
      {reaches("operator") && (
        <button type="button" disabled={busy.value} onClick={() => void remove()}>
          {isRunning ? "Stop and remove" : "Remove them"}
        </button>
      )}
      {fault.value !== undefined && <FaultNote what="That did not work." fault={fault.value} />}
    </div>
  );
}
