"""Publishes one reading, and returns when the hub has it on disk.

    export DEVICE_ID=cellar
    export DEVICE_SECRET=$(npx aerie device add cellar)
    python3 examples/publish.py temperature=21.5 humidity=48

HUB_HOST and HUB_PORT say where the hub is: localhost and 1883 unless they are set.
Needs paho-mqtt: apt install python3-paho-mqtt, or pip install paho-mqtt.
"""
import json
import os
import sys
import time

import paho.mqtt.publish as publish

device_id = os.environ["DEVICE_ID"]
values = {name: float(value) for name, value in (pair.split("=") for pair in sys.argv[1:])}
if not values:
    sys.exit(__doc__)

# With the time of measurement a reading that is sent twice is stored once. Epoch milliseconds.
reading = {"ts": int(time.time() * 1000), **values}
topic = f"devices/{device_id}/telemetry"

# QoS 1 waits for the acknowledgement, and the hub acknowledges what is on disk. What it cannot take is acknowledged too,
# and listed with the reason in the dashboard's Inspector.
publish.single(
    topic,
    json.dumps(reading),
    qos=1,
    hostname=os.environ.get("HUB_HOST", "localhost"),
    port=int(os.environ.get("HUB_PORT", "1883")),
    auth={"username": device_id, "password": os.environ["DEVICE_SECRET"]},
)
print(f"acknowledged: {topic} {json.dumps(reading)}")
