/** Answers to what is broken below the routes: bytes that are no HTTP, headers without end. */
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../errors.ts";

interface ClientError {
  code?: string;
  message: string;
}

/**
 * Refuses in the contract's form and closes: where the parser stopped, no further request begins.
 * Statuses that no client of the contract knows, such as 431, are 400.
 */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const late = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const refusal = new Refusal("INVALID_INPUT", causeOf(error));
  const body = JSON.stringify(refusal.body());
  const head = [
    late ? "HTTP/1.1 408 Request Timeout" : "HTTP/1.1 400 Bad Request",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  if (!socket.writable) socket.destroy();
  // A client that goes on sending must not keep the socket.
  else socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

function causeOf({ code, message }: ClientError): string {
  if (code === "HPE_HEADER_OVERFLOW") return "the headers are larger than the limit";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "the request took too long to arrive";
  return `the request is not valid HTTP (${message})`;
}

/** Serves a request whatever it expects: 417 without a body is an answer that no client reads. */
export function ignoreExpectations(app: FastifyInstance): void {
  app.server.on("checkExpectation", (request, response) => app.routing(request, response));
}
