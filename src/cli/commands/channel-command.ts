/** `aerie channel`: where notifications are sent. A secret comes from a file or standard input, never as a flag. */
import type { ChannelAnswer, ChannelsAnswer, ChannelTestAnswer } from "../../contract/answers/alert-answers.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { json, needed, print, verbIn, withRunningHub } from "../shared/running-hub.ts";
import { oneLine, table } from "../shared/table.ts";
import { type ChannelOptions, changedChannel, newChannel, switchedChannel } from "./channel-fields.ts";

export interface ChannelRequest extends ChannelOptions {
  readonly verb: string;
  /** The kind of a new one; id or name of another. */
  readonly word: string | undefined;
}

type Work = (link: HubLink, request: ChannelRequest) => Promise<void>;

const WORK: Readonly<Record<string, Work>> = {
  list,
  add,
  set,
  enable: (link, request) => switchTo(link, request, true),
  disable: (link, request) => switchTo(link, request, false),
  test,
  delete: remove,
};

export function channelCommand(request: ChannelRequest, world: CommandWorld): Promise<number> {
  const work = verbIn("channel", request.verb, WORK);
  return withRunningHub(world, (link) => work(link, request));
}

const all = async (link: HubLink): Promise<readonly ChannelAnswer[]> =>
  (await link.ask<ChannelsAnswer>("/api/channels")).channels;

async function list(link: HubLink): Promise<void> {
  const channels = await all(link);
  if (channels.length === 0) return print("no channels");
  const rows = channels.map((channel) => [
    channel.id,
    channel.settings.kind,
    channel.enabled ? "on" : "off",
    channel.atLeast,
    whereText(channel),
    stateText(channel),
    oneLine(channel.name),
  ]);
  print(table([["ID", "KIND", "", "FROM", "TO", "STATE", "NAME"], ...rows]).join("\n"));
}

/** The address, as far as it is shown. */
function whereText({ settings }: ChannelAnswer): string {
  const word = (name: string): string => (typeof settings[name] === "string" ? settings[name] : "");
  switch (settings.kind) {
    case "ntfy":
      return oneLine(`${word("server").replace(/\/$/, "")}/${word("topic")}`);
    case "telegram":
      return oneLine(`chat ${word("chatId")}`);
    case "email":
      return oneLine(Array.isArray(settings["to"]) ? settings["to"].join(", ") : "");
    default:
      return oneLine(word("host") || word("topic"));
  }
}

function stateText({ state }: ChannelAnswer): string {
  switch (state.kind) {
    case "idle":
      return "idle";
    case "sending":
      return `${state.waiting} waiting`;
    case "failing":
      return oneLine(`fails since ${state.since}, ${state.waiting} waiting: ${state.reason}`);
  }
}

async function add(link: HubLink, request: ChannelRequest): Promise<void> {
  const channel = await link.ask<ChannelAnswer>("/api/channels", json(newChannel(request.word, request)));
  print(said("Added", channel));
  if (channel.settings.kind === "ntfy")
    print("  Subscribe to this address in the ntfy app. Whoever knows it can read along.");
  print(`  To see whether it works: aerie channel test ${channel.id}`);
}

async function set(link: HubLink, request: ChannelRequest): Promise<void> {
  const former = await chosen(link, request);
  const channel = await put(link, former.id, changedChannel(former, request));
  print(said("Changed", channel));
}

async function switchTo(link: HubLink, request: ChannelRequest, enabled: boolean): Promise<void> {
  const former = await chosen(link, request);
  await put(link, former.id, switchedChannel(former, enabled));
  const effect = enabled ? "" : " What waited for it is not sent.";
  print(`Switched ${enabled ? "on" : "off"} ${former.id}: ${oneLine(former.name)}.${effect}`);
}

const put = (link: HubLink, id: string, fields: object): Promise<ChannelAnswer> =>
  link.ask<ChannelAnswer>(pathOf(id), json(fields), "PUT");

const said = (done: string, channel: ChannelAnswer): string =>
  `${done} ${channel.id}: ${channel.settings.kind} ${whereText(channel)}`.trimEnd();

async function test(link: HubLink, request: ChannelRequest): Promise<void> {
  const { id, name } = await chosen(link, request);
  const { outcome, reason = "" } = await link.ask<ChannelTestAnswer>(`${pathOf(id)}/test`, json({}));
  if (outcome === "sent") return print(`Sent a test message by ${oneLine(name)}.`);
  const fix =
    outcome === "failed" ? "It may work later." : "Its settings are wrong: change them with aerie channel set.";
  throw new CommandFault(`Not sent: ${oneLine(reason)}. ${fix}`);
}

async function remove(link: HubLink, request: ChannelRequest): Promise<void> {
  const { id, name } = await chosen(link, request);
  await link.ask(pathOf(id), undefined, "DELETE");
  print(`Deleted ${id}: ${oneLine(name)}.`);
}

const pathOf = (id: string): string => `/api/channels/${encodeURIComponent(id)}`;

async function chosen(link: HubLink, { verb, word }: ChannelRequest): Promise<ChannelAnswer> {
  const called = needed(`channel ${verb}`, word, "id");
  const channels = await all(link);
  const found = channels.filter(({ id }) => id === called);
  const [channel, ...others] = found.length > 0 ? found : channels.filter(({ name }) => name === called);
  if (channel === undefined) throw new CommandFault(`No such channel: ${called}. See aerie channel list.`);
  if (others.length > 0) throw new CommandFault(`Several channels are called ${called}: use the id.`);
  return channel;
}
