/** Why a command could not do what it was asked, in words for who asked. Ends the command; never crosses a wire. */
export class CommandFault extends Error {
  /** 2: it was asked wrongly; 130: it was stopped; 1: all else. */
  readonly exitCode: number;
  constructor(message: string, exitCode: 1 | 2 | 130 = 1) {
    super(message);
    this.name = "CommandFault";
    this.exitCode = exitCode;
  }
}
