/** Why the hub cannot start, in words for its owner. Ends the process; never crosses a wire. */
export class StartError extends Error {
  /** 2: the settings are wrong; 1: the machine is not as needed. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2, cause?: unknown) {
    super(message, { cause });
    this.name = "StartError";
    this.exitCode = exitCode;
  }
}
