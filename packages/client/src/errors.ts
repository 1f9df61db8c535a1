/** The service refused: the contract's error body with the status and ids of the call. */
export class ServiceFault extends Error {
  readonly status: number;
  readonly code: number | undefined;
  readonly data: readonly unknown[];
  readonly requestId: string;
  readonly operation: string;

  constructor(operation: string, status: number, requestId: string, body: unknown) {
    const fault = (typeof body === "object" && body !== null ? body : {}) as {
      code?: number | string;
      description?: string;
      message?: string;
      data?: unknown[];
    };
    const text = fault.description ?? fault.message ?? "no description";
    super(`${operation}: HTTP ${status}${fault.code ? `, code ${fault.code}` : ""}: ${text}`);
    this.name = "ServiceFault";
    this.status = status;
    this.code = fault.code === undefined ? undefined : Number(fault.code);
    this.data = fault.data ?? [];
    this.requestId = requestId;
    this.operation = operation;
  }
}

/** No answer came: the network failed, or the time ran out, in every try. */
export class RequestFailed extends Error {
  constructor(operation: string, cause: unknown) {
    super(`${operation}: no answer (${String(cause)})`, { cause });
    this.name = "RequestFailed";
  }
}
