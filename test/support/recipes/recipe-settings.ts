/** Reads out of a recipe's text what a board would take from it, as that board does. */
import type { RecipeKind } from "../../../public/app/access/recipes/recipes.ts";

export interface RecipeSettings {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** Undefined: the token is the user name. */
  readonly password: string | undefined;
  /** As the board calls itself in its topics. */
  readonly name: string;
}

type Read = (text: string) => Record<keyof RecipeSettings, string | undefined>;

/** The first group of the pattern. */
const found = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1];

const bySketch: Read = (text) => ({
  host: found(text, /HUB_HOST = "([^"]*)"/),
  port: found(text, /HUB_PORT = (\d+)/),
  username: found(text, /USER_NAME = "([^"]*)"/),
  password: found(text, /DEVICE_SECRET = "([^"]*)"/),
  name: found(text, /TELEMETRY = "devices\/([^/]*)\/telemetry"/),
});

const byEspIdf: Read = (text) => ({
  host: found(text, /mqtt:\/\/([^:]*):\d+/),
  port: found(text, /mqtt:\/\/[^:]*:(\d+)/),
  username: found(text, /\.username = "([^"]*)"/),
  password: found(text, /\.password = "([^"]*)"/),
  name: found(text, /TELEMETRY = "devices\/([^/]*)\/telemetry"/),
});

const byPython =
  (patterns: Record<"host" | "port" | "username" | "password" | "name", RegExp>): Read =>
  (text) => ({
    host: found(text, patterns.host),
    port: found(text, patterns.port),
    username: found(text, patterns.username),
    password: found(text, patterns.password),
    name: found(text, patterns.name),
  });

const TELEMETRY = /publish\("devices\/([^/]*)\/telemetry"/;

const byYaml: Read = (text) => {
  const value = (key: string): string | undefined => found(text, new RegExp(`^ +${key}: "?([^"\n]*)"?$`, "m"));
  const server = value("server");
  return {
    host: value("broker") ?? found(server ?? "", /mqtt:\/\/([^:]*):/),
    port: value("port") ?? found(server ?? "", /:(\d+)$/),
    username: value("username") ?? value("user"),
    password: value("password"),
    name: value("topic_prefix") ?? value("base_topic"),
  };
};

const shellyGen1: Read = (text) => {
  const settings = new URL(found(text, /curl '?(http:\/\/SHELLY\/settings\?[^'\s]*)/) ?? "http://none").searchParams;
  const [host, port] = (settings.get("mqtt_server") ?? "").split(":");
  return {
    host,
    port,
    username: settings.get("mqtt_user") ?? undefined,
    password: settings.get("mqtt_pass") ?? undefined,
    name: settings.get("mqtt_id") ?? undefined,
  };
};

const shellyGen2: Read = (text) => {
  const { config } = JSON.parse(found(text, /-d '(.*)'/) ?? "{}").params;
  const [host, port] = config.server.split(":");
  return { host, port, username: config.user, password: config.pass, name: config.topic_prefix };
};

const tasmota: Read = (text) => {
  const commands = new Map(
    text
      .trim()
      .replace(/^Backlog /, "")
      .split("; ")
      .map((command) => command.split(" ", 2) as [string, string]),
  );
  return {
    host: commands.get("MqttHost"),
    port: commands.get("MqttPort"),
    username: commands.get("MqttUser"),
    password: commands.get("MqttPassword"),
    name: commands.get("FullTopic") === "%prefix%/%topic%/" ? commands.get("Topic") : undefined,
  };
};

const homie: Read = (text) => {
  const { device_id, mqtt } = JSON.parse(text);
  return {
    host: mqtt.host,
    port: String(mqtt.port),
    username: mqtt.username,
    password: mqtt.password,
    name: device_id,
  };
};

const READERS: Readonly<Record<RecipeKind, Read>> = {
  Arduino: bySketch,
  "ESP-IDF": byEspIdf,
  MicroPython: byPython({
    host: /MQTTClient\("[^"]*", "([^"]*)"/,
    port: /port=(\d+)/,
    username: /user="([^"]*)"/,
    password: /password="([^"]*)"/,
    name: TELEMETRY,
  }),
  CircuitPython: byPython({
    host: /broker="([^"]*)"/,
    port: /port=(\d+)/,
    username: /username="([^"]*)"/,
    password: /password="([^"]*)"/,
    name: TELEMETRY,
  }),
  Python: byPython({
    host: /connect\("([^"]*)", \d+\)/,
    port: /connect\("[^"]*", (\d+)\)/,
    username: /username_pw_set\("([^"]*)", "[^"]*"\)/,
    password: /username_pw_set\("[^"]*", "([^"]*)"\)/,
    name: TELEMETRY,
  }),
  "Command line": (text) => ({
    host: found(text, /-h (\S+)/),
    port: found(text, /-p (\d+)/),
    username: found(text, /-u (\S+)/),
    password: found(text, /-P (\S+)/),
    name: found(text, /-t devices\/([^/]*)\/telemetry/),
  }),
  Tasmota: tasmota,
  ESPHome: byYaml,
  "Shelly Gen1": shellyGen1,
  "Shelly Gen2+": shellyGen2,
  Zigbee2MQTT: byYaml,
  Homie: homie,
  "ThingsBoard client": (text) => ({
    host: found(text, /THINGSBOARD_HOST = "([^"]*)"/),
    port: found(text, /THINGSBOARD_PORT = (\d+)/),
    username: found(text, /ACCESS_TOKEN = "([^"]*)"/),
    password: undefined,
    name: "me",
  }),
};

/** Throws where something that the board needs is not in the text. */
export function recipeSettings(kind: RecipeKind, text: string): RecipeSettings {
  const { host, port, username, password, name } = READERS[kind](text);
  if (host === undefined || port === undefined || username === undefined || name === undefined) {
    throw new Error(`${kind}: not everything is there: ${JSON.stringify({ host, port, username, name })}\n${text}`);
  }
  return { host, port: Number(port), username, password, name };
}
