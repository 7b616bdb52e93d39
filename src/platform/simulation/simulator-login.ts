/** The credential of the simulated boards: made for one run of their process, kept in memory only. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { ANYBODY, type MqttIdentity } from "../../core/access/mqtt-access.ts";
import { type Identified, type IdentifyClient, identifyAnybody } from "../../core/access/mqtt-login.ts";
import { SIMULATED_TOPICS } from "../../core/simulation/simulation.ts";
import type { Access } from "../access/open-access.ts";

const ID = "simulated-boards";
/** As the clients of applications are kept: no device id and no id of another application is like it. */
const OWNER = `@${ID}`;
const SECRET_BYTES = 24;

const WHO: MqttIdentity = { kind: "application", id: ID, publish: SIMULATED_TOPICS, subscribe: [] };

export interface SimulatorLogin {
  /** A new secret; the former one is revoked. Undefined: there are no accounts, and none is needed. */
  make(): { readonly userName: string; readonly password: string } | undefined;
  /** Revokes the secret. Answers the owner of the clients that came with it. */
  revoke(): string;
  readonly identify: IdentifyClient;
  identityOf(clientId: string): MqttIdentity | undefined;
}

/** Also lets in everybody whom `credentials` let in; undefined: there are no accounts. */
export function createSimulatorLogin(credentials: Access["credentials"] | undefined): SimulatorLogin {
  let secret: string | undefined;
  const isSecret = (password: string): boolean =>
    secret !== undefined &&
    password.length === secret.length &&
    timingSafeEqual(Buffer.from(password), Buffer.from(secret));
  const known: Identified = { ok: true, who: WHO, owner: OWNER };
  return {
    make: () => {
      if (credentials === undefined) return undefined;
      secret = randomBytes(SECRET_BYTES).toString("base64url");
      return { userName: ID, password: secret };
    },
    revoke: () => {
      secret = undefined;
      return OWNER;
    },
    identify: (login) => {
      if (credentials === undefined) return identifyAnybody(login);
      const { userName, password = "" } = login;
      return userName === ID && isSecret(password) ? known : credentials.identify(login);
    },
    identityOf: (clientId) => {
      if (credentials === undefined) return ANYBODY;
      const isOurs = clientId.startsWith(`${OWNER}/`);
      return isOurs ? (secret === undefined ? undefined : WHO) : credentials.identityOf(clientId);
    },
  };
}
