/** What a recipe is: what to put on a board of one kind, so that it reaches this hub. */
import type { PresetName } from "../../../../src/contract/application-presets.ts";
import type { CredentialFamily } from "../../../../src/contract/families.ts";

export interface BoardCode {
  readonly host: string;
  readonly port: number;
  /** As the board calls itself in its topics; a native board's device id. */
  readonly name: string;
  /** MQTT user name. */
  readonly login: string;
  readonly secret: string;
  /** Never leave the page. */
  readonly wifiName: string;
  readonly wifiPassword: string;
}

export interface Recipe {
  /** The button. */
  readonly kind: string;
  /** `application`: a program that speaks for many devices. */
  readonly family: CredentialFamily | "application";
  /** The field for its name. */
  readonly nameLabel: string;
  readonly placeholder: string;
  /** Where the name is found or chosen. */
  readonly nameHelp: string;
  /** Where the text below goes. */
  readonly where: string;
  readonly asksWifi?: boolean;
  /** Of an application: which topics it may use. */
  readonly preset?: PresetName;
  text(board: BoardCode): string;
}

/** Of C, C++, Python and JSON. */
export const quoted = (text: string): string => JSON.stringify(text);

/** One word of a POSIX shell. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
