/** A vitest `globalSetup`: at most one mongod of each kind for all files of a run, started when the first file asks for it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { launchMongod, type Mongod } from "./mongod.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `shared-mongod.ts` asks. */
    mongodOfRun: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<string, Promise<Mongod>>();
  const server = createServer((request, response) => {
    const kind = request.url ?? "";
    const mongod = running.get(kind) ?? launchMongod({ replicaSet: kind === "/replica-set" });
    running.set(kind, mongod);
    mongod.then(
      ({ url, port }) => response.end(JSON.stringify({ url, port })),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("mongodOfRun", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    const ended = [...running.values()].map(async (mongod) => (await mongod).dispose());
    await Promise.allSettled(ended);
  };
}
