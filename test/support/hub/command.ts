/** Runs a command of the command line as a process of its own, and tells how it ended. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { within } from "../until.ts";
import { envOfServer, runServer, type ServerProcess } from "./hub.ts";

export interface CommandResult {
  readonly exitCode: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** Behind a program that starts it in turn. */
export async function runWrapped(wrapper: readonly string[], ...args: string[]): Promise<CommandResult> {
  return resultOf(runServer({ args, wrapper }), args);
}

export const beginCommand = (...args: string[]): ServerProcess => runServer({ args });

export async function runCommand(...args: string[]): Promise<CommandResult> {
  return resultOf(beginCommand(...args), args);
}

/**
 * The same without a process of its own for each: one runs them all, one after the other, and ends with the tests of the file. For tests
 * of what commands say and do; that a command ends its process is for others.
 */
export function commandsOfFile(): (...args: string[]) => Promise<CommandResult> {
  let child: ChildProcess;
  let last: Promise<unknown> = Promise.resolve();
  const next = async (what: string): Promise<unknown> => (await within(what, once(child, "message"), 50_000))[0];
  beforeAll(async () => {
    child = fork(path.join(import.meta.dirname, "command-host.mjs"), { env: envOfServer() });
    await next("the host of commands starts");
  });
  afterAll(() => void child.kill("SIGKILL"));
  const run = (args: readonly string[]): Promise<unknown> => {
    const result = next(`aerie ${args.join(" ")} ends`);
    child.send({ args });
    return result;
  };
  return (...args) => {
    last = last.then(() => run(args));
    return last as Promise<CommandResult>;
  };
}

async function resultOf(command: ServerProcess, args: readonly string[]): Promise<CommandResult> {
  const exitCode = await within(`aerie ${args.join(" ")} ends`, command.exited, 50_000);
  return { exitCode, stdout: command.stdout(), stderr: command.stderr() };
}
