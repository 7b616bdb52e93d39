/** Starts store-process.mjs, and calls its store. Judges nothing. */
import { fork } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { attach } from "../hub/faulty-hub.ts";
import { within } from "../until.ts";

export interface StoreProcess {
  readonly file: string;
  /** Its promises reject with an Error in the words of the store's. */
  readonly store: Omit<Store, "damaged">;
  /** What `/readyz` would say of the disk. */
  diskProblem(): Promise<string | undefined>;
  /** These system calls on its files fail with EIO until the answer is called. */
  fail(systemCalls: string, files?: readonly string[]): Promise<() => Promise<void>>;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Of its data directory. */
export const STORE_FILES: readonly string[] = ["aerie.db", "aerie.db-wal"];

export async function startStoreProcess(dataDir: string): Promise<StoreProcess> {
  const child = fork(path.join(import.meta.dirname, "store-process.mjs"), [dataDir], { serialization: "advanced" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const waiting = new Map<number, (answer: Answer) => void>();
  const opened = new Promise<Answer>((resolve) => void waiting.set(-1, resolve));
  child.on("message", (answer: Answer) => waiting.get(answer.id)?.(answer));
  let nextId = 0;

  async function call(name: string, args: unknown[]): Promise<unknown> {
    const id = nextId++;
    const answered = new Promise<Answer>((resolve) => void waiting.set(id, resolve));
    child.send({ id, name, args });
    const { value, error } = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return value;
  }

  await within("the store is open", opened, 30_000);
  return {
    file: path.join(dataDir, "aerie.db"),
    store: new Proxy({} as Omit<Store, "damaged">, {
      // A promise must not be taken for one that can be awaited.
      get: (_, name) => (name === "then" ? undefined : (...args: unknown[]) => call(String(name), args)),
    }),
    diskProblem: () => call("diskProblem", []) as Promise<string | undefined>,
    fail: (systemCalls, files = STORE_FILES) => {
      const paths = files.flatMap((name) => ["-P", path.join(dataDir, name)]);
      return attach(child.pid ?? 0, [
        ...paths,
        ...["-e", `trace=${systemCalls}`, "-e", `inject=${systemCalls}:error=EIO`],
      ]);
    },
  };
}
