/** The command line: the commands, their options and exit codes. Only the command that is run is loaded. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { readConfig } from "../config/read-config.ts";
import { APPLICATION_PRESETS, PRESET_NAMES } from "../contract/application-presets.ts";
import { toEpochMs } from "../contract/epoch.ts";
import { CREDENTIAL_FAMILIES } from "../contract/families.ts";
import {
  LEVEL_MEANINGS,
  MAX_DAYS,
  MAX_PAIRING_MINUTES,
  ROLES,
  type Role,
  SCOPES,
  type Scope,
} from "../contract/levels.ts";
import { StartError } from "../core/model/start-error.ts";
import { StoreError } from "../core/ports/readings-store.ts";
import { readBuild } from "../platform/build.ts";
import { systemClock } from "../platform/clock.ts";
import { hearOutputs } from "../platform/closed-output.ts";
import { addAlertCommands } from "./alert-arguments.ts";
import type { AccessRequest } from "./commands/access-request.ts";
import type { CertificateOptions } from "./commands/certificate-command.ts";
import type { ExportOptions } from "./commands/export-command.ts";
import type { MigrationTarget } from "./commands/migrate-command.ts";
import { addDerivedCommand } from "./derived-arguments.ts";
import type { ImportOptions } from "./import/import-command.ts";
import { addMappingCommand } from "./mapping-arguments.ts";
import { CommandFault } from "./shared/command-fault.ts";
import type { CommandWorld } from "./shared/command-world.ts";

/** 0: done · 1: failed, or only partly done · 2: wrong arguments or settings · 130: stopped. */
export async function runCommand(args: readonly string[]): Promise<number> {
  hearOutputs();
  let exitCode = 0;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has printed its message
    if (!(error instanceof CommandFault || error instanceof StartError || error instanceof StoreError)) throw error;
    say(error.message);
    return error instanceof StoreError ? 1 : error.exitCode;
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

type ApplicationOptions = Pick<AccessRequest, "publish" | "subscribe" | "preset" | "set" | "days"> & {
  dataDir?: string;
};

type DeviceOptions = Pick<AccessRequest, "family" | "prefix" | "fullTopic" | "prefixes" | "groups"> & {
  name?: string;
  dataDir?: string;
};

/** In a request `name` is the argument. */
const boardOptionsOf = ({ name, ...options }: DeviceOptions): Partial<AccessRequest> => ({
  ...options,
  ...(name !== undefined && { called: name }),
});

type Run = (world: CommandWorld) => Promise<number>;

function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command("aerie")
    .description("An IoT hub in one process. Without a command, it starts the hub.")
    .version(readBuild().version)
    .exitOverride()
    .showHelpAfterError("See aerie --help.")
    .addHelpText(
      "after",
      "\nRun `aerie start --help` for the settings of the hub, and `aerie <command> --help` for the options of a command.",
    );
  program.command("start").description("start the hub; each setting is also a flag").helpOption(false);

  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .showHelpAfterError(`See aerie ${name} --help.`) // the help itself would hide what is wrong
      .option("-d, --data-dir <directory>", "the hub's data directory (default: AERIE_DATA_DIR, or ./data)");
  const run = async (options: { dataDir?: string }, work: Run): Promise<void> => done(await inWorld(options, work));

  command("export", "write stored readings to a file or to standard output")
    .option("--devices <ids>", "only these device ids, separated by commas")
    .option(
      "--from <time>",
      "only readings from this time on: ISO 8601 with a time zone, or epoch seconds or milliseconds",
      instant,
    )
    .option("--to <time>", "only readings before this time", instant)
    .option("--metrics <names>", "only these metrics, separated by commas")
    .addOption(
      new Option(
        "--format <format>",
        "csv for a spreadsheet, ndjson for exact values (default: csv if the name ends in .csv or .csv.gz, otherwise ndjson)",
      ).choices(["csv", "ndjson"]),
    )
    .option("--gzip", "compress the output (default for a file name that ends in .gz)")
    .option("-o, --output <file>", "file to write, which must not exist yet (default: standard output)")
    .action((options: ExportOptions & { dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/export-command.ts")).exportCommand(options, world)),
    );

  command("import", "store the readings of a file; those that are stored already are skipped")
    .argument("<file>", "CSV or NDJSON, plain or gzip")
    .addOption(
      new Option("--format <format>", "format of the file (default: from its name or content)").choices([
        "csv",
        "ndjson",
      ]),
    )
    .option("--device <id>", "device of a CSV file without a column deviceId")
    .option("--decimal-comma", "numbers of the CSV file are written as 1.234,5")
    .option("--rebuild", "where the hub has deleted the raw readings, make hourly summaries from this file")
    .option("--from-start", "do not resume where an import of this file was stopped")
    .option("--report <file>", "file for refused lines (default: <file>.refused)")
    .action((file: string, options: ImportOptions & { dataDir?: string }) =>
      run(options, async (world) => (await import("./import/import-command.ts")).importCommand(file, options, world)),
    );

  command("backup", "copy everything that is stored to a file; the hub may be running")
    .argument("<file>", "file to write, which must not exist yet")
    .option("--without-secrets", "leave out accounts, tokens, device secrets and channels of notifications")
    .action((file: string, options: { withoutSecrets?: true; dataDir?: string }) =>
      run(options, async (world) =>
        (await import("./commands/backup-command.ts")).backupCommand(file, options.withoutSecrets === true, world),
      ),
    );

  command("restore", "replace everything that is stored by a backup; the hub must be stopped")
    .argument("<file>", "a file made by aerie backup")
    .action((file: string, options: object) =>
      run(options, async (world) => (await import("./commands/restore-command.ts")).restoreCommand(file, world)),
    );

  command("migrate", "copy everything to MongoDB (AERIE_MONGODB_URL) or back; the hub must be stopped")
    .addOption(
      new Option("--to <store>", "where to copy to; embedded: the data directory").choices(["mongodb", "embedded"]),
    )
    .action(({ to, ...options }: { to?: MigrationTarget; dataDir?: string }) => {
      // A mandatory option of commander is asked for even where it was mistyped.
      if (to === undefined) throw new CommandFault("aerie migrate: missing argument: --to mongodb or --to embedded", 2);
      return run(options, async (world) => (await import("./commands/migrate-command.ts")).migrateCommand(to, world));
    });

  command("stats", "show how many devices, readings and bytes are stored")
    .option("--json", "print JSON")
    .action((options: { json?: true; dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/stats-command.ts")).statsCommand(options, world)),
    );

  const access =
    (noun: AccessRequest["noun"], verb: AccessRequest["verb"], name?: string, more: Partial<AccessRequest> = {}) =>
    async (world: CommandWorld): Promise<number> =>
      (await import("./commands/access-command.ts")).accessCommand({ noun, verb, name, ...more }, world);
  command("user", "manage people who may sign in")
    .argument("<verb>", "list, add, password (makes a new one), role or remove")
    .argument("[name]", "user name")
    .addOption(
      new Option(
        "--role <role>",
        `role of a new user (default: viewer), or the new role of a user: ${meaningsOf(ROLES)}`,
      ).choices(ROLES),
    )
    .action((verb: string, name: string | undefined, options: { role?: Role; dataDir?: string }) =>
      run(options, access("user", verb, name, options)),
    );
  command("token", "manage tokens of programs that use HTTP or Socket.IO")
    .argument("<verb>", "list, add or remove")
    .argument("[name]", "name of a new one, or id (see list) of the one to remove")
    .addOption(new Option("--scope <scope>", `what the token is for: ${meaningsOf(SCOPES)}`).choices(SCOPES))
    .option("--days <n>", `days until it expires, 1 to ${MAX_DAYS} (default: never)`, wholeNumber(MAX_DAYS))
    .action((verb: string, name: string | undefined, options: { scope?: Scope; days?: number; dataDir?: string }) =>
      run(options, access("token", verb, name, options)),
    );
  command("device", "manage the secrets of boards, which are their MQTT passwords, and what they may publish")
    .argument(
      "<verb>",
      "list (boards that have a secret), add (a new secret; the old one stops working), change (the family or topics; the secret stays), remove (the secret only; readings stay)",
    )
    .argument("[id]", "the device id; with --family, what the board calls itself in its topics")
    .addOption(
      new Option(
        "--family <family>",
        "firmware of the board, which decides what its topics are (default: native)",
      ).choices(CREDENTIAL_FAMILIES),
    )
    .option("--name <name>", "what the board calls itself in its topics, if it is not the id")
    .option("--prefix <topic>", "topic prefix of a Shelly or ESPHome board, if it is not the name")
    .option("--full-topic <topic>", "FullTopic of Tasmota (default: %prefix%/%topic%/)")
    .option("--prefixes <words>", "Prefix1 to Prefix3 of Tasmota (default: cmnd,stat,tele)")
    .option("--groups <words>", "GroupTopics of Tasmota, separated by commas (default: tasmotas)")
    .action((verb: string, name: string | undefined, options: DeviceOptions) =>
      run(options, access("device", verb, name, boardOptionsOf(options))),
    );

  command("application", "manage the MQTT passwords and topics of programs")
    .argument("<verb>", "list, add or remove")
    .argument("[name]", "name of a new one, or id (see list) of the one to remove")
    .addOption(
      new Option("--preset <program>", `filters that a program needs: ${presetMeanings()}`).choices(PRESET_NAMES),
    )
    .option("--set <pairs>", "parameters of the preset, such as base=zigbee2mqtt, separated by commas")
    .option(
      "--publish <filters>",
      "topics that it may publish to: filters such as devices/+/commands/#, separated by commas",
    )
    .option("--subscribe <filters>", "topics that it may subscribe to: filters such as devices/#, separated by commas")
    .option("--days <n>", `days until it expires, 1 to ${MAX_DAYS} (default: never)`, wholeNumber(MAX_DAYS))
    .action((verb: string, name: string | undefined, options: ApplicationOptions) =>
      run(options, access("application", verb, name, options)),
    );

  command("certificate", "make a self-signed TLS certificate and print its fingerprints")
    .option("--names <hosts>", "host names and addresses of the hub besides those of this machine, separated by commas")
    .option("--days <n>", `days until it expires, 1 to ${MAX_DAYS}`, wholeNumber(MAX_DAYS), 825)
    .option("--replace", "replace the certificate that is there")
    .action((options: CertificateOptions & { dataDir?: string }) =>
      run(options, async (world) =>
        (await import("./commands/certificate-command.ts")).certificateCommand(options, world),
      ),
    );

  command("pair", "open the join window: boards that have no secret may ask to be let in")
    .option(
      "--minutes <n>",
      `how long they may ask, 1 to ${MAX_PAIRING_MINUTES} minutes`,
      wholeNumber(MAX_PAIRING_MINUTES),
      10,
    )
    .action((options: { minutes: number; dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/access-command.ts")).pairCommand(options.minutes, world)),
    );

  addMappingCommand(command, run);
  addAlertCommands(command, run);
  addDerivedCommand(command, run);
  return program;
}

function instant(text: string): string {
  if (toEpochMs(text) === undefined)
    throw new InvalidArgumentError("Expected ISO 8601 with a time zone, or epoch seconds or milliseconds.");
  return text;
}

const presetMeanings = (): string =>
  PRESET_NAMES.map((name) => {
    const { meaning, parameters } = APPLICATION_PRESETS[name];
    const names = Object.keys(parameters);
    return `${name} ${meaning}${names.length === 0 ? "" : ` (--set ${names.join(", ")})`}`;
  }).join("; ");

const meaningsOf = (levels: readonly (Role | Scope)[]): string =>
  levels.map((level) => `${level} ${LEVEL_MEANINGS[level]}`).join("; ");

const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > most) throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
    return number;
  };

async function inWorld({ dataDir }: { dataDir?: string }, work: Run): Promise<number> {
  const settings = readConfig(dataDir === undefined ? [] : ["--data-dir", dataDir]);
  if (settings.kind !== "config") {
    throw new CommandFault(
      `The settings are invalid:\n${(settings.kind === "faults" ? settings.faults : []).join("\n")}`,
      2,
    );
  }
  return work({ config: settings.config, clock: systemClock, screen: process.stderr, say, stopSignal });
}

/** The first signal asks the command to end; a second ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
