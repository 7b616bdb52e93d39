/** Whose word counts: a document belongs to whoever announced it first, and speaks only of what its publisher may do itself. */
import { describe, expect, test } from "vitest";
import { credential, metricsOf } from "../family-session.ts";
import { announce, createHub, id, notUnderstood } from "./announce.ts";

const ANNOUNCING = "^homeassistant/";
const bridge = credential("application:bridge", undefined, new RegExp(`${ANNOUNCING}|^bridge/`));
const other = credential("application:other", undefined, new RegExp(`${ANNOUNCING}|^other/`));
const board = credential("board:ha:livingroom", "ha:livingroom", /^homeassistant\/[^/]+\/livingroom\/|^livingroom\//);
const unknown = credential("unknown", undefined, /^$/);

const DOCUMENT = { dev: { ids: "d", name: "Mine" }, stat_t: "bridge/d" };

describe("a document", () => {
  test("is neither replaced nor emptied by another client", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", DOCUMENT, { publisher: bridge });
    for (const document of [{ ...DOCUMENT, stat_t: "other/d", dev: { ids: "d", name: "Stolen" } }, ""]) {
      expect(announce(hub, "sensor/n/t", document, { publisher: other }).faults).toEqual([
        { code: "ANNOUNCED_BY_ANOTHER", detail: "application:bridge announced it" },
      ]);
    }
    for (const each of [hub, hub.restarted()]) {
      expect(announce(each, "sensor/n/t", "", { publisher: other }).faults).toHaveLength(1);
      expect(metricsOf(each.send("bridge/d", "1"))).toEqual({ t: 1 });
      expect(each.nameOf(id("ha:d"))).toBe("Mine");
    }
  });

  test("is replaced and emptied by its own", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", DOCUMENT, { publisher: bridge });
    announce(hub, "sensor/n/t", { ...DOCUMENT, stat_t: "bridge/new" }, { publisher: bridge });
    expect(metricsOf(hub.send("bridge/new", "1"))).toEqual({ t: 1 });
    announce(hub, "sensor/n/t", "", { publisher: bridge });
    expect(hub.stored()).toEqual([]);
  });

  test("that was announced while there were no accounts belongs to the first who has one", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", DOCUMENT);
    announce(hub, "sensor/n/t", DOCUMENT, { publisher: bridge });
    expect(announce(hub, "sensor/n/t", DOCUMENT, { publisher: other }).faults).toHaveLength(1);
  });

  test("of a last will whose client is not known any more does not count", () => {
    const hub = createHub();
    expect(announce(hub, "sensor/n/t", DOCUMENT, { publisher: unknown }).faults).toEqual([{ code: "TOPIC_NOT_OWN" }]);
    announce(hub, "sensor/n/t", DOCUMENT, { publisher: bridge });
    expect(announce(hub, "sensor/n/t", "", { publisher: unknown }).faults).toHaveLength(1);
    expect(hub.stored()).toHaveLength(1);
  });
});

describe("topics that its publisher may not use itself", () => {
  test("are not read, the others are; the owner hears of them twice", () => {
    const hub = createHub();
    const document = {
      dev: { ids: "d" },
      cmps: {
        a: { p: "sensor", stat_t: "other/secret" },
        b: { p: "switch", stat_t: "bridge/b", cmd_t: "other/set", avty_t: "other/up" },
      },
    };
    expect(announce(hub, "device/d", document, { publisher: bridge }).faults).toEqual([
      { code: "TOPIC_NOT_OWN", detail: 'the announcement names "other/secret", "other/up", "other/set"' },
    ]);
    for (const each of [hub, hub.restarted()]) {
      expect(each.send("other/secret", "1")).toEqual({ elsewhere: true });
      expect(each.send("other/up", "offline")).toEqual({ elsewhere: true });
      const heard = each.send("bridge/b", "ON");
      expect(metricsOf(heard)).toEqual({ b: true });
      expect(notUnderstood(heard)).toEqual(["sensor a: its publisher may not publish to other/secret"]);
      expect(each.metricInfo(id("ha:d"), "b")?.settable).toBeUndefined();
    }
  });

  test("are read once its publisher has the right and announces it again", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", { ...DOCUMENT, stat_t: "other/d" }, { publisher: bridge });
    expect(hub.send("other/d", "1")).toEqual({ elsewhere: true });
    const more = credential(bridge.id, undefined, /^homeassistant\/|^(bridge|other)\//);
    announce(hub, "sensor/n/t", { ...DOCUMENT, stat_t: "other/d" }, { publisher: more });
    expect(metricsOf(hub.send("other/d", "1"))).toEqual({ t: 1 });
  });

  test("of a filter only what its publisher sends itself is read", () => {
    const hub = createHub();
    const document = {
      dev: { ids: "A4C1" },
      stat_t: "+/+/BTtoMQTT/A4C1",
      unit_of_meas: "°C",
      val_tpl: "{{ value_json.tempc | is_defined }}",
    };
    expect(announce(hub, "sensor/A4C1-tempc", document, { publisher: bridge })).toEqual({});
    expect(metricsOf(hub.send("bridge/x/BTtoMQTT/A4C1", '{"tempc":21}', { publisher: bridge }))).toEqual({ tempc: 21 });
    expect(hub.send("other/x/BTtoMQTT/A4C1", '{"tempc":99}', { publisher: other })).toEqual({});
  });
});

describe("a device", () => {
  test("of a credential has the credential's id, whatever its documents say", () => {
    const hub = createHub();
    const document = { dev: { ids: "02005e100001", name: "Living Room" }, stat_t: "livingroom/sensor/t/state" };
    announce(hub, "sensor/livingroom/t", document, { publisher: board });
    const heard = hub.send("livingroom/sensor/t/state", "21", { publisher: board });
    expect(heard.readings).toEqual([{ deviceId: "ha:livingroom", metrics: { t: 21 } }]);
  });

  test("moves to the credential's id when the board gets one", () => {
    const hub = createHub();
    const document = { dev: { ids: "02005e100001" }, stat_t: "livingroom/t" };
    announce(hub, "sensor/livingroom/t", document);
    announce(hub, "sensor/livingroom/t", document, { publisher: board });
    expect(hub.stored().map(({ deviceId }) => deviceId)).toEqual(["ha:livingroom"]);
    expect(hub.send("livingroom/t", "1").readings).toEqual([{ deviceId: "ha:livingroom", metrics: { t: 1 } }]);
  });

  test("that two clients call the same is two", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", DOCUMENT, { publisher: bridge });
    announce(
      hub,
      "sensor/m/t",
      { ...DOCUMENT, dev: { ids: "d", name: "Stolen" }, stat_t: "other/d", avty_t: "other/up" },
      { publisher: other },
    );
    expect(hub.send("bridge/d", "1").readings).toEqual([{ deviceId: "ha:d", metrics: { t: 1 } }]);
    const [reading] = hub.send("other/d", "2").readings ?? [];
    expect(reading).toEqual({
      deviceId: "ha:d.application:other",
      metrics: { t: 2 },
    });
    expect(hub.nameOf(id("ha:d"))).toBe("Mine");
    expect(hub.send("other/up", "offline").status).toEqual({ [reading?.deviceId ?? ""]: false });
  });

  test("is one where one client calls it the same in several documents", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", DOCUMENT, { publisher: bridge });
    announce(hub, "sensor/m/h", { ...DOCUMENT, stat_t: "bridge/h" }, { publisher: bridge });
    expect(hub.send("bridge/h", "2").readings).toEqual([{ deviceId: "ha:d", metrics: { h: 2 } }]);
  });

  test("two of the same name are two", () => {
    const hub = createHub();
    for (const ids of ["a", "b"])
      announce(hub, `sensor/${ids}/t`, { dev: { ids, name: "Plug" }, stat_t: `plug/${ids}` });
    expect(hub.send("plug/a", "1").readings).toEqual([{ deviceId: "ha:a", metrics: { t: 1 } }]);
    expect(hub.send("plug/b", "2").readings).toEqual([{ deviceId: "ha:b", metrics: { t: 2 } }]);
    expect([hub.nameOf(id("ha:a")), hub.nameOf(id("ha:b"))]).toEqual(["Plug", "Plug"]);
  });

  test("to which a document moves has it, and the other has it no more", () => {
    const hub = createHub();
    announce(hub, "sensor/n/t", { dev: { ids: "a" }, stat_t: "s" });
    announce(hub, "sensor/n/t", { dev: { ids: "b" }, stat_t: "s" });
    expect(hub.stored().map(({ deviceId }) => deviceId)).toEqual(["ha:b"]);
    expect(hub.send("s", "1").readings).toEqual([{ deviceId: "ha:b", metrics: { t: 1 } }]);
  });
});
