/** Calls operations in a worker thread, and answers them there, in order. */

import type { MessagePort, Worker } from "node:worker_threads";
import { DiskError } from "../../../core/health/disk-faults.ts";
import { messageOf } from "../../../core/model/message-of.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { DamageNote, NoteDamage } from "./damage-note.ts";
import { type DiskFault, diskFaultOf } from "./disk-fault.ts";
import { isDamage, primaryCode, renewReadTest } from "./file-damage.ts";

/** name → function. */
export type Operations = { [name: string]: (...args: never[]) => unknown };

export interface Link<Ops extends Operations> {
  call<Name extends keyof Ops & string>(
    name: Name,
    args: Parameters<Ops[Name]>,
    transfer?: ArrayBuffer[],
  ): Promise<ReturnType<Ops[Name]>>;
  /** The same call again. */
  repeat(call: Call): Promise<unknown>;
}

export type Thread<Ops extends Operations> = Link<Ops> & { stop(): Promise<void> };

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

type Request = Call & { readonly id: number };

type Failure = { message: string; passing: boolean; isDamage: boolean; diskFault: DiskFault | undefined };
type Reply = { id: number; value: unknown } | { id: number; error: Failure } | { note: DamageNote };

export interface LinkOptions {
  /** The thread has ended, and every call is rejected. */
  readonly onDead: (cause: Error) => void;
  /** Called before the answer of the call that found the damage. */
  readonly onNote: NoteDamage;
  /** A call failed because the file is damaged; returns a text for the owner. */
  readonly onDamage: (reason: string) => string;
  /** A call failed because the disk did; answers that in words for the owner. */
  readonly onDiskFault: (fault: DiskFault, call: Call) => string;
}

interface Waiting {
  readonly call: Call;
  readonly resolve: (value: never) => void;
  readonly reject: (error: StoreError) => void;
}

export function linkTo<Ops extends Operations>(worker: Worker, options: LinkOptions): Link<Ops> {
  const { onDead, onNote, onDamage, onDiskFault } = options;
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let dead: StoreError | undefined;

  worker.on("message", (reply: Reply) => {
    if ("note" in reply) return onNote(reply.note);
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (asked === undefined) return;
    if ("error" in reply) asked.reject(errorOf(reply.error, asked.call));
    else asked.resolve(reply.value as never);
  });
  worker.on("error", (error) => die(error));
  worker.on("messageerror", (error) => die(error));
  worker.on("exit", () => die(new Error("the store's thread has stopped")));

  function errorOf({ message, passing, isDamage, diskFault }: Failure, call: Call): StoreError {
    if (diskFault !== undefined) return new DiskError(onDiskFault(diskFault, call));
    return new StoreError(isDamage ? onDamage(message) : message, passing);
  }

  function die(cause: Error): void {
    if (dead !== undefined) return;
    dead = new StoreError(cause.message, true, cause);
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
    onDead(cause);
  }

  function send<T>(call: Call, transfer: ArrayBuffer[] = []): Promise<T> {
    if (dead !== undefined) return Promise.reject(dead);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      worker.postMessage({ id, ...call } satisfies Request, transfer);
      waiting.set(id, { call, resolve, reject });
    });
  }

  return {
    call: (name, args, transfer) => send({ name, args }, transfer),
    repeat: (call) => send(call),
  };
}

/**
 * The thread's side. An exception becomes the caller's StoreError. An error of SQLite about the file (full, busy, damaged,
 * read-only) is not the fault of the write, so it may pass: nothing is acknowledged until it has passed.
 * `blocksOf`: buffers of an answer that are transferred instead of copied. `around`: runs the operation, and may throw before or after it.
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
  // A message that cannot be deserialized cannot be answered: the thread ends, and every call is rejected.
  port.on("messageerror", (error) => {
    throw error;
  });
  port.on("message", ({ id, name, args }: Request) => {
    renewReadTest();
    try {
      const value = around(name, () => operations[name]?.(...(args as never[])));
      port.postMessage({ id, value }, blocksOf(value));
    } catch (error) {
      const message = messageOf(error);
      const passing = error instanceof StoreError ? error.passing : primaryCode(error) !== undefined;
      const failure: Failure = { message, passing, isDamage: isDamage(error), diskFault: diskFaultOf(error) };
      port.postMessage({ id, error: failure });
    }
  });
}
