/** The arguments of `aerie derived`. */
import type { Command } from "commander";
import type { DerivedOptions } from "./commands/derived-command.ts";
import type { CommandWorld } from "./shared/command-world.ts";

export function addDerivedCommand(
  command: (name: string, description: string) => Command,
  run: (options: { dataDir?: string }, work: (world: CommandWorld) => Promise<number>) => Promise<void>,
): void {
  command("derived", "compute metrics from others of the same device, such as the dew point")
    .argument(
      "<verb>",
      "list, presets (what fits the devices of this hub, with the command that adds it), add, delete, backfill (recomputes it for stored readings) or cancel (ends a backfill)",
    )
    .argument(
      "[metric]",
      "name of the new metric, such as _dewPoint; for delete, backfill and cancel, its id (see list)",
    )
    .argument("[expression]", "such as 'dewPoint(temperature, humidity)'")
    .option("--devices <ids>", "only for these device ids, separated by commas (default: all devices)")
    .option("--families <families>", "only for devices of these families, such as native,tasmota")
    .option("--label <text>", "what it is called, such as 'Dew point'")
    .option("--unit <unit>", "unit to show, such as °C")
    .option("--digits <n>", "decimal places to show, 0 to 10")
    .action(
      (
        verb: string,
        name: string | undefined,
        expression: string | undefined,
        options: DerivedOptions & { dataDir?: string },
      ) =>
        run(options, async (world) =>
          (await import("./commands/derived-command.ts")).derivedCommand({ ...options, verb, name, expression }, world),
        ),
    );
}
