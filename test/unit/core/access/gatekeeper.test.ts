import { expect, test } from "vitest";
import { createGatekeeper, type GateVerdict } from "../../../../src/core/access/gatekeeper.ts";

const gate = createGatekeeper({
  ownNames: () => new Set(["localhost", "hub", "hub.local"]),
  origins: ["https://panel.example", "http://other.example:8080"],
});
const fileGate = createGatekeeper({ ownNames: () => new Set(["localhost"]), origins: ["null", "file://"] });

const cases: readonly [host: string | undefined, origin: string | undefined, verdict: GateVerdict][] = [
  // who comes without a page: boards and programs
  ["localhost:3000", undefined, "allow"],
  ["192.168.1.5:3000", undefined, "allow"],
  ["HUB.local", undefined, "allow"],
  ["hub.local.", undefined, "allow"],
  ["hub:80", undefined, "allow"],
  ["[::1]:3000", undefined, "allow"],
  ["[::1]", undefined, "allow"],
  ["[FE80::1]:3000", undefined, "allow"],
  [undefined, undefined, "allow"],
  // any address: of this machine before or after its start, of a router in front of it, of a container's host
  ["192.168.77.5:3000", undefined, "allow"],
  ["192.168.77.5:3000", "http://192.168.77.5:3000", "allow"],
  ["10.0.0.1", undefined, "allow"],
  ["[2001:db8::7]:3000", "http://[2001:db8::7]:3000", "allow"],
  ["[::ffff:10.0.0.1]", undefined, "allow"],
  ["192.168.77.5:3000", "http://evil.example", "ORIGIN_FOREIGN"],
  ["192.168.77.5:3000", "http://192.168.77.6:3000", "ORIGIN_FOREIGN"],
  // hosts that are not ours
  ["evil.example:3000", undefined, "HOST_FOREIGN"],
  ["localhost.evil.example", undefined, "HOST_FOREIGN"],
  ["192.168.1.6.evil.example", undefined, "HOST_FOREIGN"],
  ["192.168.1", undefined, "HOST_FOREIGN"],
  ["192.168.1.256", undefined, "HOST_FOREIGN"],
  ["192.168.1.6.", undefined, "allow"],
  ["1.2.3.4.5", undefined, "HOST_FOREIGN"],
  ["3232235777", undefined, "HOST_FOREIGN"],
  ["0x7f.0.0.1", undefined, "HOST_FOREIGN"],
  ["[evil]:3000", undefined, "HOST_FOREIGN"],
  ["dead.beef", undefined, "HOST_FOREIGN"],
  ["", undefined, "HOST_FOREIGN"],
  [":3000", undefined, "HOST_FOREIGN"],
  ["localhost:", undefined, "HOST_FOREIGN"],
  ["[", undefined, "HOST_FOREIGN"],
  // our own pages
  ["localhost:3000", "http://localhost:3000", "allow"],
  ["Localhost:3000", "http://localhost:3000", "allow"],
  ["192.168.1.5:3000", "http://192.168.1.5:3000", "allow"],
  ["[::1]:3000", "http://[::1]:3000", "allow"],
  ["hub.local", "http://hub.local", "allow"],
  // the port that a scheme implies
  ["hub.local:80", "http://hub.local", "allow"],
  ["hub.local", "http://hub.local:80", "allow"],
  ["hub.local:443", "https://hub.local", "allow"],
  ["hub.local", "https://hub.local", "allow"],
  ["[::1]", "http://[::1]:80", "allow"],
  // another port or name of ours is another origin
  ["localhost:3000", "http://localhost:5173", "ORIGIN_FOREIGN"],
  ["localhost:3000", "http://localhost", "ORIGIN_FOREIGN"],
  ["localhost:3000", "http://127.0.0.1:3000", "ORIGIN_FOREIGN"],
  ["hub.local:443", "http://hub.local", "ORIGIN_FOREIGN"],
  ["[::1]:3000", "http://[::1]", "ORIGIN_FOREIGN"],
  // pages elsewhere
  ["localhost:3000", "http://evil.example", "ORIGIN_FOREIGN"],
  ["localhost:3000", "http://localhost:3000.evil.example", "ORIGIN_FOREIGN"],
  ["localhost:3000", "http://evil.example/localhost:3000", "ORIGIN_FOREIGN"],
  ["localhost:3000", "ftp://localhost:3000", "ORIGIN_FOREIGN"],
  ["localhost:3000", "null", "ORIGIN_FOREIGN"],
  ["localhost:3000", "", "ORIGIN_FOREIGN"],
  [undefined, "http://localhost:3000", "ORIGIN_FOREIGN"],
  // DNS rebinding: the page's own name points at this machine, so Origin and Host agree
  ["evil.example:3000", "http://evil.example:3000", "HOST_FOREIGN"],
  // named in the settings, and then only together with a host of ours
  ["localhost:3000", "https://panel.example", "allow"],
  ["localhost:3000", "http://other.example:8080", "allow"],
  ["localhost:3000", "http://other.example", "ORIGIN_FOREIGN"],
  ["localhost:3000", "http://panel.example", "ORIGIN_FOREIGN"],
  ["evil.example", "https://panel.example", "HOST_FOREIGN"],
];

for (const [host, origin, verdict] of cases) {
  test(`Host ${host ?? "absent"} with Origin ${origin ?? "absent"}: ${verdict}`, () => {
    expect(gate({ host, origin })).toBe(verdict);
  });
}

test("a page opened as a file is let in where the settings name `null`", () => {
  expect(fileGate({ host: "localhost:3000", origin: "null" })).toBe("allow");
  expect(fileGate({ host: "localhost:3000", origin: "file://" })).toBe("allow"); // a WebSocket library of Arduino says so
  expect(gate({ host: "localhost:3000", origin: "file://" })).toBe("ORIGIN_FOREIGN");
});
