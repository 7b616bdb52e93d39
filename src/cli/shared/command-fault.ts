/** Why a command failed, in words for the user. It ends the command. */
export class CommandFault extends Error {
  /** 2: wrong arguments or settings; 130: stopped by the user; 1: everything else. */
  readonly exitCode: number;
  constructor(message: string, exitCode: 1 | 2 | 130 = 1) {
    super(message);
    this.name = "CommandFault";
    this.exitCode = exitCode;
  }
}
