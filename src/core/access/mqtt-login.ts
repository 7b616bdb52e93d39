/** How an MQTT client logs in, and what the hub makes of it. */
import type { RefusalCode } from "../../contract/refusals.ts";
import { ANYBODY, type MqttIdentity } from "./mqtt-access.ts";

export interface MqttLogin {
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: string | undefined;
  readonly address: string | undefined;
  /** It comes from the hub's own computer. */
  readonly isOfOwnComputer: boolean;
}

export type Identified =
  | {
      readonly ok: true;
      readonly who: MqttIdentity;
      /** The credential, which may be used with several client ids; undefined: accounts are off. */
      readonly owner: string | undefined;
      /** Its client id is its secret: it is known by its credential instead. */
      readonly isClientIdSecret?: true;
    }
  | {
      readonly ok: false;
      readonly code: RefusalCode;
      readonly detail: string;
      /** Whose credential it tried; left out: of nobody that the hub knows. */
      readonly deviceId?: string;
    };

/**
 * Identifies a client. Asynchronous only for a password that was chosen by a person, which is verified slowly, and for a first login
 * of which something is written.
 */
export type IdentifyClient = (login: MqttLogin) => Identified | Promise<Identified>;

/** There are no accounts. */
export const identifyAnybody: IdentifyClient = () => ({ ok: true, who: ANYBODY, owner: undefined });

type Names = Pick<MqttLogin, "clientId"> & Partial<Pick<MqttLogin, "userName" | "password">>;

/** Without a password the user name is one: the access token of a ThingsBoard client. It is never shown, logged or stored. */
export const shownUserName = ({ userName, password }: Names): string | undefined =>
  password === undefined || password === "" ? undefined : userName;

/** The device that a client claims to be. */
export const nameIn = (login: Names): string => shownUserName(login) || login.clientId;
