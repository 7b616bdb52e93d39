/** Who uses this page: requested from the hub, signed in and out. */
import { computed, signal } from "@preact/signals";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import { LEVELS, type Level } from "../../../src/contract/levels.ts";
import { hubZone } from "../preferences/time-zone.ts";
import { linkToken } from "../tablet/link-token.ts";
import {
  deleteSession,
  getSession,
  type HubFault,
  onLoginNeeded,
  postSession,
  postSetup,
  postTablet,
  setCsrf,
  toFault,
  UNREACHABLE,
} from "./api.ts";

/** Undefined: the hub has not said yet. */
export const session = signal<SessionAnswer | undefined>(undefined);
/** Why the link of a wall tablet did not let it in. */
export const tabletFault = signal<HubFault | undefined>(undefined);
/** Why it could not be asked. */
export const sessionFault = signal<HubFault | undefined>(undefined);

/** May see what the hub stores. */
export const isIn = computed(() => reaches("viewer"));

export const reaches = (level: Level): boolean =>
  session.value !== undefined && LEVELS.indexOf(session.value.level) >= LEVELS.indexOf(level);

const ASK_AGAIN_MS = 3_000;

export function startSession(): void {
  onLoginNeeded(() => {
    if (session.peek()?.level !== "nobody") void askSession();
  });
  void askSession();
  // A link may be opened in a page that is there already.
  linkToken.subscribe((token) => {
    if (token !== undefined && session.peek() !== undefined) void askSession();
  });
}

let underWay: Promise<void> | undefined;
let again: ReturnType<typeof setTimeout> | undefined;

/** One request at a time, until the hub answers. */
export function askSession(): Promise<void> {
  underWay ??= askOnce().finally(() => {
    underWay = undefined;
  });
  return underWay;
}

async function askOnce(): Promise<void> {
  clearTimeout(again);
  try {
    const answer = await getSession();
    setCsrf(answer.csrf);
    take((await letTabletIn(answer)) ?? answer);
  } catch (thrown) {
    sessionFault.value = toFault(thrown);
    again = setTimeout(() => void askSession(), ASK_AGAIN_MS);
  }
}

/** By the token of its link. A person who is signed in stays so. Undefined: there is none, or it is refused. */
async function letTabletIn({ auth, level, isTablet }: SessionAnswer): Promise<SessionAnswer | undefined> {
  const token = linkToken.peek();
  if (token === undefined || auth !== "on" || (level !== "nobody" && isTablet !== true)) return undefined;
  try {
    const answer = await postTablet(token);
    tabletFault.value = undefined;
    linkToken.value = undefined;
    return answer;
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.code === UNREACHABLE) throw fault;
    if (fault.code === "TABLET_LINK_WRONG") linkToken.value = undefined;
    tabletFault.value = fault;
    return undefined;
  }
}

function take(answer: SessionAnswer): void {
  sessionFault.value = undefined;
  setCsrf(answer.csrf);
  hubZone.value = answer.timeZone;
  session.value = answer;
}

export const signIn = async (name: string, password: string): Promise<void> =>
  take(await postSession({ name, password }));

export const setUp = async (code: string, name: string, password: string): Promise<void> =>
  take(await postSetup({ code, name, password }));

/** What was on screen must not stay in memory behind it. */
export async function signOut(): Promise<void> {
  await deleteSession().catch((thrown: unknown) => {
    if (toFault(thrown).code !== "REVOKED_NOT_SAVED") throw thrown;
  });
  location.reload();
}
