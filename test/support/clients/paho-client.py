"""Drives paho-mqtt for the tests: orders are JSON lines on stdin, answers and events JSON lines on stdout.

Works with the API of paho 1.6 (Debian 12) and of 2.x. Decides nothing: what is right is for the test to say.
"""
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

VERSIONS = {3: mqtt.MQTTv31, 4: mqtt.MQTTv311, 5: mqtt.MQTTv5}
changed = threading.Condition()
subacks = {}
ended = threading.Event()


def say(**event):
    with changed:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def code(reason):
    """A plain number in 3.x and paho 1, a ReasonCode otherwise."""
    return getattr(reason, "value", reason)


def make_properties(packet_type, values):
    if values is None:
        return None
    properties = Properties(packet_type)
    for name, value in values.items():
        if name == "CorrelationData":
            value = value.encode()
        if name == "UserProperty":
            value = [tuple(pair) for pair in value]
        setattr(properties, name, value)
    return properties


def properties_of(properties):
    return properties.json() if properties is not None else {}


def on_connect(_client, _data, flags, reason, properties=None):
    present = flags["session present"] if isinstance(flags, dict) else flags.session_present
    say(event="connack", sessionPresent=bool(present), reason=code(reason), properties=properties_of(properties))


def on_message(_client, _data, message):
    say(
        event="message",
        topic=message.topic,
        payload=message.payload.decode(),
        qos=message.qos,
        retain=bool(message.retain),
        dup=bool(message.dup),
        properties=properties_of(getattr(message, "properties", None)),
    )


def on_subscribe(_client, _data, mid, granted, _properties=None):
    with changed:
        subacks[mid] = [code(each) for each in granted]
        changed.notify_all()


def on_disconnect(*_):
    say(event="disconnected")
    ended.set()


def make_client(wish):
    version = VERSIONS[wish["version"]]
    options = {"client_id": wish["clientId"], "protocol": version, "transport": wish.get("transport", "tcp")}
    if version != mqtt.MQTTv5:
        options["clean_session"] = not wish.get("keep", False)
    if hasattr(mqtt, "CallbackAPIVersion"):
        options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
    client = mqtt.Client(reconnect_on_failure=False, **options)
    if client._transport == "websockets":
        client.ws_set_options(path="/mqtt")
    client.on_connect, client.on_message = on_connect, on_message
    client.on_subscribe, client.on_disconnect = on_subscribe, on_disconnect
    will = wish.get("will")
    if will is not None:
        properties = make_properties(PacketTypes.WILLMESSAGE, will.get("properties"))
        client.will_set(will["topic"], will["payload"], will["qos"], will["retain"], properties)
    return client


def connect(client, wish):
    if wish["version"] < 5:
        client.connect(wish["host"], wish["port"], 30)
        return
    values = {**({"SessionExpiryInterval": 3600} if wish.get("keep") else {}), **wish.get("properties", {})}
    properties = make_properties(PacketTypes.CONNECT, values)
    client.connect(wish["host"], wish["port"], 30, clean_start=not wish.get("keep", False), properties=properties)


def subscribe(client, wish, order):
    if wish["version"] < 5:
        _, mid = client.subscribe(order["filter"], order["qos"])
    else:
        options = SubscribeOptions(qos=order["qos"], **order.get("options", {}))
        properties = make_properties(PacketTypes.SUBSCRIBE, order.get("properties"))
        _, mid = client.subscribe(order["filter"], options=options, properties=properties)
    with changed:
        changed.wait_for(lambda: mid in subacks, timeout=10)
        return {"granted": subacks.get(mid)}


def publish(client, _wish, order):
    properties = make_properties(PacketTypes.PUBLISH, order.get("properties"))
    info = client.publish(order["topic"], order["payload"], order["qos"], order.get("retain", False), properties)
    info.wait_for_publish(10)
    return {"published": info.is_published()}


def disconnect(client, _wish, _order):
    client.disconnect()
    return {"ended": ended.wait(10)}


def main():
    wish = json.loads(sys.argv[1])
    client = make_client(wish)
    connect(client, wish)
    client.loop_start()
    verbs = {"subscribe": subscribe, "publish": publish, "disconnect": disconnect}
    for line in sys.stdin:
        order = json.loads(line)
        say(event="done", order=order["order"], **verbs[order["do"]](client, wish, order))


main()
