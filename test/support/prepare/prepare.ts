/** Finds the programs that tests drive, and installs those that are missing. Runs no test; `npm test` runs it first. */
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { nonLoopbackAddress } from "../network.ts";
import { TOOLS_FILE, type Tools } from "../tools.ts";
import { findMongod, NO_MONGOD, SKIP_MONGODB } from "./find-mongod.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What is still missing, and what a person can do about it. */
class Missing extends Error {}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(...names: string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return names
    .flatMap((name) => [...folders, "/usr/sbin", "/usr/local/bin"].map((folder) => path.join(folder, name)))
    .find(isProgram);
}

/** Debian and its like, with the right to install. */
const canApt = (): boolean => process.getuid?.() === 0 && onPath("apt-get") !== undefined;

let listsAreFresh = false;

/** False where it did not work; what apt said has been shown. */
function apt(packageName: string): boolean {
  if (!canApt()) return false;
  const run = (...args: string[]): boolean => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { status, stderr } = spawnSync("apt-get", args, {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    if (status !== 0) say(`apt-get ${args.join(" ")} failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
    return status === 0;
  };
  if (!listsAreFresh) listsAreFresh = run("update");
  return run("install", "-y", "--no-install-recommends", packageName);
}

/** Debian starts what it installs, and mosquitto's broker would take port 1883. [policy-rc.d, invoke-rc.d(8)] */
function withoutServices(install: () => boolean): boolean {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy) || !canApt()) return install();
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policy, { force: true });
  }
}

/** Found, or installed by `install`; undefined where neither worked. */
function findOrInstall(what: string, find: () => string | undefined, install: () => boolean): string | undefined {
  const found = find();
  if (found !== undefined) {
    say(`${what}: ${found}`);
    return found;
  }
  say(`${what}: not there, installing …`);
  const installed = install() ? find() : undefined;
  if (installed !== undefined) say(`${what}: ${installed} (installed)`);
  return installed;
}

const MAC_BROWSERS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function findBrowser(): string | undefined {
  const named = process.env["AERIE_TEST_BROWSER"];
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new Missing(`AERIE_TEST_BROWSER is ${named}, which is no program. Give the path of a Chromium or Chrome.`);
  }
  return (
    onPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable") ??
    MAC_BROWSERS.find(isProgram) ??
    playwrightsOwn()
  );
}

/** The one that `playwright-core install` downloads; asked in a process of its own, since that knows its path afresh. */
function playwrightsOwn(): string | undefined {
  const ask = 'import("playwright-core").then(({ chromium }) => console.log(chromium.executablePath()))';
  const file = execFileSync(process.execPath, ["--input-type=module", "-e", ask], { encoding: "utf8" }).trim();
  // On a bare system it is there and lacks its libraries.
  return existsSync(file) && spawnSync(file, ["--version"], { stdio: "ignore" }).status === 0 ? file : undefined;
}

function downloadBrowser(): boolean {
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const { status } = spawnSync(npx, ["playwright-core", "install", "chromium"], {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: 300_000,
  });
  return status === 0 && playwrightsOwn() !== undefined;
}

function needed(found: string | undefined, instruction: string): string {
  if (found === undefined) throw new Missing(instruction);
  return found;
}

function findStrace(): string | undefined {
  if (process.platform !== "linux") {
    say("strace: not run here, the system-call test is for Linux only");
    return undefined;
  }
  return needed(
    findOrInstall(
      "strace",
      () => onPath("strace"),
      () => apt("strace"),
    ),
    "The tests need strace. Install it: apt install strace (or your system's like).",
  );
}

/** Whoever opens the dashboard from elsewhere is no secure context; a loopback address would hide that. */
function prepareAddress(): void {
  const add = (): boolean => {
    if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
    if (onPath("ip") === undefined) apt("iproute2");
    return (
      spawnSync(onPath("ip") ?? "ip", ["addr", "add", "10.99.99.1/32", "dev", "lo"], { stdio: "ignore" }).status === 0
    );
  };
  needed(
    findOrInstall("non-loopback address", nonLoopbackAddress, add),
    "The tests need an IPv4 address besides 127.0.0.1. Connect a network, or: ip addr add 10.99.99.1/32 dev lo",
  );
}

/** The system's own, since `python3` on the path may be one without Debian's packages. */
function findPahoPython(): string | undefined {
  const canImport = (python: string): boolean =>
    isProgram(python) && spawnSync(python, ["-c", "import paho.mqtt.client"], { stdio: "ignore" }).status === 0;
  return ["/usr/bin/python3", onPath("python3") ?? ""].find(canImport);
}

function findMosquitto(name: string, packageName = "mosquitto-clients"): string {
  return needed(
    findOrInstall(
      name,
      () => onPath(name),
      () => withoutServices(() => apt(packageName)),
    ),
    `The tests need ${name}. Install it: apt install ${packageName}, or brew install mosquitto.`,
  );
}

async function prepareMongod(): Promise<string | undefined> {
  if (process.env[SKIP_MONGODB] === "skip") {
    say(`mongod: not looked for, the MongoDB tests are LEFT OUT (${SKIP_MONGODB}=skip)`);
    return undefined;
  }
  const found = needed(await findMongod(say), NO_MONGOD);
  say(`mongod: ${found}`);
  return found;
}

async function prepare(): Promise<Tools> {
  prepareAddress();
  return {
    browser: needed(
      findOrInstall("browser", findBrowser, () => downloadBrowser() || apt("chromium")),
      "The tests need a Chromium. Install Chromium or Chrome, or name one with AERIE_TEST_BROWSER.",
    ),
    mosquittoPub: findMosquitto("mosquitto_pub"),
    mosquittoSub: findMosquitto("mosquitto_sub"),
    mosquittoRr: findMosquitto("mosquitto_rr"),
    mosquitto: findMosquitto("mosquitto", "mosquitto"),
    pahoPython: needed(
      findOrInstall("python with paho-mqtt", findPahoPython, () => apt("python3-paho-mqtt")),
      "The tests need Python's paho-mqtt. Install it: apt install python3-paho-mqtt, or pip install paho-mqtt.",
    ),
    curl: needed(
      findOrInstall(
        "curl",
        () => onPath("curl"),
        () => apt("curl"),
      ),
      "The tests need curl. Install it: apt install curl (or your system's like).",
    ),
    nginx: needed(
      findOrInstall(
        "nginx",
        () => onPath("nginx"),
        () => withoutServices(() => apt("nginx")),
      ),
      "The tests need nginx. Install it: apt install nginx, or brew install nginx.",
    ),
    openssl: needed(
      findOrInstall(
        "openssl",
        () => onPath("openssl"),
        () => apt("openssl"),
      ),
      "The tests need openssl. Install it: apt install openssl (or your system's like).",
    ),
    strace: findStrace(),
    mongod: await prepareMongod(),
  };
}

try {
  const tools = await prepare();
  mkdirSync(path.dirname(TOOLS_FILE), { recursive: true });
  writeFileSync(TOOLS_FILE, `${JSON.stringify(tools, undefined, 2)}\n`);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
