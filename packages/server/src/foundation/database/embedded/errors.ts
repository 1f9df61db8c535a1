export type DataFolderCode =
  | "IN_USE"
  | "UNKNOWN_VERSION"
  | "NOT_OURS"
  | "NOT_WRITABLE"
  | "DATABASE_MISSING"
  | "OTHER_OWNER"
  | "UNREADABLE_BY_POSTGRES"
  | "NO_UNPRIVILEGED_USER"
  | "NO_SOCKET_FOLDER"
  | "UNSAFE_FOLDER"
  | "BINARIES_INCOMPLETE"
  | "UNSUPPORTED_PLATFORM"
  | "START_FAILED";

/**
 * Why the embedded database cannot be opened. `message` says what happened and why, `nextStep`
 * what a person can do about it; both are whole sentences, meant to be shown as they are.
 */
export class DataFolderError extends Error {
  readonly code: DataFolderCode;
  readonly nextStep: string;

  constructor(code: DataFolderCode, message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataFolderError";
    this.code = code;
    this.nextStep = nextStep;
  }
}

/** The system's error code (`ENOENT`, `EACCES`, ...) or PostgreSQL's (`57P03`), if there is one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const REFUSED_BY_SYSTEM: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of its path is not a folder",
};

/** Turns the system's refusals into an error with a next step; anything else passes unchanged. */
export function explain(error: unknown, dataDir: string): unknown {
  const reason = REFUSED_BY_SYSTEM[codeOf(error) ?? ""];
  if (!(error instanceof Error) || reason === undefined) return error;
  const path = "path" in error && typeof error.path === "string" ? error.path : dataDir;
  return new DataFolderError(
    "NOT_WRITABLE",
    `The data folder ${dataDir} cannot be used: ${reason} (${path}).`,
    "Make the folder writable for the user that runs Kontor, or name another folder " +
      "in KONTOR_DATA_DIR.",
    { cause: error },
  );
}
