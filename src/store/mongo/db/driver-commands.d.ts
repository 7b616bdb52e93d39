/** What the driver itself sends many documents with; it has no public way to send documents that are BSON already. */
declare module "mongodb/lib/cmap/commands.js" {
  /** Section kind 1 of OP_MSG. */
  export class DocumentSequence {
    constructor(field: string);
    /** Kind, size, name of the field, and the documents; asked once, and copied before anything else is done. */
    toBin(): Uint8Array;
  }
}
