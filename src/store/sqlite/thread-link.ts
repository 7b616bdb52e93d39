/** Calls operations in a worker thread and answers them there, in order. Knows none of the operations. */
import type { MessagePort, Worker } from "node:worker_threads";
import { StoreError } from "../../core/ports.ts";

/** name → what it takes and gives. */
export type Operations = { [name: string]: (...args: never[]) => unknown };

export interface Link<Ops extends Operations> {
  call<Name extends keyof Ops & string>(
    name: Name,
    args: Parameters<Ops[Name]>,
    transfer?: ArrayBuffer[],
  ): Promise<ReturnType<Ops[Name]>>;
}

export type Thread<Ops extends Operations> = Link<Ops> & { stop(): Promise<void> };

interface Request {
  id: number;
  name: string;
  args: unknown[];
}

type Reply = { id: number; value: unknown } | { id: number; error: { message: string; passing: boolean } };

/** `onDead`: the thread is gone for good, and every call is rejected. */
export function linkTo<Ops extends Operations>(worker: Worker, onDead: (cause: Error) => void): Link<Ops> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: StoreError) => void }>();
  let nextId = 0;
  let dead: StoreError | undefined;

  worker.on("message", (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) call?.reject(new StoreError(reply.error.message, reply.error.passing));
    else call?.resolve(reply.value as never);
  });
  worker.on("error", (error) => die(error));
  worker.on("exit", () => die(new Error("the store's thread has stopped")));

  function die(cause: Error): void {
    if (dead !== undefined) return;
    dead = new StoreError(cause.message, true, cause);
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
    onDead(cause);
  }

  return {
    call: (name, args, transfer) => {
      if (dead !== undefined) return Promise.reject(dead);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, name, args } satisfies Request, transfer ?? []);
      });
    },
  };
}

/** SQLite's primary result code of an error (https://sqlite.org/rescode.html); undefined: it is not SQLite's. */
export function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/**
 * The thread's side. A throw becomes the caller's StoreError. Whatever SQLite says of the file (full, busy, damaged,
 * read-only) is not the fault of what was written, so it may pass: nothing is acknowledged until it has.
 * `blocksOf`: what of an answer is handed over instead of copied.
 */
export function serve(
  port: MessagePort,
  operations: Operations,
  blocksOf: (value: unknown) => ArrayBuffer[] = () => [],
): void {
  port.on("message", ({ id, name, args }: Request) => {
    try {
      const value = operations[name]?.(...(args as never[]));
      port.postMessage({ id, value }, blocksOf(value));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const passing = error instanceof StoreError ? error.passing : primaryCode(error) !== undefined;
      port.postMessage({ id, error: { message, passing } });
    }
  });
}
