/** A sketch for the Arduino IDE: ESP32 and ESP8266. */
import { type BoardCode, quoted } from "./recipe.ts";

export function arduino(board: BoardCode): string {
  const { host, port, name, login, secret, wifiName, wifiPassword } = board;
  return `// ESP32 or ESP8266. Library: PubSubClient (Nick O'Leary).
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
const char* DEVICE_ID = ${quoted(name)};
const char* USER_NAME = ${quoted(login)};
const char* DEVICE_SECRET = ${quoted(secret)};
const char* TELEMETRY = ${quoted(`devices/${name}/telemetry`)};
const char* STATUS = ${quoted(`devices/${name}/status`)};

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
    if (mqtt.connect(DEVICE_ID, USER_NAME, DEVICE_SECRET, STATUS, 1, true, "offline")) {
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
}
