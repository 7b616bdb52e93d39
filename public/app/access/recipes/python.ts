/** Python on boards (MicroPython, CircuitPython) and on computers (paho), and a client that was written for ThingsBoard. */
import { type BoardCode, quoted } from "./recipe.ts";

export const microPython = ({
  host,
  port,
  name,
  login,
  secret,
  wifiName,
  wifiPassword,
}: BoardCode): string => `# main.py for MicroPython. Once: import mip; mip.install("umqtt.simple")
import json
import network
import time
from umqtt.simple import MQTTClient

wifi = network.WLAN(network.STA_IF)
wifi.active(True)
wifi.connect(${quoted(wifiName)}, ${quoted(wifiPassword)})
while not wifi.isconnected():
    time.sleep(0.2)

client = MQTTClient(${quoted(name)}, ${quoted(host)}, port=${port}, user=${quoted(login)}, password=${quoted(secret)}, keepalive=60)
client.set_last_will(${quoted(`devices/${name}/status`)}, "offline", retain=True, qos=1)
client.connect()
client.publish(${quoted(`devices/${name}/status`)}, "online", retain=True)

while True:
    reading = {"temperature": 21.5}  # read your sensor here
    client.publish(${quoted(`devices/${name}/telemetry`)}, json.dumps(reading), qos=1)
    time.sleep(10)
`;

export const circuitPython = ({
  host,
  port,
  name,
  login,
  secret,
  wifiName,
  wifiPassword,
}: BoardCode): string => `# code.py for CircuitPython. Once: circup install adafruit_minimqtt adafruit_connection_manager
import json
import time
import adafruit_connection_manager
import adafruit_minimqtt.adafruit_minimqtt as MQTT
import wifi

wifi.radio.connect(${quoted(wifiName)}, ${quoted(wifiPassword)})
pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
client = MQTT.MQTT(
    broker=${quoted(host)},
    port=${port},
    username=${quoted(login)},
    password=${quoted(secret)},
    client_id=${quoted(name)},
    socket_pool=pool,
)
client.will_set(${quoted(`devices/${name}/status`)}, "offline", 1, True)
client.connect()
client.publish(${quoted(`devices/${name}/status`)}, "online", True, 1)

while True:
    reading = {"temperature": 21.5}  # read your sensor here
    client.publish(${quoted(`devices/${name}/telemetry`)}, json.dumps(reading), False, 1)
    client.loop(timeout=1)
    time.sleep(10)
`;

export const paho = ({ host, port, name, login, secret }: BoardCode): string => `# Once: pip install paho-mqtt
import json
import time
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=${quoted(name)})
client.username_pw_set(${quoted(login)}, ${quoted(secret)})
client.will_set(${quoted(`devices/${name}/status`)}, "offline", qos=1, retain=True)
client.on_connect = lambda client, *_: client.publish(${quoted(`devices/${name}/status`)}, "online", qos=1, retain=True)
client.connect(${quoted(host)}, ${port})
client.loop_start()

while True:
    reading = {"temperature": 21.5}  # read your sensor here
    client.publish(${quoted(`devices/${name}/telemetry`)}, json.dumps(reading), qos=1)
    time.sleep(10)
`;

export const thingsBoard = ({
  host,
  port,
  secret,
}: BoardCode): string => `# A client that was written for ThingsBoard needs only another host and access token.
import json
import time
import paho.mqtt.client as mqtt

THINGSBOARD_HOST = ${quoted(host)}
THINGSBOARD_PORT = ${port}
ACCESS_TOKEN = ${quoted(secret)}

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.username_pw_set(ACCESS_TOKEN)
client.connect(THINGSBOARD_HOST, THINGSBOARD_PORT)
client.loop_start()

while True:
    client.publish("v1/devices/me/telemetry", json.dumps({"temperature": 21.5}), qos=1)
    time.sleep(10)
`;
