/** What the lists of normative statements hold, one list a version of the standard. */

interface Named {
  /** As the standard has it: `MQTT-3.1.2-14`. */
  readonly id: string;
  /** One line, in our own words. */
  readonly summary: string;
}

/** Has a test whose title begins with its number: `test("[MQTT-3.1.2-14] …")`, or with several: `"[MQTT-…] [MQTT-…] …"`. */
interface Tested extends Named {
  readonly state: "tested";
}

/** `not-testable`: a client's duty, or nothing that shows outside. `not-held`: this broker does otherwise. */
interface Untested extends Named {
  readonly state: "not-testable" | "not-held";
  readonly why: string;
}

export type Statement = Tested | Untested;
