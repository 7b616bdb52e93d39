/** Settings of ready-made firmwares: Tasmota, ESPHome, Shelly, Zigbee2MQTT, Homie. */
import { type BoardCode, quoted, shellWord } from "./recipe.ts";

/** The default FullTopic: another one breaks Home Assistant's Tasmota integration, as its documentation says. */
export const tasmota = ({ host, port, name, login, secret }: BoardCode): string =>
  `Backlog MqttHost ${host}; MqttPort ${port}; MqttUser ${login}; MqttPassword ${secret}; Topic ${name}; FullTopic %prefix%/%topic%/; SetOption3 1\n`;

export const espHome = ({ host, port, name, login, secret }: BoardCode): string => `esphome:
  name: ${name}

mqtt:
  broker: ${host}
  port: ${port}
  username: ${quoted(login)}
  password: ${quoted(secret)}
  topic_prefix: ${name}
`;

const shellyServer = ({ host, port }: BoardCode): string => `${host}:${port}`;

export const shellyGen1 = (board: BoardCode): string => {
  const settings = new URLSearchParams({
    mqtt_enable: "true",
    mqtt_server: shellyServer(board),
    mqtt_user: board.login,
    mqtt_pass: board.secret,
    mqtt_id: board.name,
  });
  return `curl ${shellWord(`http://SHELLY/settings?${settings}`)}\ncurl http://SHELLY/reboot\n`;
};

export const shellyGen2 = (board: BoardCode): string => {
  const config = {
    enable: true,
    server: shellyServer(board),
    client_id: board.name,
    user: board.login,
    pass: board.secret,
    topic_prefix: board.name,
    rpc_ntf: true,
    status_ntf: true,
  };
  const request = (method: string, params: object): string =>
    `curl http://SHELLY/rpc -d ${shellWord(JSON.stringify({ id: 1, method, params }))}\n`;
  return `${request("Mqtt.SetConfig", { config })}${request("Shelly.Reboot", {})}`;
};

export const zigbee2Mqtt = ({ host, port, login, secret }: BoardCode): string => `mqtt:
  base_topic: zigbee2mqtt
  server: mqtt://${host}:${port}
  user: ${quoted(login)}
  password: ${quoted(secret)}
  client_id: zigbee2mqtt
availability:
  enabled: true
advanced:
  last_seen: ISO_8601
`;

export const homie = ({ host, port, name, login, secret, wifiName, wifiPassword }: BoardCode): string =>
  `${JSON.stringify(
    {
      name,
      device_id: name,
      wifi: { ssid: wifiName, password: wifiPassword },
      mqtt: { host, port, base_topic: "homie/", auth: true, username: login, password: secret },
      ota: { enabled: false },
    },
    undefined,
    2,
  )}\n`;
