/** Runs a command of the command line as a process of its own, and tells how it ended. */

import { within } from "../until.ts";
import { runServer, type ServerProcess } from "./hub.ts";

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

async function resultOf(command: ServerProcess, args: readonly string[]): Promise<CommandResult> {
  const exitCode = await within(`aerie ${args.join(" ")} ends`, command.exited, 50_000);
  return { exitCode, stdout: command.stdout(), stderr: command.stderr() };
}
