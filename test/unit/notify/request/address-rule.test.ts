import { describe, expect, test } from "vitest";
import { forbiddenAddress, type OwnListeners } from "../../../../src/notify/request/address-rule.ts";

const OWN: OwnListeners = { ports: () => [3_000, 1_883], addresses: () => ["192.168.1.20", "2001:db8::20", "fe80::1"] };
const faultOf = (address: string, port = 443): string | undefined => forbiddenAddress(address, port, OWN);

describe("an address that the hub sends to", () => {
  test.each([
    ["one of the Internet", "93.184.216.34"],
    ["one of a home network", "192.168.1.7"],
    ["one of a company's network", "10.1.2.3"],
    ["one of a carrier's network", "100.64.0.1"],
    ["one beside the metadata address", "100.100.100.201"],
    ["another service of this machine", "127.0.0.1"],
    ["the same by IPv6", "::1"],
    ["IPv6 of the Internet", "2606:2800:220:1:248:1893:25c8:1946"],
    ["IPv6 of a home network", "fd12:3456::7"],
    ["an IPv4 address as IPv6", "::ffff:192.168.1.7"],
  ])("is %s", (_, address) => expect(faultOf(address)).toBeUndefined());
});

describe("an address that it never sends to", () => {
  test.each([
    ["metadata of most clouds", "169.254.169.254"],
    ["any other link-local address", "169.254.0.1"],
    ["the same as mapped IPv6", "::ffff:169.254.169.254"],
    ["the same in hexadecimal", "::ffff:a9fe:a9fe"],
    ["the same written out", "0:0:0:0:0:ffff:a9fe:a9fe"],
    ["the same as compatible IPv6", "::169.254.169.254"],
    ["the same as translated IPv6", "::ffff:0:169.254.169.254"],
    ["the same by NAT64", "64:ff9b::a9fe:a9fe"],
    ["the same by a NAT64 of one's own", "64:ff9b:1::a9fe:a9fe"],
    ["the same by 6to4", "2002:a9fe:a9fe::1"],
    ["metadata of Alibaba", "100.100.100.200"],
    ["metadata of Azure", "168.63.129.16"],
    ["metadata of Oracle", "192.0.0.192"],
    ["metadata of Amazon by IPv6", "fd00:ec2::254"],
    ["the same in capitals, with zeros", "FD00:0EC2:0:0::0254"],
    ["metadata of Google by IPv6", "fd20:ce::254"],
    ["link-local IPv6", "fe80::1"],
    ["link-local IPv6 with a zone", "fe80::1%eth0"],
    ["the end of link-local IPv6", "febf:ffff::1"],
    ["this host by zero", "0.0.0.0"],
    ["this host by zeros", "::"],
    ["multicast", "224.0.0.1"],
    ["multicast by IPv6", "ff02::1"],
    ["broadcast", "255.255.255.255"],
    ["no address", "example.org"],
  ])("is %s", (_, address) => expect(faultOf(address)).toContain(address));
});

describe("the hub's own ports", () => {
  test.each([
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "192.168.1.20",
    "::ffff:192.168.1.20",
    "2001:DB8:0::20",
  ])("are not sent to by %s", (address) => {
    expect(faultOf(address, 3_000)).toContain("this hub itself");
    expect(faultOf(address, 1_883)).toContain("this hub itself");
    expect(faultOf(address, 8_080)).toBeUndefined();
  });

  test("are others' on other machines", () => expect(faultOf("192.168.1.21", 3_000)).toBeUndefined());
});
