/** What to put on a board so that it reaches this hub: a sketch, a block of settings, a command. */

export interface BoardCode {
  readonly host: string;
  readonly port: number;
  readonly deviceId: string;
  readonly secret: string;
  /** Never leave the page. */
  readonly wifiName: string;
  readonly wifiPassword: string;
}

export const KINDS = ["Arduino", "ESPHome", "Command line"] as const;
export type Kind = (typeof KINDS)[number];

export function codeFor(kind: Kind, board: BoardCode): string {
  switch (kind) {
    case "Arduino":
      return arduino(board);
    case "ESPHome":
      return espHome(board);
    case "Command line":
      return commandLine(board);
  }
}

/** Of C, C++ and JSON. */
const quoted = (text: string): string => JSON.stringify(text);

const arduino = ({
  host,
  port,
  deviceId,
  secret,
  wifiName,
  wifiPassword,
}: BoardCode): string => `// ESP32 or ESP8266. Library: PubSubClient (Nick O'Leary).
#if defined(ESP8266)
#include <ESP8266WiFi.h>
#else
#include <WiFi.h>
#endif
#include <PubSubClient.h>

const char* WIFI_NAME = ${quoted(wifiName)};
const char* WIFI_PASSWORD = ${quoted(wifiPassword)};
const char* HUB_HOST = ${quoted(host)};
const uint16_t HUB_PORT = ${port};
const char* DEVICE_ID = ${quoted(deviceId)};
const char* DEVICE_SECRET = ${quoted(secret)};
const char* TELEMETRY = ${quoted(`devices/${deviceId}/telemetry`)};
const char* STATUS = ${quoted(`devices/${deviceId}/status`)};

WiFiClient wifi;
PubSubClient mqtt(wifi);
unsigned long sentAt = 0;

void setup() {
  Serial.begin(115200);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  mqtt.setServer(HUB_HOST, HUB_PORT);
  mqtt.setBufferSize(512);  // the default of 256 bytes drops longer messages silently
}

void connectToWifi() {
  if (WiFi.status() == WL_CONNECTED) return;
  Serial.println("Connecting to Wi-Fi ...");
  for (int tries = 1; WiFi.status() != WL_CONNECTED; tries++) {
    delay(250);
    if (tries % 40 == 0) Serial.println("No Wi-Fi: check WIFI_NAME and WIFI_PASSWORD");
  }
}

void connectToHub() {
  connectToWifi();
  while (!mqtt.connected()) {
    if (mqtt.connect(DEVICE_ID, DEVICE_ID, DEVICE_SECRET, STATUS, 1, true, "offline")) {
      mqtt.publish(STATUS, "online", true);
      return;
    }
    Serial.printf("Could not connect to the hub: state %d\\n", mqtt.state());
    Serial.println("(-2: hub not reachable; -4: no answer; 4 or 5: wrong id or secret, the Inspector says why)");
    delay(3000 + random(2000));
  }
}

void loop() {
  if (!mqtt.connected()) connectToHub();
  mqtt.loop();
  if (millis() - sentAt < 10000) return;
  sentAt = millis();
  float temperature = 21.5;  // read your sensor here
  if (isnan(temperature)) return;  // NaN is not JSON
  char payload[128];
  snprintf(payload, sizeof payload, "{\\"temperature\\":%.2f,\\"rssi\\":%d}", temperature, WiFi.RSSI());
  if (!mqtt.publish(TELEMETRY, payload)) Serial.println("Not sent: check the connection, or enlarge the buffer");
}
`;

const espHome = ({ host, port, deviceId, secret }: BoardCode): string => `mqtt:
  broker: ${host}
  port: ${port}
  client_id: ${quoted(deviceId)}
  username: ${quoted(deviceId)}
  password: ${quoted(secret)}
  topic_prefix: ${quoted(`devices/${deviceId}`)}
  # The board may publish only under devices/${deviceId}/…, so discovery and log messages are off.
  discovery: false
  discover_ip: false
  log_topic: null
  birth_message:
    topic: ${quoted(`devices/${deviceId}/status`)}
    payload: online
  will_message:
    topic: ${quoted(`devices/${deviceId}/status`)}
    payload: offline

# Add such a line to each sensor; the hub takes a plain value there:
# state_topic: devices/${deviceId}/telemetry/temperature
`;

const commandLine = ({ host, port, deviceId, secret }: BoardCode): string =>
  `mosquitto_pub -h ${host} -p ${port} -i ${deviceId} -u ${deviceId} -P ${secret} -q 1 -t devices/${deviceId}/telemetry -m '{"temperature":21.5}'\n`;
