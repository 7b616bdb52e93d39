/** The errors that HTTP answers: a closed list of codes. */

export const ERRORS = {
  REQUEST_INVALID: { status: 400, text: "The request is invalid" },
  LOGIN_NEEDED: { status: 401, text: "Sign in, or send a token, to see this" },
  LOGIN_FAILED: { status: 401, text: "Wrong user name or password" },
  TABLET_LINK_WRONG: {
    status: 401,
    text: "This link is unknown, was revoked, or is not of the level viewer; make a new one in the view",
  },
  LEVEL_TOO_LOW: { status: 403, text: "This account or token may not do this; ask an owner of the hub" },
  ACCOUNT_NEEDED: {
    status: 403,
    text: "This hub has no account yet, so this computer may read and publish, and no more. Make an account with the link that the hub printed in its terminal",
  },
  CSRF_FAILED: { status: 403, text: "The request does not come from a page of this hub; reload the page" },
  SETUP_CODE_WRONG: {
    status: 403,
    text: "This link has expired or was used. If the hub has an account already, sign in; otherwise restart the hub to get a new link",
  },
  ORIGIN_FOREIGN: {
    status: 403,
    text: "Web pages of this origin may not use the hub. To allow it, restart the hub with AERIE_CORS_ORIGINS=<origin>",
  },
  HOST_FOREIGN: {
    status: 403,
    text: "This hub does not answer to this host name. Open the hub by its IP address, or restart it with AERIE_HOST_NAMES=<this name>",
  },
  ROUTE_UNKNOWN: { status: 404, text: "No such address" },
  ACCOUNTS_OFF: {
    status: 404,
    text: "This hub runs without accounts and secrets; start it with AERIE_AUTH=on to use them",
  },
  DEVICE_UNKNOWN: { status: 404, text: "No such device" },
  ACCOUNT_UNKNOWN: { status: 404, text: "No such account, token or credential" },
  NOT_WAITING: { status: 404, text: "This board is no longer waiting; it tries again while the join window is open" },
  DEVICE_EXISTS: {
    status: 409,
    text: "A device with this id exists already; if it is this board, give it a new secret, else choose another id",
  },
  BOARD_NOT_FREE: {
    status: 409,
    text: "This board already replaces another device, or was replaced itself. Undo that replacement first, or choose another board",
  },
  FORMER_SECRET_TAKEN: {
    status: 409,
    text: "The topics or the name of the former board belong to another board's secret by now. Change that board's name or prefix, or remove its secret, then undo",
  },
  NOTHING_TO_UNDO: {
    status: 409,
    text: "There is no replacement of this device to undo: it can be undone for 7 days. To use the former board again, replace the current board with it",
  },
  DEVICE_HAS_SECRET: { status: 409, text: "This device already has a secret; give it a new one, or choose another id" },
  PASSWORD_TOO_SHORT: {
    status: 409,
    text: "The board's own password is too short to be its secret; give it a new secret",
  },
  TOPICS_TAKEN: {
    status: 409,
    text: "The topics of this board would be those of something else; choose another name or prefix",
  },
  NAME_TAKEN: { status: 409, text: "This name is taken; choose another" },
  LAST_OWNER: { status: 409, text: "A hub needs at least one owner; make another account owner first" },
  RETAINED_UNKNOWN: { status: 404, text: "On this topic nothing is retained that can be removed" },
  TOO_MANY_WATCHERS: { status: 409, text: "Ten pages watch messages already; close one of them" },
  CLIENT_UNKNOWN: { status: 404, text: "No client with this id is connected" },
  MAPPING_UNKNOWN: { status: 404, text: "No such mapping" },
  TOPIC_TAKEN: { status: 409, text: "These topics are read already; change the topic of the mapping" },
  TOO_MANY_MAPPINGS: {
    status: 409,
    text: "A hub has at most 200 mappings; remove one, or let one take several topics",
  },
  RULE_UNKNOWN: { status: 404, text: "No such rule" },
  TOO_MANY_RULES: {
    status: 409,
    text: "A hub has at most 1,000 rules; remove one, or let one rule hold for several devices",
  },
  ALERT_UNKNOWN: { status: 404, text: "No such alert fires now. What has fired before is in the alert log" },
  SILENCE_UNKNOWN: { status: 404, text: "No such silence; it may have ended" },
  TOO_MANY_SILENCES: {
    status: 409,
    text: "A hub has at most 1,000 silences at a time; end one, or silence a whole rule or device",
  },
  CHANNEL_UNKNOWN: { status: 404, text: "No such channel" },
  TOO_MANY_CHANNELS: { status: 409, text: "A hub has at most 50 channels; remove one" },
  DERIVED_UNKNOWN: { status: 404, text: "No such derived metric" },
  DERIVED_TAKEN: { status: 409, text: "Of some of these devices this metric is derived already" },
  DERIVED_USED: { status: 409, text: "Another derived metric is computed from this one; change that one first" },
  TOO_MANY_DERIVED: { status: 409, text: "A hub has at most 200 derived metrics; remove one" },
  VIEW_UNKNOWN: { status: 404, text: "No such view" },
  TOO_MANY_VIEWS: { status: 409, text: "A hub has at most 50 views; remove one" },
  EXPECTATION_UNKNOWN: { status: 417, text: "The hub supports no other Expect header than 100-continue" },
  BODY_TOO_LARGE: { status: 413, text: "The request's body is too large" },
  TOO_MANY_REQUESTS: {
    status: 429,
    text: "Too many requests from this address; wait a little (AERIE_MAX_REQUESTS_PER_MINUTE)",
  },
  TOO_MANY_LARGE_REQUESTS: {
    status: 429,
    text: "Too many charts, pages of readings, lists of devices or exports at once; wait until some are answered",
  },
  LOGIN_DELAYED: { status: 429, text: "Too many wrong passwords from this address; wait a little" },
  LOGIN_BUSY: { status: 429, text: "Too many people sign in at the same time; try again in a moment" },
  INTERNAL: { status: 500, text: "The hub failed to answer; its log says why" },
  ACCESS_NOT_SAVED: {
    status: 503,
    text: "Nothing was changed: access.json in the data directory cannot be written. Free disk space or fix the file's permissions, then try again",
  },
  REVOKED_NOT_SAVED: {
    status: 503,
    text: "Revoked, but not saved yet: if the hub crashes now, it works again. Free disk space or fix the permissions of access.json in the data directory. The hub tries again by itself; /readyz has a warning until it is saved",
  },
  STORE_UNAVAILABLE: { status: 503, text: "The hub's database does not answer. The hub's log and /readyz say why" },
  /** Over the socket of the command line only, with the store's own message as its detail. */
  COMMAND_FAILED: { status: 503, text: "The command failed" },
} as const;

export type ErrorCode = keyof typeof ERRORS;
