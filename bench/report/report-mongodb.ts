/** The table of the section `mongodb`. */

import { figure } from "../helpers/figure.ts";
import { table } from "../helpers/table.ts";
import { ranged } from "../run/compared.ts";
import type { MongoResult, MongoRound } from "../sections/mongodb.ts";

export function mongodbTable({ rounds, missing }: MongoResult): string {
  const row = (title: string, digits: number, ...reads: (((round: MongoRound) => number) | undefined)[]): string[] => [
    title,
    ...reads.map((read) => (read === undefined ? "" : shown(rounds.map(read), digits))),
  ];
  const bare = ({ bare: run }: MongoRound): number => run.result.perSecond;
  const embedded = ({ embedded: run }: MongoRound): number => run.result.perSecond;
  const inMongo = ({ mongodb: run }: MongoRound): number => run.result.perSecond;
  const classic = ({ classic: run }: MongoRound): number => run?.perSecond ?? Number.NaN;
  const toBare =
    (read: (round: MongoRound) => number) =>
    (round: MongoRound): number =>
      read(round) / bare(round);
  const toClassic =
    (read: (round: MongoRound) => number) =>
    (round: MongoRound): number =>
      read(round) / classic(round);
  const rows = [
    ["durable ingest, QoS 1", "bare Aedes", "Aerie, embedded", "Aerie, MongoDB", "classic stack"],
    row("readings a second", 0, bare, embedded, inMongo, classic),
    row("× bare Aedes, by round", 3, undefined, toBare(embedded), toBare(inMongo), toBare(classic)),
    row("× classic stack, by round", 1, undefined, toClassic(embedded), toClassic(inMongo), undefined),
    row(
      "CPU µs a reading, its process",
      1,
      ({ bare: run }) => run.result.targetCpuUsAMessage,
      ({ embedded: run }) => run.result.targetCpuUsAMessage,
      ({ mongodb: run }) => run.result.targetCpuUsAMessage,
      undefined,
    ),
    row("CPU µs a reading, mongod", 1, undefined, undefined, ({ mongodb: run }) => run.mongodCpuUs, undefined),
    row(
      "PUBACK p99 ms",
      1,
      ({ bare: run }) => run.result.latency.p99Ms,
      ({ embedded: run }) => run.result.latency.p99Ms,
      ({ mongodb: run }) => run.result.latency.p99Ms,
      undefined,
    ),
    [
      "messages acknowledged",
      "",
      figure(total(rounds, ({ embedded: run }) => run.result.totalAcknowledged)),
      figure(total(rounds, ({ mongodb: run }) => run.result.totalAcknowledged)),
      figure(total(rounds, ({ classic: run }) => run?.documents ?? Number.NaN)),
    ],
    [
      "stored",
      "",
      figure(total(rounds, ({ embedded: run }) => run.stored ?? Number.NaN)),
      figure(total(rounds, ({ mongodb: run }) => run.stored ?? Number.NaN)),
      figure(total(rounds, ({ classic: run }) => run?.documents ?? Number.NaN)),
    ],
  ];
  return missing === undefined ? table(rows) : `${table(rows)}  ${missing}\n`;
}

const shown = (values: readonly number[], digits: number): string =>
  values.some((value) => Number.isNaN(value)) ? "–" : ranged(values, digits);

const total = (rounds: readonly MongoRound[], read: (round: MongoRound) => number): number =>
  rounds.reduce((sum, round) => sum + read(round), 0);
