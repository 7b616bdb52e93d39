/** Reads what a command is given as a file, or from standard input. */
import { readFileSync } from "node:fs";
import { CommandFault } from "./command-fault.ts";

/** `-`: standard input. */
export function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new CommandFault(`${file} cannot be read: ${(cause as Error).message}`);
  }
}

export function jsonOf(file: string): Record<string, unknown> {
  const text = textOf(file);
  const name = file === "-" ? "standard input" : file;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CommandFault(`${name} is not JSON: ${(cause as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CommandFault(`${name}: expected one JSON object`);
}
