import path from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig, withUnclaimed } from "../../../src/config/read-config.ts";
import { type Config, flagOf, LIMIT_MAXIMA, limitsOf, SETTINGS } from "../../../src/config/settings.ts";

function configOf(args: readonly string[], env: Record<string, string> = {}): Config {
  const result = readConfig(args, env);
  if (result.kind !== "config") throw new Error(JSON.stringify(result));
  return result.config;
}

function faultsOf(args: readonly string[], env: Record<string, string> = {}): readonly string[] {
  const result = readConfig(args, env);
  return result.kind === "faults" ? result.faults : [];
}

describe("settings", () => {
  test("have defaults that let the hub start, and let in who has an account or a secret", () => {
    expect(configOf([])).toEqual({
      httpHost: "0.0.0.0",
      httpPort: 3_000,
      mqttHost: "0.0.0.0",
      mqttPort: 1_883,
      tlsCert: "",
      tlsKey: "",
      mqttsPort: 8_883,
      hsts: "off",
      dataDir: path.resolve("data"),
      mongodbUrl: "",
      maxOutboxBytes: 4_294_967_296,
      auth: "on",
      unclaimed: "auto",
      corsOrigins: [],
      hostNames: [],
      publicUrl: "",
      heartbeatUrl: "",
      backupDays: 30,
      trustedProxies: [],
      pushHosts: [],
      sparkplugHost: "",
      logLevel: "info",
      commitIntervalMs: 0,
      groupWaitMs: 4,
      maxWaitingBytes: 67_108_864,
      maxConnections: 12_000,
      maxConnectionsPerAddress: 5_000,
      maxConnectsPerMinute: 20_000,
      maxMessagesPerSecond: 5_000,
      maxBytesPerSecond: 8_388_608,
      maxMessagesPerSecondPerAddress: 0,
      maxBytesPerSecondPerAddress: 0,
      maxRequestsPerMinute: 6_000,
      maxLiveSessions: 2_000,
      maxLiveSessionsPerAddress: 500,
      maxLiveSessionsPerAccount: 100,
      connectTimeoutMs: 10_000,
      maxConnectBytes: 16_384,
      maxPacketBytes: 4_194_304,
      maxClientIdBytes: 256,
      maxKeepAliveS: 3_600,
      maxTopicBytes: 1_024,
      maxTopicLevels: 100,
      maxSubscriptions: 10_000,
      maxInflight: 1_000,
      maxQueueMessages: 10_000,
      maxQueueBytes: 16_777_216,
      maxQueuesBytes: 268_435_456,
      maxRetained: 100_000,
      maxRetainedBytes: 134_217_728,
      maxSessions: 20_000,
      maxSessionExpiryS: 2_592_000,
      maxDevices: 10_000,
      maxDevicesPerClient: 1_000,
      maxMetricsPerDevice: 1_024,
      rawDays: 90,
      hourDays: 0,
      dayDays: 0,
      maxStoreBytes: 0,
    });
  });

  test("say how long is kept and how much: 0 is for ever and no bound, and a bound has a least", () => {
    expect(configOf(["--raw-days=0", "--max-store-bytes=0"])).toMatchObject({ rawDays: 0, maxStoreBytes: 0 });
    expect(configOf(["--raw-days=36500", "--max-store-bytes=1099511627776"])).toMatchObject({
      rawDays: 36_500,
      maxStoreBytes: 1_099_511_627_776,
    });
    expect(faultsOf(["--max-store-bytes=16777215", "--hour-days=-1", "--day-days=36501"])).toHaveLength(3);
    expect(faultsOf(["--max-store-bytes=1"])[0]).toContain("0, or a whole number from 16777216");
  });

  test("open a hub without an account to its own computer if it has a terminal and no proxy, and else where that is said", () => {
    const decided = (args: string[], hasTerminal: boolean) => withUnclaimed(configOf(args), hasTerminal).unclaimed;
    expect([decided([], true), decided([], false)]).toEqual(["loopback", "closed"]);
    expect(decided(["--trusted-proxies=127.0.0.1"], true)).toBe("closed");
    expect(decided(["--unclaimed=loopback"], false)).toBe("loopback");
    expect(decided(["--unclaimed=closed"], true)).toBe("closed");
    expect(faultsOf(["--unclaimed=loopback", "--trusted-proxies=10.0.0.0/8"])[0]).toContain("comes through a proxy");
    expect(faultsOf(["--unclaimed=on"])).toHaveLength(1);
  });

  test("show no address of a database in a fault: it may have a password in it", () => {
    const faults = faultsOf([], { AERIE_MONGODB_URL: "http://hub:secret@db.example/aerie" });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("AERIE_MONGODB_URL: expected mongodb://");
    expect(faults[0]).not.toContain("secret");
  });

  test("take no password as a flag, which every user sees in the list of processes", () => {
    for (const url of ["mongodb://hub:secret@db.example/aerie", "mongodb+srv://hub:@db.example/aerie"]) {
      const faults = faultsOf([`--mongodb-url=${url}`]);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain("set AERIE_MONGODB_URL in the environment");
      expect(faults[0]).not.toContain("secret");
      expect(configOf([], { AERIE_MONGODB_URL: url }).mongodbUrl).toBe(url);
    }
    const bare = "mongodb://hub@db.example:27017/aerie?appName=a:b@c";
    expect(configOf(["--mongodb-url", bare]).mongodbUrl).toBe(bare);
  });

  test("are read from the environment, and flags win over it", () => {
    const env = { AERIE_HTTP_PORT: "8080", AERIE_MQTT_PORT: "8883", PATH: "/bin" };
    expect(configOf([], env)).toMatchObject({ httpPort: 8_080, mqttPort: 8_883 });
    expect(configOf(["--http-port=9090"], env)).toMatchObject({ httpPort: 9_090, mqttPort: 8_883 });
    expect(configOf(["--http-port", "0"], env)).toMatchObject({ httpPort: 0 });
  });

  test("a flag makes a faulty variable of the same setting harmless", () => {
    expect(configOf(["--http-port=1"], { AERIE_HTTP_PORT: "x" }).httpPort).toBe(1);
  });

  test("each has a flag of its own name", () => {
    expect(flagOf("AERIE_MAX_DEVICES_PER_CLIENT")).toBe("max-devices-per-client");
    const flags = Object.values(SETTINGS).map(({ env }) => flagOf(env));
    expect(new Set(flags).size).toBe(flags.length);
  });

  test("each takes its own default", () => {
    for (const { fallback, parse, env } of Object.values(SETTINGS)) {
      expect(parse(fallback), env).toBeDefined();
    }
  });

  test("lists are read with or without spaces", () => {
    const env = { AERIE_CORS_ORIGINS: "https://a.example, null ,http://b:80,", AERIE_HOST_NAMES: "hub, hub.example" };
    expect(configOf([], env)).toMatchObject({
      corsOrigins: ["https://a.example", "null", "http://b:80"],
      hostNames: ["hub", "hub.example"],
    });
  });

  test("a Sparkplug host id may have spaces in it, and nothing that a topic gives another meaning", () => {
    expect(configOf(["--sparkplug-host=Plant 1.hub"]).sparkplugHost).toBe("Plant 1.hub");
    for (const id of ["a/b", "+", "#", " a", "x".repeat(65)])
      expect(faultsOf([`--sparkplug-host=${id}`])).toHaveLength(1);
  });

  test("the public address is that of a whole server", () => {
    const publicUrlOf = (url: string): string => configOf([], { AERIE_PUBLIC_URL: url }).publicUrl;
    expect(publicUrlOf("https://Hub.example/")).toBe("https://hub.example");
    expect(publicUrlOf("http://192.168.1.5:3000")).toBe("http://192.168.1.5:3000");
    for (const url of ["hub.example", "https://hub.example/aerie", "https://a:b@hub.example", "ftp://hub.example"]) {
      expect(faultsOf([], { AERIE_PUBLIC_URL: url }), url).toHaveLength(1);
    }
  });

  test("a directory is made absolute", () => {
    expect(configOf(["--data-dir=/var/lib/x"]).dataDir).toBe("/var/lib/x");
    expect(path.isAbsolute(configOf(["--data-dir=x"]).dataDir)).toBe(true);
  });
});

describe("faults", () => {
  test("are reported all at once, each with what was expected and what came", () => {
    const faults = faultsOf(["--mqtt-port=70000", "--nonsense", "stray"], {
      AERIE_HTTP_PORT: "http",
      AERIE_LOG_LEVEL: "loud",
      AERIE_MQTT_PROT: "1883",
    });
    expect(faults).toHaveLength(6);
    const text = faults.join("\n");
    for (const part of [
      '--mqtt-port: expected a whole number from 0 to 65535, got "70000"',
      "--nonsense: there is no such flag",
      "stray: unexpected argument",
      'AERIE_HTTP_PORT: expected a whole number from 0 to 65535, got "http"',
      "AERIE_LOG_LEVEL: expected one of debug, info, warn, error",
      "AERIE_MQTT_PROT: there is no such setting",
    ]) {
      expect(text).toContain(part);
    }
  });

  const wrong: readonly [env: string, text: string][] = [
    ["AERIE_HTTP_PORT", "-1"],
    ["AERIE_HTTP_PORT", "65536"],
    ["AERIE_HTTP_PORT", "80.5"],
    ["AERIE_HTTP_PORT", "0x50"],
    ["AERIE_HTTP_PORT", ""],
    ["AERIE_HTTP_HOST", ""],
    ["AERIE_HTTP_HOST", "a b"],
    ["AERIE_HTTP_HOST", "http://hub"],
    ["AERIE_DATA_DIR", ""],
    ["AERIE_AUTH", "yes"],
    ["AERIE_CORS_ORIGINS", "panel.example"],
    ["AERIE_CORS_ORIGINS", "https://panel.example/"],
    ["AERIE_CORS_ORIGINS", "*"],
    ["AERIE_HOST_NAMES", "a b"],
    ["AERIE_PUSH_HOSTS", "https://push.example"],
    ["AERIE_TRUSTED_PROXIES", "proxy.example"],
    ["AERIE_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["AERIE_TRUSTED_PROXIES", "fe80::1%eth0.100"],
    ["AERIE_TRUSTED_PROXIES", "10.0.0.0/8/8"],
    ["AERIE_TRUSTED_PROXIES", "10.0.0.1,fd00::/129"],
    ["AERIE_COMMIT_INTERVAL_MS", "60001"],
    ["AERIE_MAX_WAITING_BYTES", "1024"],
    ["AERIE_MAX_DEVICES", "0"],
  ];
  for (const [env, text] of wrong) {
    test(`${env}=${JSON.stringify(text)} is one`, () => {
      const [fault, ...others] = faultsOf([], { [env]: text });
      expect(fault).toContain(`${env}: expected `);
      expect(others).toEqual([]);
    });
  }

  test("a flag without a value is one", () => {
    expect(faultsOf(["--http-port"])).toEqual(["--http-port: needs a value"]);
  });

  test("an unknown short flag is one", () => {
    expect(faultsOf(["-x"])).toEqual(["--x: there is no such flag"]);
  });

  test("variables of the simulator, the benchmarks and the tests are none", () => {
    expect(faultsOf([], { AERIE_SIM_BOARDS: "5", AERIE_BENCH_X: "1", AERIE_TEST_Y: "2" })).toEqual([]);
  });
});

describe("a host that others reach", () => {
  test("is what the hub listens on by itself with accounts, and not without", () => {
    expect(configOf([])).toMatchObject({ auth: "on", httpHost: "0.0.0.0", mqttHost: "0.0.0.0" });
    for (const auth of ["off", "off-and-public"]) {
      expect(configOf([`--auth=${auth}`])).toMatchObject({ httpHost: "127.0.0.1", mqttHost: "127.0.0.1" });
    }
    expect(configOf(["--http-host=auto", "--mqtt-host=127.0.0.1"])).toMatchObject({
      httpHost: "0.0.0.0",
      mqttHost: "127.0.0.1",
    });
    expect(configOf(["--http-host=::", "--mqtt-host=192.168.1.5"]).httpHost).toBe("::");
  });

  for (const host of ["0.0.0.0", "::", "192.168.1.5", "hub.local", "127.0.0.1.example"]) {
    test(`${host} without accounts needs AERIE_AUTH=off-and-public, for each listener`, () => {
      const faults = faultsOf(["--auth=off", `--http-host=${host}`, `--mqtt-host=${host}`]);
      expect(faults.map((fault) => fault.split(":")[0])).toEqual(["AERIE_HTTP_HOST", "AERIE_MQTT_HOST"]);
      expect(faults[0]).toContain("off-and-public");
      expect(configOf([`--http-host=${host}`, "--auth=off-and-public"]).httpHost).toBe(host);
    });
  }

  for (const host of ["127.0.0.1", "127.8.0.1", "localhost", "::1"]) {
    test(`${host} is not one`, () => {
      expect(configOf(["--auth=off", `--http-host=${host}`, `--mqtt-host=${host}`]).httpHost).toBe(host);
    });
  }
});

test("the maximum of a limit is accepted, and nothing above it", () => {
  expect(LIMIT_MAXIMA["AERIE_MAX_TOPIC_LEVELS"]).toBe(100);
  expect(Object.keys(LIMIT_MAXIMA)).toEqual(Object.keys(limitsOf(configOf([]))));
  for (const [env, max] of Object.entries(LIMIT_MAXIMA)) {
    expect(limitsOf(configOf([], { [env]: `${max}` }))[env]).toBe(max);
    expect(faultsOf([], { [env]: `${max + 1}` })).toHaveLength(1);
  }
});

describe("help", () => {
  for (const flag of ["--help", "-h"]) {
    test(`${flag} names every setting, whatever else is wrong`, () => {
      const result = readConfig([flag, "--nonsense"], { AERIE_HTTP_PORT: "x" });
      expect(result.kind).toBe("help");
      const text = result.kind === "help" ? result.text : "";
      for (const { env } of Object.values(SETTINGS)) {
        expect(text).toContain(env);
        expect(text).toContain(`--${flagOf(env)}`);
      }
    });
  }
});
