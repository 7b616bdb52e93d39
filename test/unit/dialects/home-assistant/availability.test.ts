/** Availability topics of entities become the status of their device. */
import { describe, expect, test } from "vitest";
import { announce, createHub } from "./announce.ts";

const DEVICE = { dev: { ids: "d" } };

/** Messages `topic payload`, and after each what the device is said to be. */
const said = (entities: readonly object[], ...messages: string[]): (boolean | undefined)[] => {
  const hub = createHub();
  for (const [index, entity] of entities.entries())
    announce(hub, `sensor/n/e${index}`, { ...DEVICE, stat_t: `s${index}`, ...entity });
  return messages.map((message) => {
    const [topic = "", payload = ""] = message.split(/ (.*)/);
    return hub.send(topic, payload).status?.["ha:d"];
  });
};

test.each<[what: string, entity: object, messages: string[], online: (boolean | undefined)[]]>([
  [
    "the default words",
    { avty_t: "a" },
    ["a online", "a offline", "a maybe", "a Online"],
    [true, false, undefined, true],
  ],
  ["own words", { avty_t: "a", pl_avail: "1", pl_not_avail: "0" }, ["a 1", "a 0"], [true, false]],
  [
    "numbers and booleans for words",
    { avty_t: "a", pl_avail: true, pl_not_avail: 0 },
    ["a true", "a 0"],
    [true, false],
  ],
  [
    "a template",
    { avty_t: "a", avty_tpl: "{{ value_json.state }}" },
    ['a {"state":"offline"}', 'a {"x":1}'],
    [false, undefined],
  ],
  [
    "a template that makes a boolean",
    { avty_t: "a", avty_tpl: "{{ value_json.up }}", pl_avail: "True", pl_not_avail: "False" },
    ['a {"up":false}', 'a {"up":true}'],
    [false, true],
  ],
  ["a list of one", { avty: [{ topic: "a", payload_available: "yes" }] }, ["a yes", "a offline"], [true, false]],
  ["an object in place of a list", { avty: { t: "a" } }, ["a online"], [true]],
  [
    "a list with templates",
    { avty: [{ t: "a", val_tpl: "{{'online' if value_json.value else 'offline'}}" }] },
    ['a {"value":true}', 'a {"value":false}'],
    [true, false],
  ],
  [
    "mode latest, which is the default",
    { avty: [{ t: "a" }, { t: "b" }] },
    ["a online", "b offline", "a online"],
    [true, false, true],
  ],
  [
    "mode all",
    { avty: [{ t: "a" }, { t: "b" }], avty_mode: "all" },
    ["a online", "b offline", "a online", "b online"],
    [true, false, undefined, true],
  ],
  [
    "mode any",
    { avty: [{ t: "a" }, { t: "b" }], avty_mode: "any" },
    ["a offline", "b offline", "a online", "b offline"],
    [undefined, false, true, undefined],
  ],
  ["a mode that does not exist", { avty: [{ t: "a" }], avty_mode: "some" }, ["a offline"], [false]],
  ["wildcards", { avty_t: "+/up" }, ["x/up online", "y/up offline"], [true, false]],
])("%s", (_, entity, messages, online) => {
  expect(said([entity], ...messages)).toEqual(online);
});

describe("a device with several entities", () => {
  test("is there while any of them is", () => {
    const entities = [{ avty_t: "a" }, { avty_t: "b" }];
    expect(said(entities, "a online", "b online", "b offline", "a offline", "b online")).toEqual([
      true,
      true,
      undefined,
      false,
      true,
    ]);
  });

  test("hears a topic that all of them have once", () => {
    const hub = createHub();
    for (const object of ["x", "y", "z"]) announce(hub, `sensor/n/${object}`, { ...DEVICE, stat_t: "s", avty_t: "a" });
    const parsed = hub.parse("a", "offline");
    expect(parsed).toEqual({ kind: "parts", parts: [{ kind: "status", deviceId: "ha:d", online: false }] });
  });

  test("speaks for itself where a bridge's topic is that of many devices", () => {
    const hub = createHub();
    for (const ids of ["a", "b"]) {
      announce(hub, `sensor/${ids}/t`, {
        dev: { ids },
        stat_t: `s/${ids}`,
        avty: [{ t: "bridge" }, { t: `up/${ids}` }],
        avty_mode: "all",
      });
    }
    hub.send("up/a", "online");
    expect(hub.send("bridge", "offline").status).toEqual({ "ha:a": false, "ha:b": false });
    expect(hub.send("bridge", "online").status).toEqual({ "ha:a": true, "ha:b": true });
    expect(hub.send("up/b", "offline").status).toEqual({ "ha:b": false });
  });
});

test("what was heard is kept when the same is announced again", () => {
  const hub = createHub();
  const document = { ...DEVICE, stat_t: "s", avty: [{ t: "a" }, { t: "b" }], avty_mode: "all" };
  announce(hub, "sensor/n/t", document);
  hub.send("a", "offline");
  announce(hub, "sensor/n/t", { ...document, name: "New" });
  expect(hub.send("b", "online").status).toBeUndefined();
  expect(hub.send("a", "online").status).toEqual({ "ha:d": true });
});

test("a last will on the state topic itself is no faulty state", () => {
  const hub = createHub();
  announce(hub, "sensor/n/t", {
    ...DEVICE,
    stat_t: "s",
    val_tpl: "{{ value_json.t }}",
    avty_t: "s",
    avty_tpl: "{{ value }}",
  });
  expect(hub.send("s", "offline")).toEqual({ status: { "ha:d": false } });
  expect(hub.send("s", '{"t":5}')).toMatchObject({ readings: [{ metrics: { t: 5 } }] });
});

test("an offline message tells nothing else about the device: it may be an old one of a device that is gone", () => {
  const hub = createHub();
  announce(hub, "sensor/n/t", { ...DEVICE, stat_t: "s", avty_t: "a" });
  expect(hub.send("a", "offline")).toEqual({ status: { "ha:d": false } });
  expect(hub.send("a", "online")).toMatchObject({ status: { "ha:d": true }, attributes: { "ha:d": {} } });
});
