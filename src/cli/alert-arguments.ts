/** The arguments of `aerie rule`, `aerie alert` and `aerie channel`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AlertOptions } from "./commands/alert-command.ts";
import type { ChannelOptions } from "./commands/channel-fields.ts";
import type { RuleOptions } from "./commands/rule-fields.ts";
import type { CommandWorld } from "./shared/command-world.ts";

type MakeCommand = (name: string, description: string) => Command;
type Run = (options: { dataDir?: string }, work: (world: CommandWorld) => Promise<number>) => Promise<void>;
type WithDir<Options> = Options & { dataDir?: string };

const severityOption = (flags: string, meaning: string): Option =>
  new Option(flags, meaning).choices(["info", "warning", "critical"]);

export function addAlertCommands(command: MakeCommand, run: Run): void {
  addRuleCommand(command, run);
  addAlertCommand(command, run);
  addChannelCommand(command, run);
}

function addRuleCommand(command: MakeCommand, run: Run): void {
  command("rule", "manage rules, which say when an alert fires")
    .argument(
      "<verb>",
      "list, add, show (as JSON), set (changes what is given), enable, disable, try (when it would have fired) or delete",
    )
    .argument("[rule]", "id or name of a rule (see list)")
    .option("--last <time>", "try: how far back: 12h, 30d (default: 7d)")
    .option("--file <file>", "the rule as JSON, as show prints it (- is standard input)")
    .option("--name <name>", "name of the rule (default: its condition)")
    .addOption(severityOption("--severity <severity>", "how bad it is (default: warning)"))
    .option("--devices <ids>", "for these devices, separated by commas (default: all)")
    .option("--families <families>", "for the boards of these families: tasmota, shelly, …")
    .option("--metric <name>", "the metric of the condition")
    .option("--above <number>", "fires above this value")
    .option("--below <number>", "fires below this value")
    .option("--equals <value>", "fires while the metric has this value: true, 5, open")
    .option("--clear <number>", "with --above or --below: is over only at this value")
    .option("--silent-for <time>", "fires when nothing came for so long: 10m, 2h")
    .option("--offline", "fires while the device is offline")
    .option("--for <time>", "fires after the condition has held so long: 60, 5m (default: at once)")
    .option("--keep <time>", "is over after the condition has not held for so long (default: at once)")
    .option("--repeat <time>", "is sent again so often until somebody acknowledges it; 0: never")
    .option("--message <text>", "what to do; it may have {device}, {value} and {metric}")
    .option("--channels <ids>", "channels that it is sent by, separated by commas; all or none (default: all)")
    .action((verb: string, called: string | undefined, options: WithDir<GivenRule>) =>
      run(options, async (world) => {
        const { silentFor, ...others } = options;
        const given = { ...others, verb, called, ...(silentFor !== undefined && { noData: silentFor }) };
        return (await import("./commands/rule-command.ts")).ruleCommand(given, world);
      }),
    );
}

type GivenRule = Omit<RuleOptions, "noData"> & { silentFor?: string; last?: string };

function addAlertCommand(command: MakeCommand, run: Run): void {
  command("alert", "show and acknowledge alerts")
    .argument(
      "<verb>",
      "list (what fires now), log (what has fired), ack (you know of it), silence (send nothing for a time), silences (those that there are) or unsilence",
    )
    .argument("[id]", "for ack, the id of an alert; for unsilence, of a silence")
    .option("--rule <id>", "only this rule")
    .option("--device <id>", "only this device")
    .addOption(severityOption("--severity <severity>", "only alerts of this severity"))
    .option("--from <time>", "log: only what happened from this time on: ISO 8601 with a time zone")
    .option("--to <time>", "log: only what happened before; silence: until then")
    .option("--limit <n>", "log: how many lines, the newest (default: 50)", wholeNumber)
    .addOption(new Option("--format <format>", "log: all of it, newest first, as").choices(["csv", "ndjson"]))
    .option("--note <text>", "why: others see it")
    .option("--for <time>", "silence: for so long: 30m, 2h, 1d")
    .action((verb: string, id: string | undefined, options: WithDir<AlertOptions>) =>
      run(options, async (world) =>
        (await import("./commands/alert-command.ts")).alertCommand({ ...options, verb, id }, world),
      ),
    );
}

function addChannelCommand(command: MakeCommand, run: Run): void {
  command("channel", "manage channels, by which notifications are sent")
    .argument("<verb>", "list, add, set (changes what is given), enable, disable, test (sends a message) or delete")
    .argument(
      "[kind or id]",
      "of a new one its kind: webhook, ntfy, telegram, email, mqtt, browser; of another its id or name (see list)",
    )
    .option("--file <file>", "the channel as JSON (- is standard input)")
    .option("--name <name>", "name of the channel (default: its kind)")
    .addOption(severityOption("--at-least <severity>", "less severe alerts are not sent by it (default: info)"))
    .option(
      "--secret-file <file>",
      "file that has its secret: the address of a webhook, the token of ntfy or of a Telegram bot, the password of a mail account (- is standard input)",
    )
    .option("--remove-secret", "set: without a password, a token of ntfy, the signature of a webhook from now on")
    .addOption(
      new Option("--preset <program>", "webhook: what is behind it (default: json)").choices([
        "json",
        "slack",
        "discord",
        "teams",
        "mattermost",
      ]),
    )
    .option("--server <url>", "ntfy: the server (default: https://ntfy.sh); telegram: another than api.telegram.org")
    .option("--topic <topic>", "mqtt: the topic; ntfy: the topic (default: one that nobody can guess)")
    .option("--chat-id <id>", "telegram: the chat")
    .option("--host <host>", "email: the mail server")
    .option("--port <port>", "email: its port (default: 587, with tls 465)", wholeNumber)
    .addOption(
      new Option("--security <how>", "email: how the connection is encrypted (default: starttls)").choices([
        "starttls",
        "tls",
        "none",
      ]),
    )
    .option("--user <name>", "email: the user name")
    .option("--from <address>", "email: the sender")
    .option("--to <addresses>", "email: the recipients, separated by commas")
    .action((verb: string, word: string | undefined, options: WithDir<ChannelOptions>) =>
      run(options, async (world) =>
        (await import("./commands/channel-command.ts")).channelCommand({ ...options, verb, word }, world),
      ),
    );
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number.");
}
