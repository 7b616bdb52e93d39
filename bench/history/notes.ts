/** Says under the tables of history how their figures came about. */
import type { HistoryOptions } from "./options.ts";

export const notes = ({ pairs }: HistoryOptions): string => `  How this was measured
  - In process: the store as it was built, its two threads, calls of its port; each append waits for its fsync. Only
    "start" and "rules" start a hub. ${pairs} runs or interleaved pairs; charts 15 calls, no two alike, after two to warm up.
  - Boards report 14 metrics each 5 s or 300 s, a few ms off; half of them give their own instant. Quiet: half of the metrics
    constant, the others change with a chance of 5 – 50 % in 5 s, by a step of the resolution.
    Noisy: all vary each time by sensor noise (deviation 0.15 °C, 0.3 % humidity, 0.2 – 0.3 ppm of gases, 8 ppm CO₂).
  - The load is a third quiet and a third noisy boards of 5 s, a third boards of 300 s, half of them quiet. Readings
    come in the order of simulated time, 800 an append, two appends in flight, each simulated hour device states are
    saved and upkeep is called until nothing is left to do, while appends go on.
  - Ingest, full and empty: 40,000 readings wait to be sealed, all before them are sealed. Upkeep is paced as the hub does it
    while readings come: a step, then a pause nine times as long.
  - A sealed reading is its share of the segments' bodies; the whole database is the file of a store that was closed:
    hot rows, indexes, rollups and free pages.
  - Acknowledgements are counted from when their append was due. With upkeep, paced and then step after step: 40,000
    readings wait to be sealed, and raw retention is shortened so that some days go; samples end when nothing is left to do.
  - MongoDB: one mongod on the same machine, no replica set, 0.5 GB of cache; readings, hours and days as the hub writes them, journalled
    with w: 1. Bytes are what the server says of its files and indexes after an fsync.
`;
