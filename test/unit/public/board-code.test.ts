/** What goes onto a board publishes nothing that the board may not publish. */
import { expect, test } from "vitest";
import { codeFor, KINDS } from "../../../public/app/access/board-code.ts";

const BOARD = {
  host: "hub.local",
  port: 1883,
  deviceId: "attic",
  secret: "aerie_b_x",
  wifiName: "w",
  wifiPassword: "p",
};

test("every kind names the hub and the board, and no topic but the board's own", () => {
  for (const kind of KINDS) {
    const code = codeFor(kind, BOARD);
    expect(code).toContain("hub.local");
    expect(code).toContain("aerie_b_x");
    for (const [topic] of code.matchAll(/devices\/[\w/]*/g)) expect(topic).toMatch(/^devices\/attic(\/|$)/);
  }
});

test("ESPHome keeps its log, its address and its messages for Home Assistant to itself", () => {
  const lines = codeFor("ESPHome", BOARD).split("\n");
  for (const line of ["  discovery: false", "  discover_ip: false", "  log_topic: null"]) expect(lines).toContain(line);
});

test("the sketch says on its serial port why it is not connected", () => {
  const sketch = codeFor("Arduino", BOARD);
  expect(sketch).toContain('Serial.println("No Wi-Fi: check WIFI_NAME and WIFI_PASSWORD");');
  expect(sketch).toContain('Serial.printf("Could not connect to the hub: state %d\\n", mqtt.state());');
  expect(sketch).toContain("4 or 5: wrong id or secret");
});
