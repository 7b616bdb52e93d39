/** Connects to the hub of a data directory through its socket, or serves the store itself where no hub runs. */
import { existsSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import type { Config } from "../../config/settings.ts";
import { CONTROL_SOCKET } from "../../contract/control/control.ts";
import type { Problem } from "../../contract/problem.ts";
import { StartError } from "../../core/model/start-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { shortPath } from "../../platform/local-socket.ts";
import { STORE_FILE } from "../../store/sqlite/db/store-file.ts";
import { CommandFault } from "./command-fault.ts";
import type { CommandWorld } from "./command-world.ts";
import type { OwnHub, OwnHubOptions } from "./own-hub.ts";

export interface HubLink {
  /** No hub is running: this process serves the store. */
  readonly isOwn: boolean;
  /** The answer's JSON. With a body the method is POST where none is given. Rejects with a CommandFault that has the hub's message. */
  ask<Answer>(route: string, body?: Body, method?: string): Promise<Answer>;
  /** The answer's bytes as they come. */
  stream(route: string): Promise<IncomingMessage>;
  close(): Promise<void>;
}

export interface Body {
  readonly type: string;
  readonly text: string;
}

export interface LinkOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** The command changes the store: where there is none, one is made, and this tells the user so. */
  readonly changes?: Pick<CommandWorld, "say">;
  /** The command stores readings. */
  readonly imports?: boolean;
}

/** A hub that starts holds its lock before it listens. */
const STARTING_MS = 10_000;
const ASK_AGAIN_MS = 100;

export async function linkToHub({ config, clock, changes, imports = false }: LinkOptions): Promise<HubLink> {
  const socket = shortPath(path.join(config.dataDir, CONTROL_SOCKET));
  try {
    if (await isListening(socket.path)) return createLink(socket, undefined);
    const isNew = !existsSync(path.join(config.dataDir, STORE_FILE));
    if (changes === undefined && isNew) {
      throw new CommandFault(`${config.dataDir} has no data of a hub. Name the hub's data directory with --data-dir.`);
    }
    const own = await openOrWait({ config, clock, changes: changes !== undefined, imports }, socket.path);
    if (isNew && own !== undefined && config.mongodbUrl === "") {
      changes?.say(
        `${config.dataDir} had no hub, so a new one was created there. To use another hub, name its data directory with --data-dir.`,
      );
    }
    return createLink(socket, own);
  } catch (error) {
    socket.remove();
    throw error;
  }
}

/** Undefined: a hub was just starting, and listens now. */
async function openOrWait(options: OwnHubOptions, socketPath: string): Promise<OwnHub | undefined> {
  const { openOwnHub } = await import("./own-hub.ts"); // most of the hub: who asks a running one needs none of it
  const { clock } = options;
  const untilMs = clock.monotonicMs() + STARTING_MS;
  for (;;) {
    try {
      return await openOwnHub(options);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      if (!error.isTaken || clock.monotonicMs() > untilMs) throw error;
    }
    await new Promise<void>((resolve) => void clock.after(ASK_AGAIN_MS, resolve));
    if (await isListening(socketPath)) return undefined;
  }
}

function createLink(socket: ReturnType<typeof shortPath>, own: OwnHub | undefined): HubLink {
  const agent = new Agent({ keepAlive: true });

  function send(route: string, body?: Body, method = body === undefined ? "GET" : "POST"): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = request({
        socketPath: socket.path,
        agent,
        path: route,
        method,
        headers:
          body === undefined ? {} : { "Content-Type": body.type, "Content-Length": Buffer.byteLength(body.text) },
      });
      asked.on("response", resolve);
      asked.on("error", (cause) =>
        reject(
          new CommandFault(`The hub does not answer: ${cause.message}. Look into its log, then run the command again.`),
        ),
      );
      asked.end(body?.text);
    });
  }

  return {
    isOwn: own !== undefined,
    ask: async <Answer>(route: string, body?: Body, method?: string): Promise<Answer> => {
      const response = await send(route, body, method);
      const text = await wholeText(response);
      if (!isGood(response)) throw faultOf(text);
      return (text === "" ? undefined : JSON.parse(text)) as Answer;
    },
    stream: async (route) => {
      const response = await send(route);
      if (!isGood(response)) throw faultOf(await wholeText(response));
      return response;
    },
    close: async () => {
      agent.destroy();
      await own?.close();
      socket.remove();
    },
  };
}

const isGood = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

async function wholeText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch (cause) {
    throw new CommandFault(
      `The connection to the hub broke before its answer was complete: ${(cause as Error).message}. If the hub still runs, run the command again.`,
    );
  }
  return Buffer.concat(parts).toString();
}

function faultOf(text: string): CommandFault {
  const { code, title, detail, errors = [] } = JSON.parse(text) as Problem;
  if (code === "COMMAND_FAILED" && detail !== undefined) return new CommandFault(`${title}: ${detail}`);
  const fields = errors.map(({ field, message }) => `${field}: ${message}`);
  return new CommandFault([title, ...(detail === undefined ? [] : [detail]), ...fields].join("\n  "));
}

/** Rejects with a CommandFault where a hub listens that this user may not ask. */
function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EACCES" || code === "EPERM") {
        reject(
          new CommandFault("The hub that uses this data directory runs as another user. Run the command as that user."),
        );
      } else resolve(false);
    });
  });
}
