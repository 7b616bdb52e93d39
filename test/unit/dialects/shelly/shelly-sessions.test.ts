/** Whole sessions of Shellys as they were recorded, ids that never change, and whose word counts. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createShelly } from "../../../../src/dialects/shelly/shelly.ts";
import { createSession, credential, type Heard, metricsOf } from "../family-session.ts";

const id = (text: string): DeviceId => text as DeviceId;
const devicesOf = (heard: readonly Heard[]): string[] => [
  ...new Set(
    heard.flatMap(({ readings = [], status = {}, attributes = {} }) => [
      ...readings.map(({ deviceId }) => deviceId),
      ...Object.keys(status),
      ...Object.keys(attributes),
    ]),
  ),
];

/** Recorded of a Shelly Plus 1PM with the prefix `shellies/plus1pm`, both channels on. */
const PLUS_1PM = `
  shellies/plus1pm/events/rpc {"src":"shellyplus1pm-4417939341dc","dst":"shellies/plus1pm/events","method":"NotifyStatus","params":{"ts":1.61,"mqtt":{"connected":true}}}
  shellies/plus1pm/online true
  shellies/plus1pm/status/mqtt {"connected":true}
  shellies/plus1pm/events/rpc {"src":"shellyplus1pm-4417939341dc","dst":"shellies/plus1pm/events","method":"NotifyStatus","params":{"ts":1661517385.44,"switch:0":{"id":0,"voltage":232.7}}}
  shellies/plus1pm/status/switch:0 {"id":0, "source":"init", "output":false, "apower":0.0, "voltage":232.7, "current":0.000, "aenergy":{"total":0.000,"by_minute":[0.000,0.000,0.000],"minute_ts":1661517385},"temperature":{"tC":39.2, "tF":102.5}}
  shellies/plus1pm/events/rpc {"src":"shellyplus1pm-4417939341dc","dst":"shellies/plus1pm/events","method":"NotifyStatus","params":{"ts":1661517398.50,"sys":{"available_updates":{"beta":{"version":"0.11.0-beta3"}}}}}
  shellies/plus1pm/status/sys {"mac":"4417939341DC","restart_required":false,"time":"14:36","unixtime":1661517398,"uptime":15,"ram_size":254968,"ram_free":156660,"fs_size":458752,"fs_free":221184,"cfg_rev":8,"available_updates":{"beta":{"version":"0.11.0-beta3"}}}
  shellies/plus1pm/events/rpc {"src":"shellyplus1pm-4417939341dc","dst":"shellies/plus1pm/events","method":"NotifyStatus","params":{"ts":1661517432.85,"switch:0":{"id":0,"output":true,"source":"WS_in"}}}
  shellies/plus1pm/status/switch:0 {"id":0, "source":"WS_in", "output":true, "apower":0.0, "voltage":232.6, "current":0.000, "aenergy":{"total":0.000,"by_minute":[0.000,0.000,0.000],"minute_ts":1661517429},"temperature":{"tC":46.0, "tF":114.7}}
  shellies/plus1pm/online false`;

test("a Shelly of the second generation below shellies/ is one device, and its values are stored once", () => {
  const session = createSession(createShelly);
  const heard = session.play(PLUS_1PM, { atMs: 1_000_000 });
  const relay = "shelly:shellyplus1pm-4417939341dc";
  expect(devicesOf(heard)).toEqual([relay]);
  expect(heard[1]).toEqual({ status: { [relay]: true } });
  expect(heard[2]).toEqual({});
  expect(heard[3]?.readings).toEqual([
    { deviceId: relay, metrics: { "switch.0.voltage": 232.7 }, said: 1661517385.44 },
  ]);
  // The voltage was in the notification.
  expect(metricsOf(heard[4] ?? {})).toEqual({
    "switch.0.output": false,
    "switch.0.apower": 0,
    "switch.0.current": 0,
    "switch.0.aenergy.total": 0,
    "switch.0.temperature.tC": 39.2,
    "switch.0.temperature.tF": 102.5,
  });
  expect(heard[6]?.attributes?.[relay]).toMatchObject({ mac: "4417939341DC", "sys.cfg_rev": 8 });
  expect(metricsOf(heard[7] ?? {})).toEqual({ "switch.0.output": true });
  expect(Object.keys(metricsOf(heard[8] ?? {}))).not.toContain("switch.0.output");
  expect(heard[9]).toEqual({ status: { [relay]: false } });
  expect(heard.flatMap(({ sent = [] }) => sent)).toEqual(["shellies/plus1pm/command announce"]);
  for (const each of [session, session.restarted()]) expect(each.nameOf(id(relay))).toBe("plus1pm");
});

/** Recorded of a Shelly 3EM whose own name holds a level. */
const EM3 = `
  shellies/shellies/shellyem3/online false
  shellies/shellies/shellyem3/online true
  shellies/announce {"id":"shellies/shellyem3","model":"SHEM-3","mac":"244CAB4354E2","ip":"192.168.8.100","new_fw":false,"fw_ver":"20220415-105853/v1.11.7-25-gb3b096857-v1.11.7-3em"}
  shellies/shellies/shellyem3/announce {"id":"shellies/shellyem3","model":"SHEM-3","mac":"244CAB4354E2","ip":"192.168.8.100","new_fw":false,"fw_ver":"20220415-105853/v1.11.7-25-gb3b096857-v1.11.7-3em"}
  shellies/shellies/shellyem3/info {"wifi_sta":{"connected":true,"ssid":"piegn-iot","ip":"192.168.8.100","rssi":-62},"mqtt":{"connected":true},"time":"","unixtime":0,"mac":"244CAB4354E2","relays":[{"ison":false}],"emeters":[{"power":0.00,"is_valid":true}],"total_power":0.00,"update":{"status":"unknown","has_update":false,"new_version":"","old_version":"20220415-105853/v1.11.7-25-gb3b096857-v1.11.7-3em"},"ram_free":28776,"uptime":7}
  shellies/shellies/shellyem3/relay/0 off
  shellies/shellies/shellyem3/emeter/0/voltage 230.35
  shellies/shellies/shellyem3/emeter/2/total_returned 53.0`;

test("a Shelly of the first generation with a level in its name is one device of that name", () => {
  const session = createSession(createShelly);
  const heard = session.play(EM3);
  const [meter = ""] = devicesOf(heard);
  expect(devicesOf(heard)).toHaveLength(1);
  expect(meter).toMatch(/^shelly:shellies\.shellyem3~[0-9a-f]{6}$/);
  expect(heard[3]).toEqual({});
  expect(metricsOf(heard[4] ?? {})).toEqual({ uptime: 7, "wifi_sta.rssi": -62 });
  expect(metricsOf(heard[7] ?? {})).toEqual({ "emeter.2.total_returned": 53 });
  for (const each of [session, session.restarted()]) expect(each.nameOf(id(meter))).toBe("shellies/shellyem3");
});

const SRC = "shellyplus1-aabbccddeeff";
const rpc = (src: string, power = 1): string =>
  `{"src":"${src}","dst":"x","method":"NotifyStatus","params":{"ts":1661517385.44,"switch:0":{"id":0,"apower":${power}}}}`;

test("a prefix of its own is learned, with its online, its single components and its announcement, also after a restart", () => {
  const session = createSession(createShelly);
  expect(session.send("house/boiler/online", "true")).toEqual({ elsewhere: true });
  expect(session.send("house/boiler/events/rpc", rpc(SRC)).readings?.[0]?.deviceId).toBe(`shelly:${SRC}`);
  for (const each of [session, session.restarted()]) {
    expect(each.send("house/boiler/online", "false")).toEqual({ status: { [`shelly:${SRC}`]: false } });
    expect(metricsOf(each.send("house/boiler/status/wifi", '{"sta_ip":"10.0.0.5","rssi":-60}'))).toEqual({
      "wifi.rssi": -60,
    });
    expect(each.nameOf(id(`shelly:${SRC}`))).toBe("house/boiler");
  }
  session.send("house/boiler/announce", `{"name":"Boiler","id":"${SRC}","gen":2}`);
  for (const each of [session, session.restarted()]) expect(each.nameOf(id(`shelly:${SRC}`))).toBe("Boiler");
  session.send("house/boiler/announce", `{"name":null,"id":"${SRC}","gen":2}`);
  expect(session.restarted().nameOf(id(`shelly:${SRC}`))).toBe("house/boiler");
});

test("an id stays: with another prefix it is known by its src, and with the former status by its prefix", () => {
  const session = createSession(createShelly);
  const heard = [
    session.send("boiler/status/switch:0", '{"id":0,"apower":1}'),
    session.send("boiler/events/rpc", rpc(SRC, 2)),
    session.send("cellar/events/rpc", rpc(SRC, 3)),
    session.send("cellar/status/switch:0", '{"id":0,"apower":4}'),
    session.restarted().send("cellar/status/switch:0", '{"id":0,"apower":5}'),
  ];
  expect(devicesOf(heard)).toEqual(["shelly:boiler"]);
  expect(session.nameOf(id("shelly:boiler"))).toBe("cellar");
});

test("a device that announces itself is asked again when its settings changed", () => {
  const session = createSession(createShelly);
  const events = `{"src":"${SRC}","dst":"x","method":"NotifyEvent","params":{"ts":1.5,"events":[{"component":"sys","event":"config_changed","cfg_rev":20}]}}`;
  expect(session.send(`${SRC}/events/rpc`, rpc(SRC)).sent).toEqual([`${SRC}/command announce`]);
  expect(session.send(`${SRC}/events/rpc`, rpc(SRC)).sent).toBeUndefined();
  expect(session.send(`${SRC}/events/rpc`, events)).toEqual({ sent: [`${SRC}/command announce`] });
});

test("two devices of one name stay two", () => {
  const session = createSession(createShelly);
  for (const src of ["shellyplus1-aaaaaaaaaaaa", "shellyplus1-bbbbbbbbbbbb"]) {
    session.send(`${src}/events/rpc`, rpc(src));
    session.send("shellies/announce", `{"name":"Lamp","id":"${src}","gen":2}`);
    expect(session.nameOf(id(`shelly:${src}`))).toBe("Lamp");
  }
});

const LAMP = credential("board:shelly:lamp", "shelly:lamp", /^(shellies\/lamp|lamp)\/|^shellies\/announce$/);
const THIEF = credential("board:shelly:thief", "shelly:thief", /^(shellies\/thief|thief)\/|^shellies\/announce$/);
const BRIDGE = credential("application:bridge", undefined, /^(house|shellies)\//);

test("with a credential of its own a Shelly is that device, whatever it calls itself", () => {
  const session = createSession(createShelly);
  const heard = [
    session.send("lamp/events/rpc", rpc(SRC), { publisher: LAMP }),
    session.send("lamp/online", "true", { publisher: LAMP }),
    session.send("shellies/lamp/relay/0", "on", { publisher: LAMP }),
    session.send("shellies/announce", `{"name":"Desk","id":"${SRC}","gen":2}`, { publisher: LAMP }),
    session.send("lamp/status/weird:7", '{"power":5}', { publisher: LAMP }),
  ];
  expect(devicesOf(heard)).toEqual(["shelly:lamp"]);
  expect(session.nameOf(id("shelly:lamp"))).toBe("Desk");
});

test("nobody speaks for another device by its src or by an announcement", () => {
  const session = createSession(createShelly);
  session.send("lamp/events/rpc", rpc(SRC), { publisher: LAMP });
  // A board is its own device, whatever src it sends.
  expect(session.send("thief/events/rpc", rpc(SRC), { publisher: THIEF }).readings?.[0]?.deviceId).toBe("shelly:thief");
  expect(session.send("house/x/events/rpc", rpc("lamp"), { publisher: BRIDGE })).toMatchObject({
    faults: [{ code: "ANNOUNCED_BY_ANOTHER" }],
  });
  expect(session.send("shellies/announce", '{"name":"Mine","id":"lamp","gen":2}', { publisher: BRIDGE })).toMatchObject(
    { faults: [{ code: "TOPIC_NOT_OWN" }] },
  );
  expect(session.nameOf(id("shelly:lamp"))).toBe("lamp");
  // What its filters reach, a bridge may speak for.
  expect(
    session.send("shellies/announce", '{"id":"plug","model":"SHPLG-S"}', { publisher: BRIDGE }).attributes,
  ).toEqual({ "shelly:plug": { model: "SHPLG-S" } });
});

test("a last will, or an old retained one, of a Shelly that nobody knows teaches nothing", () => {
  const session = createSession(createShelly);
  expect(session.send("shellies/old/online", "false", { retain: true })).toEqual({ status: { "shelly:old": false } });
  expect(session.stored()).toEqual([]);
});
