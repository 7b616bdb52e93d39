import { expect, test } from "vitest";
import { createGatekeeper, type GateVerdict } from "../../src/core/gatekeeper.ts";

const gate = createGatekeeper({
  ownHosts: ["localhost", "127.0.0.1", "::1", "Hub", "hub.local", "192.168.1.5", "fe80::1"],
  origins: ["https://panel.example", "http://other.example:8080"],
});
const fileGate = createGatekeeper({ ownHosts: ["localhost"], origins: ["null"] });

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
  // hosts that are not ours
  ["evil.example:3000", undefined, "HOST_FOREIGN"],
  ["localhost.evil.example", undefined, "HOST_FOREIGN"],
  ["192.168.1.6", undefined, "HOST_FOREIGN"],
  ["[::2]:3000", undefined, "HOST_FOREIGN"],
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
});
