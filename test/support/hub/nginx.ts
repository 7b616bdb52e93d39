/** nginx in front of a hub, on this machine. Gone when the test has ended. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { freePort, isListening } from "../network.ts";
import { readTools } from "../tools.ts";
import { until } from "../until.ts";
import { tempDir } from "./hub.ts";

/** For each list of directives beside `proxy_pass`, the port of a server that has them. */
export async function startNginx(hubPort: number, ...locations: readonly (readonly string[])[]): Promise<number[]> {
  const dir = tempDir();
  const ports: number[] = [];
  for (const _ of locations) ports.push(await freePort());
  const servers = locations.map((directives, index) => {
    const location = [`proxy_pass http://127.0.0.1:${hubPort}`, ...directives].map((line) => `${line};`).join(" ");
    return `server { listen 127.0.0.1:${ports[index]}; location / { ${location} } }`;
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  const config = path.join(dir, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log; events {}\nhttp { access_log off; ${temporary.join(" ")}\n${servers.join("\n")} }\n`,
  );
  const child = spawn(readTools().nginx, ["-e", `${dir}/error.log`, "-c", config, "-p", dir], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  for (const port of ports) await until("nginx listens", () => isListening(port));
  return ports;
}
