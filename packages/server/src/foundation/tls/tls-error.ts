/** Why TLS cannot be served: what happened, and what a person can do about it. */
export class TlsError extends Error {
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TlsError";
    this.nextStep = nextStep;
  }
}
