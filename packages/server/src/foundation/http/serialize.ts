/** Writes answers strictly: only declared members, in the contract's names, as compiled schemas. */
import { type Operation, type ResponseBody, successStatus } from "@kontor/contract";
import compile from "fast-json-stringify";

export interface Rendered {
  status: number;
  contentType: string | undefined;
  body: Buffer;
}

export type Renderer = (value: unknown) => Rendered;

const empty = Buffer.alloc(0);

/** The renderer of an operation's ordinary success. Compiled once, at start. */
export function rendererOf(operation: Operation): Renderer {
  const status = successStatus(operation);
  const declared = operation.responses[status] as ResponseBody;
  if (declared === "empty") return () => ({ status, contentType: undefined, body: empty });
  if (declared === "pdf") {
    return (value) => ({
      status,
      contentType: "application/pdf",
      body: Buffer.from(value as Uint8Array),
    });
  }
  const stringify = compile(declared as object, { rounding: "trunc" });
  return (value) => ({
    status,
    contentType: "application/json; charset=utf-8",
    body: Buffer.from(stringify(value)),
  });
}
