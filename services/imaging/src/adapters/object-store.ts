/**
 * Where the bytes are kept: the files as they arrived, thumbnails, tiles. An object is named by its content (lower-case
 * hex SHA-256) and belongs to one practice; the same content in two practices is two objects.
 */
export interface ObjectStore {
  draft(practiceId: string): Promise<ObjectDraft>
  /** Throws where the object is missing, or is not what its name says. */
  read(practiceId: string, sha256: string): Promise<Buffer>
}

/** Objects that appear together or not at all. Close it in any case: what was not published is then gone. */
export interface ObjectDraft {
  /** A folder of this machine; every file added to it is named by its content. The decoder writes here as well. */
  readonly folder: string
  /** Returns the object's name. */
  add(bytes: Uint8Array): Promise<string>
  /** When this resolves, all of them will survive a power cut. */
  publish(): Promise<void>
  close(): Promise<void>
}
