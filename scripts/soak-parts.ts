/** The parts of `npm run soak`: which file each runs, and what makes it long. `npm test` runs the same files in their short form. */

export interface SoakPart {
  readonly name: string;
  /** For the list. */
  readonly what: string;
  readonly file: string;
  /** What is set outside wins. */
  readonly env: Readonly<Record<`AERIE_TEST_${string}`, string>>;
}

export const SOAK_PARTS: readonly SoakPart[] = [
  {
    name: "house",
    what: "a simulated week of a house with boards of all families and habits, and the alert rules that are on from the start",
    file: "test/unit/core/alerts/week-of-a-house.test.ts",
    env: { AERIE_TEST_HOUSE_DAYS: "7" },
  },
  {
    name: "kill",
    what: "200 SIGKILLs while boards send readings",
    file: "test/process/durability/kill.test.ts",
    env: { AERIE_TEST_KILLS: "200" },
  },
  {
    name: "hub-file-kill",
    what: "200 SIGKILLs while boards announce themselves",
    file: "test/process/durability/hub-file-kill.test.ts",
    env: { AERIE_TEST_KILLS: "200" },
  },
  {
    name: "notification-kill",
    what: "100 SIGKILLs on either store, some between a commit and its judgement or while MongoDB is away, while alerts are sent to receivers that are slow, fail, hang or cut the connection",
    file: "test/process/durability/notification-kill.test.ts",
    env: { AERIE_TEST_KILLS: "100" },
  },
  {
    name: "history-kill",
    what: "300 SIGKILLs while readings are sealed, rolled up, deleted and erased",
    file: "test/process/durability/history-kill.test.ts",
    env: { AERIE_TEST_HISTORY_KILLS: "300" },
  },
  {
    name: "history",
    what: "200 random histories of each kind: readings in any order, sealed, erased, forgotten, restarted",
    file: "test/contract/sqlite-store.test.ts",
    env: { AERIE_TEST_HISTORY_RUNS: "200" },
  },
  {
    name: "history-mongodb",
    what: "200 random histories of each kind on MongoDB",
    file: "test/contract/mongo-store.test.ts",
    env: { AERIE_TEST_HISTORY_RUNS: "200" },
  },
  {
    name: "replica-set",
    what: "the whole contract of stores on a replica set, with 100 random histories of each kind",
    file: "test/contract/mongo-replica-set.test.ts",
    env: { AERIE_TEST_REPLICA_SET: "whole", AERIE_TEST_HISTORY_RUNS: "100" },
  },
  {
    name: "broker-memory",
    what: "200 SIGKILLs on either store while the broker has sessions, queues and retained messages to keep",
    file: "test/process/load/broker-memory.test.ts",
    env: { AERIE_TEST_KILLS: "200" },
  },
  {
    name: "fault-campaign",
    what: "30 minutes of faults at random on a hub under load",
    file: "test/process/durability/fault-campaign.test.ts",
    env: { AERIE_TEST_FAULTS_S: "1800" },
  },
  {
    name: "power-cut",
    what: "500 power cuts replayed on what a hub under load asked of its disk",
    file: "test/process/durability/power-cut.test.ts",
    env: { AERIE_TEST_CUTS: "500" },
  },
  {
    name: "refused-sockets",
    what: "100 of each refused HTTP request with each way to end its connection, over HTTP, HTTPS and the control socket",
    file: "test/process/load/refused-sockets.test.ts",
    env: { AERIE_TEST_REFUSED_SOCKETS: "100" },
  },
  {
    name: "wrong-clock",
    what: "5,000 histories of starts, jumps of the clock and kills, and what is promised meanwhile",
    file: "test/unit/core/time/wrong-clock.test.ts",
    env: { AERIE_TEST_HISTORIES: "5000" },
  },
  {
    name: "alert-histories",
    what: "20,000 histories of readings, silences, jumps of the clock and kills, against a count of what should have fired",
    file: "test/unit/core/alerts/alert-model.test.ts",
    env: { AERIE_TEST_ALERT_HISTORIES: "20000" },
  },
  {
    name: "damaged-pages",
    what: "200 starts on a database or a log with random bytes damaged",
    file: "test/contract/damage/random-damage.test.ts",
    env: { AERIE_TEST_DAMAGED_PAGES: "200" },
  },
  {
    name: "hub-file-damage",
    what: "200 starts on a hub.db with a damaged page",
    file: "test/contract/hub-file/hub-file-damage.test.ts",
    env: { AERIE_TEST_DAMAGED_PAGES: "200" },
  },
  {
    name: "fuzz",
    what: "20,000 odd sequences of packets",
    file: "test/process/load/fuzz.test.ts",
    env: { AERIE_TEST_SEQUENCES: "20000" },
  },
  {
    name: "discovery",
    what: "10,000 odd discovery documents with messages of their topics, and 10,000 odd templates",
    file: "test/unit/dialects/home-assistant/odd-documents.test.ts",
    env: { AERIE_TEST_DOCUMENTS: "10000" },
  },
  {
    name: "storm",
    what: "30 s of silent, dripping and rushing clients",
    file: "test/process/load/storm.test.ts",
    env: { AERIE_TEST_STORM_S: "30" },
  },
  {
    name: "frozen-reader",
    what: "floods of 400 MB at subscribers that stop reading or never acknowledge",
    file: "test/process/load/frozen-reader.test.ts",
    env: { AERIE_TEST_FLOOD_MB: "400" },
  },
  {
    name: "reconnect-storm",
    what: "5,000 boards with secrets that reconnect at once",
    file: "test/process/load/reconnect-storm.test.ts",
    env: { AERIE_TEST_BOARDS: "5000" },
  },
  {
    name: "first-minutes",
    what: "from a clone to a chart that moves, npm ci included",
    file: "test/browser/first-minutes.test.ts",
    env: { AERIE_TEST_INSTALL: "npm" },
  },
  {
    name: "every-page",
    what: "each page of the dashboard, empty, full and without its hub, at three sizes in both themes",
    file: "test/browser/every-page.test.ts",
    env: { AERIE_TEST_LOOKS: "all" },
  },
  {
    name: "page-memory",
    what: "8 simulated hours of readings on open pages of the dashboard, and what they hold then",
    file: "test/browser/page-memory.test.ts",
    env: { AERIE_TEST_PAGE_HOURS: "8" },
  },
  {
    name: "mongodb-kill",
    what: "100 SIGKILLs of MongoDB while the hub writes into it",
    file: "test/process/durability/mongodb-kill.test.ts",
    env: { AERIE_TEST_KILLS: "100" },
  },
  {
    name: "mongodb-outage",
    what: "10 outages of MongoDB of each kind, of half a minute each, under 2,000 readings a second",
    file: "test/process/durability/mongodb-outage.test.ts",
    env: { AERIE_TEST_OUTAGES: "10", AERIE_TEST_OUTAGE_S: "30", AERIE_TEST_READINGS_PER_S: "2000" },
  },
  {
    name: "mongodb-sessions",
    what: "10 outages of MongoDB while the broker has sessions to keep",
    file: "test/process/durability/mongodb-sessions.test.ts",
    env: { AERIE_TEST_OUTAGES: "10" },
  },
];
