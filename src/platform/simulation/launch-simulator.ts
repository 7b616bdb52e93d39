/** Starts the process of the simulated boards: the simulator of `firmware-sim`, as the build bundled it beside this file. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type SimulatorOrder, STOP } from "../../contract/answers/simulation.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { SimulatorProcess } from "../../core/simulation/simulation.ts";

const ENTRY = fileURLToPath(new URL("./simulator-process.js", import.meta.url));
const STOPS_WITHIN_MS = 4_000;
/** Of what it printed last. */
const MOST_CHARS = 400;

/** It ends by itself when this process is gone, however that ended: then the channel between them is closed. */
export function launchSimulator(order: SimulatorOrder, clock: Pick<Clock, "after">): SimulatorProcess {
  // Nothing of a caller is in it: no path, no argument, no environment.
  const child = fork(ENTRY, [], { execArgv: [], env: {}, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-MOST_CHARS);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => {
      resolve(`The simulator could not be started: ${message}`);
      child.kill("SIGKILL");
    });
    child.once("exit", (code, signal) => {
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      resolve(`The simulator ${how}${said === "" ? "" : `: ${said.trim()}`}`);
    });
  });
  const tell = (message: SimulatorOrder | typeof STOP): void => {
    if (child.connected) child.send(message, () => undefined); // where it is gone, `ended` says so
  };
  tell(order);

  async function kill(): Promise<void> {
    child.kill("SIGKILL");
    await ended;
  }

  return {
    pid: child.pid,
    ended,
    stop: async () => {
      tell(STOP);
      const late = clock.after(STOPS_WITHIN_MS, () => void kill());
      await ended;
      late();
    },
    kill,
  };
}
