/** One recipe for each kind of board. */
import { arduino } from "./arduino.ts";
import { espIdf } from "./esp-idf.ts";
import { espHome, homie, shellyGen1, shellyGen2, tasmota, zigbee2Mqtt } from "./firmware-settings.ts";
import { circuitPython, microPython, paho, thingsBoard } from "./python.ts";
import { type BoardCode, type Recipe, shellWord } from "./recipe.ts";

const commandLine = ({ host, port, name, login, secret }: BoardCode): string =>
  `mosquitto_pub -h ${host} -p ${port} -i ${name} -u ${login} -P ${shellWord(secret)} -q 1 -t devices/${name}/telemetry -m '{"temperature":21.5}'\n`;

const SKETCH = {
  family: "native",
  nameLabel: "Name",
  placeholder: "Cellar",
  nameHelp: "The device id is made from the name, and is part of the board's topics.",
} as const;

export const RECIPES = [
  {
    ...SKETCH,
    kind: "Arduino",
    where: "A sketch for the Arduino IDE, for ESP32 and ESP8266.",
    asksWifi: true,
    text: arduino,
  },
  { ...SKETCH, kind: "ESP-IDF", where: "A part of your program.", text: espIdf },
  { ...SKETCH, kind: "MicroPython", where: "The file main.py on the board.", asksWifi: true, text: microPython },
  { ...SKETCH, kind: "CircuitPython", where: "The file code.py on the board.", asksWifi: true, text: circuitPython },
  { ...SKETCH, kind: "Python", where: "A program on any computer.", text: paho },
  { ...SKETCH, kind: "Command line", where: "A terminal, to try it out.", text: commandLine },
  {
    kind: "Tasmota",
    family: "tasmota",
    nameLabel: "Topic",
    placeholder: "tasmota_C0FFEE",
    nameHelp: "Tasmota's own Topic, under Information, or a new one, such as kitchen_plug. Leave FullTopic as it is.",
    where: "Tasmota's console (Tools, Console).",
    text: tasmota,
  },
  {
    kind: "ESPHome",
    family: "esphome",
    nameLabel: "Node name",
    placeholder: "living-room",
    nameHelp: "The name under esphome: in the node's YAML file.",
    where: "The node's YAML file, without an api: block.",
    text: espHome,
  },
  {
    kind: "Shelly Gen1",
    family: "shelly",
    nameLabel: "Shelly id",
    placeholder: "shellyplug-s-C0FFEE",
    nameHelp: "Under Settings, Device info.",
    where:
      "A terminal; put the Shelly's address in place of SHELLY. Or type the same on its page: Internet & Security, Advanced.",
    text: shellyGen1,
  },
  {
    kind: "Shelly Gen2+",
    family: "shelly",
    nameLabel: "Shelly id",
    placeholder: "shellyplus1pm-a0b1c2d3e4f5",
    nameHelp: "Under Settings, Device information. It is also the MQTT prefix.",
    where: "A terminal; put the Shelly's address in place of SHELLY. Or type the same on its page: Settings, MQTT.",
    text: shellyGen2,
  },
  {
    kind: "Zigbee2MQTT",
    family: "application",
    preset: "zigbee2mqtt",
    nameLabel: "Name",
    placeholder: "Zigbee2MQTT",
    nameHelp: "As this hub lists it. All Zigbee devices come through it.",
    where: "Zigbee2MQTT's configuration.yaml.",
    text: zigbee2Mqtt,
  },
  {
    kind: "Homie",
    family: "homie",
    nameLabel: "Device id",
    placeholder: "weather-station",
    nameHelp: "As the device calls itself below homie/: a-z, 0-9 and -.",
    where: "The file data/homie/config.json of homie-esp8266; other libraries have the same settings.",
    asksWifi: true,
    text: homie,
  },
  {
    kind: "ThingsBoard client",
    family: "thingsboard",
    nameLabel: "Device id",
    placeholder: "press-4",
    nameHelp: "Choose it: it is the board's name on this page.",
    where: "Where the program has ThingsBoard's host and the access token.",
    text: thingsBoard,
  },
] as const satisfies readonly Recipe[];

export type RecipeKind = (typeof RECIPES)[number]["kind"];
