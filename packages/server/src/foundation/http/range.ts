/** The part of a file that a client asks for, so that a broken download can go on. */

/** First and last byte, both included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Reads a `Range` header. undefined: the whole file, also for several ranges and for what is none,
 * which a server may ignore.
 */
export function rangeOf(
  header: string | undefined,
  length: number,
): ByteRange | "unsatisfiable" | undefined {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(" ", "") ?? "");
  const [, from = "", to = ""] = parts ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const tail = Number(to);
    return tail === 0 ? "unsatisfiable" : { first: Math.max(0, length - tail), last: length - 1 };
  }
  const first = Number(from);
  const last = to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (to !== "" && Number(to) < first) return undefined;
  return first >= length ? "unsatisfiable" : { first, last };
}
