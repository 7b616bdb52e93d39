/** Why a channel is refused, beyond what its schema says. Pure. */
import type { ChannelFields, ChannelSettings } from "../../contract/channels.ts";
import type { RuleFault } from "../alerts/alert-types.ts";
import { templateFault } from "./webhook-template.ts";

export interface TopicReaders {
  /** Who reads messages of this topic: a family of boards; undefined: nobody. */
  claimedBy(topic: string): string | undefined;
}

const NO_TOPIC = /[+#\p{Cc}]/u;
const LINE_END = /[\r\n]/;

export function channelFaults({ name, settings }: ChannelFields, readers: TopicReaders): RuleFault[] {
  const texts = Object.entries(settings).flatMap(([field, value]) =>
    [value].flat().map((text) => [field, String(text)] as const),
  );
  return [
    ...(LINE_END.test(name) ? [{ field: "name", message: "a name has one line" }] : []),
    ...texts
      .filter(([field, text]) => field !== "template" && LINE_END.test(text))
      .map(([field]) => ({ field: `settings.${field}`, message: "it has one line" })),
    ...kindFaults(settings, readers).map(({ field, message }) => ({ field: `settings.${field}`, message })),
  ];
}

function kindFaults(settings: ChannelSettings, readers: TopicReaders): RuleFault[] {
  switch (settings.kind) {
    case "mqtt": {
      const message = topicFault(settings.topic, readers);
      return message === undefined ? [] : [{ field: "topic", message }];
    }
    case "email":
      return [settings.from, ...settings.to]
        .filter((address) => !address.includes("@"))
        .map((address) => ({ field: address === settings.from ? "from" : "to", message: "expected name@example.com" }));
    case "webhook": {
      const message = settings.template === undefined ? undefined : templateFault(settings.template);
      return [...addressFaults(settings), ...(message === undefined ? [] : [{ field: "template", message }])];
    }
    case "ntfy":
    case "telegram":
      return addressFaults(settings);
    case "browser":
      return [];
  }
}

const addressFaults = (settings: object): RuleFault[] =>
  Object.entries(settings)
    .filter(([field, text]) => (field === "url" || field === "server") && hasAccount(String(text)))
    .map(([field]) => ({ field, message: "an address with a user name and a password is not sent to" }));

/** A notification is no message of a board: nothing may take it for one. Undefined: it may be published to. */
export function topicFault(topic: string, readers: TopicReaders): string | undefined {
  if (NO_TOPIC.test(topic)) return "a topic to publish to has no + or # in it";
  const [first] = topic.split("/", 1);
  if (first?.startsWith("$")) return "topics that begin with $ are the broker's own";
  if (first === "aerie") return "topics below aerie/ are the hub's own; choose another";
  const family = first === "devices" ? "native" : readers.claimedBy(topic);
  return family && `boards publish to this topic (${family}); choose another`;
}

function hasAccount(text: string): boolean {
  const { username, password } = URL.canParse(text) ? new URL(text) : { username: "", password: "" };
  return username + password !== "";
}
