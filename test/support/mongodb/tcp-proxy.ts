/** A TCP proxy before a MongoDB server that cuts connections where it hurts. Understands where a message ends, and no more. */
import { createServer, type Socket, connect as tcpConnect } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** Of the next so many writes to a collection: each is cut before the server has it, or after it did and before its answer. */
  cut(where: "before" | "after", times: number, collection?: string): void;
  /** Cuts that were made. */
  cuts(): number;
  /** Takes everything and answers nothing, until `pass`, which ends those connections. */
  swallow(): void;
  pass(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  const wanted: { where: "before" | "after"; collection: string }[] = [];
  let made = 0;
  let swallows = false;

  const listener = createServer((client) => {
    const server = tcpConnect(targetPort, "127.0.0.1");
    const pair = { client, server };
    pairs.add(pair);
    /** The server's next words are not passed on. */
    let isDeaf = false;
    let rest = Buffer.alloc(0);
    const end = (): void => {
      client.destroy();
      server.destroy();
      pairs.delete(pair);
    };
    for (const socket of [client, server]) socket.on("error", end).on("close", end);
    client.on("data", (data) => {
      if (swallows) return;
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const length = rest.length < 4 ? Number.POSITIVE_INFINITY : rest.readInt32LE(0);
        if (rest.length < length) return;
        const message = rest.subarray(0, length);
        rest = rest.subarray(length);
        const next = wanted[0];
        const where = next !== undefined && isWriteTo(next.collection, message) ? wanted.shift()?.where : undefined;
        if (where !== undefined) made++;
        if (where === "before") return end();
        if (where === "after") isDeaf = true;
        server.write(message);
      }
    });
    server.on("data", (data) => {
      if (isDeaf) return end();
      if (!swallows) client.write(data);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const endAll = (): void => {
    for (const { client, server } of [...pairs]) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    port: address.port,
    cut: (where, times, collection = "readings") => {
      for (let i = 0; i < times; i++) wanted.push({ where, collection });
    },
    cuts: () => made,
    swallow: () => {
      swallows = true;
    },
    pass: () => {
      swallows = false;
      endAll();
    },
    close: async () => {
      endAll();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** OP_MSG with a document that begins with `insert: "readings"`, or another write and collection. */
function isWriteTo(collection: string, message: Buffer): boolean {
  const size = Buffer.alloc(4);
  size.writeInt32LE(collection.length + 1);
  const named = Buffer.concat([size, Buffer.from(`${collection}\0`)]);
  const begin = message.subarray(0, 80);
  return ["insert\0", "update\0", "delete\0"].some((verb) => begin.includes(Buffer.concat([Buffer.from(verb), named])));
}
