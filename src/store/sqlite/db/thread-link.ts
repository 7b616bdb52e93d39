/** Calls operations in a worker thread and answers them there, in order. Knows none of the operations. */
import type { MessagePort, Worker } from "node:worker_threads";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { DamageNote, NoteDamage } from "./damage-note.ts";
import { isDamage, primaryCode } from "./file-damage.ts";

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

type Failure = { message: string; passing: boolean; isDamage: boolean };
type Reply = { id: number; value: unknown } | { id: number; error: Failure } | { note: DamageNote };

export interface LinkOptions {
  /** The thread is gone for good, and every call is rejected. */
  readonly onDead: (cause: Error) => void;
  /** Called before the answer of the call that found it. */
  readonly onNote: NoteDamage;
  /** A call failed because the file is damaged; answers that in words for the owner. */
  readonly onDamage: (reason: string) => string;
}

export function linkTo<Ops extends Operations>(worker: Worker, { onDead, onNote, onDamage }: LinkOptions): Link<Ops> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: StoreError) => void }>();
  let nextId = 0;
  let dead: StoreError | undefined;

  worker.on("message", (reply: Reply) => {
    if ("note" in reply) return onNote(reply.note);
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) {
      const { message, passing, isDamage } = reply.error;
      call?.reject(new StoreError(isDamage ? onDamage(message) : message, passing));
    } else call?.resolve(reply.value as never);
  });
  worker.on("error", (error) => die(error));
  worker.on("messageerror", (error) => die(error));
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
        worker.postMessage({ id, name, args } satisfies Request, transfer ?? []);
        waiting.set(id, { resolve, reject });
      });
    },
  };
}

/**
 * The thread's side. A throw becomes the caller's StoreError. Whatever SQLite says of the file (full, busy, damaged,
 * read-only) is not the fault of what was written, so it may pass: nothing is acknowledged until it has.
 * `blocksOf`: what of an answer is handed over instead of copied. `around`: runs the operation, and may throw before or after it.
 */
export function serve(
  port: MessagePort,
  operations: Operations,
  {
    blocksOf = () => [],
    around = (_name, run) => run(),
  }: {
    readonly blocksOf?: (value: unknown) => ArrayBuffer[];
    readonly around?: (name: string, run: () => unknown) => unknown;
  } = {},
): void {
  // A call that cannot be read cannot be answered: the thread ends, and every call is rejected.
  port.on("messageerror", (error) => {
    throw error;
  });
  port.on("message", ({ id, name, args }: Request) => {
    try {
      const value = around(name, () => operations[name]?.(...(args as never[])));
      port.postMessage({ id, value }, blocksOf(value));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const passing = error instanceof StoreError ? error.passing : primaryCode(error) !== undefined;
      port.postMessage({ id, error: { message, passing, isDamage: isDamage(error) } satisfies Failure });
    }
  });
}
