/** The command line: which command, with which options, and its exit code. Loads the command that was asked for, and no other. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { readConfig } from "../config/read-config.ts";
import { toEpochMs } from "../contract/epoch.ts";
import { ROLES, type Role, SCOPES, type Scope } from "../contract/levels.ts";
import { StartError } from "../core/model/start-error.ts";
import { StoreError } from "../core/ports/readings-store.ts";
import { readBuild } from "../platform/build.ts";
import { systemClock } from "../platform/clock.ts";
import { hearOutputs } from "../platform/closed-output.ts";
import type { AccessRequest } from "./commands/access-command.ts";
import type { CertificateOptions } from "./commands/certificate-command.ts";
import type { ExportOptions } from "./commands/export-command.ts";
import type { MigrationTarget } from "./commands/migrate-command.ts";
import type { ImportOptions } from "./import/import-command.ts";
import { CommandFault } from "./shared/command-fault.ts";
import type { CommandWorld } from "./shared/command-world.ts";

/** 0: done · 1: not, or not all of it · 2: asked wrongly · 130: stopped. */
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
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has spoken already
    if (!(error instanceof CommandFault || error instanceof StartError || error instanceof StoreError)) throw error;
    say(error.message);
    return error instanceof StoreError ? 1 : error.exitCode;
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

type ApplicationOptions = Pick<AccessRequest, "publish" | "subscribe" | "days"> & { dataDir?: string };

type Run = (world: CommandWorld) => Promise<number>;

function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command("aerie")
    .description("An IoT hub in one process. Without a command it starts the hub.")
    .version(readBuild().version)
    .exitOverride()
    .showHelpAfterError()
    .addHelpText(
      "after",
      "\n`aerie start --help` shows the settings of the hub; `aerie <command> --help` a command's options.",
    );
  program.command("start").description("start the hub; every setting is a flag").helpOption(false);

  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("-d, --data-dir <directory>", "the hub's data directory (default: AERIE_DATA_DIR, or ./data)");
  const run = async (options: { dataDir?: string }, work: Run): Promise<void> => done(await inWorld(options, work));

  command("export", "write stored readings to a file or to standard output")
    .option("--devices <ids>", "only these, with commas between")
    .option("--from <time>", "the first instant: ISO 8601 with a zone, or epoch seconds or milliseconds", instant)
    .option("--to <time>", "the instant before which it ends", instant)
    .option("--metrics <names>", "only these, with commas between")
    .addOption(
      new Option("--format <format>", "csv for a spreadsheet, ndjson is exact (default: by the file's name)").choices([
        "csv",
        "ndjson",
      ]),
    )
    .option("--gzip", "compressed, as it is where the file's name ends in .gz")
    .option("-o, --output <file>", "a new file (default: standard output)")
    .action((options: ExportOptions & { dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/export-command.ts")).exportCommand(options, world)),
    );

  command("import", "store the readings of a file; those that are there already are left alone")
    .argument("<file>", "CSV or NDJSON, plain or gzip")
    .addOption(new Option("--format <format>", "where neither name nor content tell").choices(["csv", "ndjson"]))
    .option("--device <id>", "the device of a CSV file that has no column deviceId")
    .option("--decimal-comma", "the numbers of a CSV file are written as 1.234,5")
    .option("--rebuild", "replace the hours of a time whose raw readings the hub has forgotten")
    .option("--from-start", "do not go on where an import of this file was stopped")
    .option("--report <file>", "for refused lines (default: <file>.refused)")
    .action((file: string, options: ImportOptions & { dataDir?: string }) =>
      run(options, async (world) => (await import("./import/import-command.ts")).importCommand(file, options, world)),
    );

  command("backup", "copy the whole store, while the hub runs")
    .argument("<file>", "a new file")
    .option("--without-secrets", "leave out accounts, tokens and the secrets of boards")
    .action((file: string, options: { withoutSecrets?: true; dataDir?: string }) =>
      run(options, async (world) =>
        (await import("./commands/backup-command.ts")).backupCommand(file, options.withoutSecrets === true, world),
      ),
    );

  command("restore", "put a copy in the place of the store, while the hub is stopped")
    .argument("<file>", "a copy made by backup")
    .action((file: string, options: object) =>
      run(options, async (world) => (await import("./commands/restore-command.ts")).restoreCommand(file, world)),
    );

  command("migrate", "move everything to MongoDB (AERIE_MONGODB_URL) or back, while the hub is stopped")
    .addOption(new Option("--to <store>", "where to").choices(["mongodb", "embedded"]).makeOptionMandatory())
    .action((options: { to: MigrationTarget; dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/migrate-command.ts")).migrateCommand(options.to, world)),
    );

  command("stats", "count devices, readings and bytes")
    .option("--json", "for programs")
    .action((options: { json?: true; dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/stats-command.ts")).statsCommand(options, world)),
    );

  const access =
    (noun: AccessRequest["noun"], verb: AccessRequest["verb"], name?: string, more: Partial<AccessRequest> = {}) =>
    async (world: CommandWorld): Promise<number> =>
      (await import("./commands/access-command.ts")).accessCommand({ noun, verb, name, ...more }, world);
  command("user", "people who may sign in: list, add, password, role, remove")
    .argument("<verb>", "what to do")
    .argument("[name]", "whose")
    .addOption(new Option("--role <role>", "of a new one, or the role to have").choices(ROLES))
    .action((verb: string, name: string | undefined, options: { role?: Role; dataDir?: string }) =>
      run(options, access("user", verb, name, options)),
    );
  command("token", "of programs that use HTTP or Socket.IO: list, add, remove")
    .argument("<verb>", "what to do")
    .argument("[name]", "of a new one, or the id of one to remove")
    .addOption(new Option("--scope <scope>", "what it may do").choices(SCOPES))
    .option("--days <n>", "it expires after so many", Number)
    .action((verb: string, name: string | undefined, options: { scope?: Scope; days?: number; dataDir?: string }) =>
      run(options, access("token", verb, name, options)),
    );
  command("device", "secrets of boards: list, add, remove")
    .argument("<verb>", "what to do")
    .argument("[id]", "the device id")
    .action((verb: string, name: string | undefined, options: { dataDir?: string }) =>
      run(options, access("device", verb, name)),
    );

  command("application", "programs that use MQTT: list, add, remove")
    .argument("<verb>", "what to do")
    .argument("[name]", "of a new one, or the id of one to remove")
    .option("--publish <filters>", "topics that it may publish to, with commas between")
    .option("--subscribe <filters>", "topics that it may read, with commas between")
    .option("--days <n>", "it expires after so many", Number)
    .action((verb: string, name: string | undefined, options: ApplicationOptions) =>
      run(options, access("application", verb, name, options)),
    );

  command("certificate", "make a certificate for TLS that vouches for itself, and print its fingerprint")
    .option("--names <hosts>", "further names and addresses, with commas between")
    .option("--days <n>", "how long it is good for", Number, 825)
    .option("--replace", "in the place of the one that is there")
    .action((options: CertificateOptions & { dataDir?: string }) =>
      run(options, async (world) =>
        (await import("./commands/certificate-command.ts")).certificateCommand(options, world),
      ),
    );

  command("pair", "let unknown boards knock for some minutes")
    .option("--minutes <n>", "1 to 60", Number, 10)
    .action((options: { minutes: number; dataDir?: string }) =>
      run(options, async (world) => (await import("./commands/access-command.ts")).pairCommand(options.minutes, world)),
    );

  return program;
}

function instant(text: string): string {
  if (toEpochMs(text) === undefined) throw new InvalidArgumentError("It is no instant.");
  return text;
}

async function inWorld({ dataDir }: { dataDir?: string }, work: Run): Promise<number> {
  const settings = readConfig(dataDir === undefined ? [] : ["--data-dir", dataDir]);
  if (settings.kind !== "config") {
    throw new CommandFault(
      `The settings have faults:\n${(settings.kind === "faults" ? settings.faults : []).join("\n")}`,
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
