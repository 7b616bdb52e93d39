/** The arguments of `aerie mapping`. */
import { type Command, Option } from "commander";
import type { MappingOptions } from "./commands/mapping-command.ts";
import type { CommandWorld } from "./shared/command-world.ts";

export function addMappingCommand(
  command: (name: string, description: string) => Command,
  run: (options: { dataDir?: string }, work: (world: CommandWorld) => Promise<number>) => Promise<void>,
): void {
  command("mapping", "make devices of topics that the hub does not understand")
    .argument(
      "<verb>",
      "list, unmapped (topics with numbers that nobody reads, with what would map them), try (what the last messages would become), add or remove",
    )
    .argument("[topic]", "such as 'home/{device}/{metric}'; for remove, the id of a mapping (see list)")
    .addOption(
      new Option("--payload <kind>", "value: the payload is one value; json (default: value)").choices([
        "value",
        "json",
      ]),
    )
    .option("--device <path>", "where the JSON has the id of the device, such as dev.id, instead of {device}")
    .option("--time <path>", "where the JSON has the time of the reading")
    .option("--values <path>", "where the JSON has the values: an object, or one value")
    .option("--rename <names>", "other names for metrics: temp=temperature,hum=humidity")
    .option("--only <metrics>", "keep only these metrics, separated by commas")
    .option("--scale <numbers>", "value × factor + offset: level=0.1 or level=0.1:-5, separated by commas")
    .option("--units <units>", "units to show: level=cm,flow=l/min")
    .action((verb: string, name: string | undefined, options: MappingOptions & { dataDir?: string }) =>
      run(options, async (world) =>
        (await import("./commands/mapping-command.ts")).mappingCommand({ ...options, verb, name }, world),
      ),
    );
}
