/** Why the hub cannot start, in words for its owner. Ends the process; never crosses a wire. */
export class StartError extends Error {
  /** 2: the settings are wrong; 1: the machine is not as needed. */
  readonly exitCode: 1 | 2;
  /** Another process holds the data directory. */
  readonly isTaken: boolean;
  constructor(message: string, exitCode: 1 | 2, cause?: unknown, isTaken = false) {
    super(message, { cause });
    this.name = "StartError";
    this.exitCode = exitCode;
    this.isTaken = isTaken;
  }
}
