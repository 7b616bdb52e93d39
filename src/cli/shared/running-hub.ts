/** Runs a command that only a running hub can do. */
import { CommandFault } from "./command-fault.ts";
import type { CommandWorld } from "./command-world.ts";
import { type Body, type HubLink, linkToHub } from "./hub-link.ts";

export async function withRunningHub(
  { config, clock }: Pick<CommandWorld, "config" | "clock">,
  work: (link: HubLink) => Promise<void>,
): Promise<number> {
  const link = await linkToHub({ config, clock });
  try {
    if (link.isOwn) {
      throw new CommandFault(
        `No hub is running on ${config.dataDir}. Start it first, or name the directory of the running hub with --data-dir.`,
      );
    }
    await work(link);
    return 0;
  } finally {
    await link.close();
  }
}

/** What a verb does: a fault names those that there are. */
export function verbIn<Work>(command: string, verb: string, works: Readonly<Record<string, Work>>): Work {
  const work = Object.hasOwn(works, verb) ? works[verb] : undefined;
  if (work !== undefined) return work;
  throw new CommandFault(`aerie ${command} ${verb}: expected one of ${Object.keys(works).join(", ")}`, 2);
}

export function needed(command: string, value: string | undefined, argument: string): string {
  if (value !== undefined && value !== "") return value;
  throw new CommandFault(`aerie ${command}: missing argument: ${argument}`, 2);
}

export const json = (value: unknown): Body => ({ type: "application/json", text: JSON.stringify(value) });

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
