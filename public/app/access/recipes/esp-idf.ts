/** A part of a program for ESP-IDF, with its own MQTT client. docs.espressif.com/projects/esp-idf, ESP-MQTT */
import { type BoardCode, quoted } from "./recipe.ts";

export const espIdf = ({
  host,
  port,
  name,
  login,
  secret,
}: BoardCode): string => `// ESP-IDF 5, esp-mqtt. Call start_mqtt() when Wi-Fi is connected.
#include "mqtt_client.h"

static const char *STATUS = ${quoted(`devices/${name}/status`)};
static const char *TELEMETRY = ${quoted(`devices/${name}/telemetry`)};
static esp_mqtt_client_handle_t client;

static void on_connected(void *args, esp_event_base_t base, int32_t id, void *data) {
  esp_mqtt_client_publish(client, STATUS, "online", 0, 1, 1);
}

void start_mqtt(void) {
  const esp_mqtt_client_config_t config = {
    .broker.address.uri = ${quoted(`mqtt://${host}:${port}`)},
    .credentials.client_id = ${quoted(name)},
    .credentials.username = ${quoted(login)},
    .credentials.authentication.password = ${quoted(secret)},
    .session.last_will = { .topic = STATUS, .msg = "offline", .qos = 1, .retain = 1 },
  };
  client = esp_mqtt_client_init(&config);
  esp_mqtt_client_register_event(client, MQTT_EVENT_CONNECTED, on_connected, NULL);
  esp_mqtt_client_start(client);
}

// Call it as often as you measure. Kept and sent again until the hub has stored it.
void send_reading(float temperature) {
  char payload[64];
  snprintf(payload, sizeof payload, "{\\"temperature\\":%.2f}", temperature);
  esp_mqtt_client_enqueue(client, TELEMETRY, payload, 0, 1, 0, true);
}
`;
