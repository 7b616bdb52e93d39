/** Has browsers played by a process of their own while something else drives the hub. */
import { fileURLToPath } from "node:url";
import { ended, type Owned } from "../helpers/owned.ts";
import type { FromWatchers, ToWatchers, WatchReport, WatchSpec } from "../watchers/watch-spec.ts";

const WATCHERS = fileURLToPath(new URL("../watchers/watchers-process.ts", import.meta.url));

export interface Watch {
  /** Drops the latencies so far; counts go on. */
  reset(): void;
  report(): Promise<WatchReport>;
  close(): Promise<void>;
}

/** Settles when all browsers are connected and are subscribed. */
export async function openWatch(owned: Owned, spec: WatchSpec): Promise<Watch> {
  const child = owned.spawnTsx(WATCHERS, ["ignore", "inherit", "inherit", "ipc"]);
  const send = (message: ToWatchers): void => void child.send(message);
  let broken: Error | undefined;
  let onMessage: (said: FromWatchers) => void = () => {};
  let onBroken: (error: Error) => void = () => {};

  function breakWith(problem: string): void {
    broken ??= new Error(problem);
    onBroken(broken);
  }
  child.on("message", (message) => {
    const said = message as FromWatchers;
    if (said.kind === "failed") breakWith(said.problem);
    else onMessage(said);
  });
  child.once("exit", (code, signal) => breakWith(`the browsers' process ended early (${code ?? signal})`));

  function ask<Kind extends "open" | "report">(question: ToWatchers, kind: Kind) {
    return new Promise<Extract<FromWatchers, { kind: Kind }>>((resolve, reject) => {
      if (broken !== undefined) return reject(broken);
      onBroken = reject;
      onMessage = (said) => {
        if (said.kind === kind) resolve(said as Extract<FromWatchers, { kind: Kind }>);
      };
      send(question);
    });
  }

  async function close(): Promise<void> {
    child.kill("SIGKILL");
    await ended(child);
  }
  try {
    await ask({ kind: "open", spec }, "open");
  } catch (error) {
    await close();
    throw error;
  }
  return {
    reset: () => send({ kind: "reset" }),
    report: async () => (await ask({ kind: "report" }, "report")).report,
    close,
  };
}
