/** Compression, for clients that ask for it: the .NET client does not and could not read it. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { limits } from "../limits.ts";

const compress = promisify(gzip);

/** True where an `Accept-Encoding` names gzip and does not exclude it. */
export function acceptsGzip(accepted: string | undefined): boolean {
  return (accepted ?? "").split(",").some((part) => {
    const [coding = "", ...parameters] = part.toLowerCase().split(";");
    const isExcluded = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return coding.trim() === "gzip" && !isExcluded;
  });
}

/** The body compressed; undefined where that is not worth it. */
export async function gzipped(body: Buffer): Promise<Buffer | undefined> {
  if (body.length < limits.gzipBytes) return undefined;
  return compress(body);
}
