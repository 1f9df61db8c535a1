/** Refusals of a sign-in, in the OAuth shape with the codes that clients of the vendor know. */
import { randomId } from "../../../foundation/ids.ts";

interface SignInErrorSpec {
  status: 400 | 401;
  error: string;
  /** The number after `AADSTS`. */
  code: number;
}

const signInErrors = {
  tenantUnknown: { status: 400, error: "invalid_request", code: 90002 },
  parameterMissing: { status: 400, error: "invalid_request", code: 900144 },
  requestMalformed: { status: 400, error: "invalid_request", code: 9002313 },
  grantUnsupported: { status: 400, error: "unsupported_grant_type", code: 70003 },
  clientUnknown: { status: 400, error: "unauthorized_client", code: 700016 },
  secretMissing: { status: 401, error: "invalid_client", code: 7000216 },
  secretWrong: { status: 401, error: "invalid_client", code: 7000215 },
  secretNeeded: { status: 401, error: "invalid_client", code: 7000218 },
  assertionWrong: { status: 401, error: "invalid_client", code: 700027 },
  passwordWrong: { status: 400, error: "invalid_grant", code: 50126 },
  refreshTokenUnknown: { status: 400, error: "invalid_grant", code: 70000 },
  refreshTokenExpired: { status: 400, error: "invalid_grant", code: 70008 },
  codeUnknown: { status: 400, error: "invalid_grant", code: 70000 },
  codeExpired: { status: 400, error: "invalid_grant", code: 70008 },
  codeRedeemed: { status: 400, error: "invalid_grant", code: 54005 },
  redirectOther: { status: 400, error: "invalid_grant", code: 500112 },
  verifierWrong: { status: 400, error: "invalid_grant", code: 501481 },
  // Answers to a device that polls.
  authorizationPending: { status: 400, error: "authorization_pending", code: 70016 },
  slowDown: { status: 400, error: "slow_down", code: 70016 },
  deviceCodeUnknown: { status: 400, error: "bad_verification_code", code: 70018 },
  deviceCodeExpired: { status: 400, error: "expired_token", code: 70020 },
  // Answers of the authorization endpoint.
  redirectUnknown: { status: 400, error: "invalid_request", code: 50011 },
  responseTypeUnsupported: { status: 400, error: "unsupported_response_type", code: 700054 },
  responseModeUnsupported: { status: 400, error: "invalid_request", code: 70007 },
  challengeInvalid: { status: 400, error: "invalid_request", code: 501491 },
  nonceMissing: { status: 400, error: "invalid_request", code: 90094 },
  loginRequired: { status: 400, error: "login_required", code: 50058 },
  resourceInvalid: { status: 400, error: "invalid_resource", code: 50001 },
  scopeInvalid: { status: 400, error: "invalid_scope", code: 70011 },
  scopeNotDefault: { status: 400, error: "invalid_scope", code: 1002012 },
} as const satisfies Record<string, SignInErrorSpec>;

export type SignInErrorKey = keyof typeof signInErrors;

export class SignInError extends Error {
  readonly key: SignInErrorKey;

  constructor(key: SignInErrorKey, cause: string) {
    super(cause);
    this.name = "SignInError";
    this.key = key;
  }

  get status(): number {
    return signInErrors[this.key].status;
  }
}

/** Refuses a sign-in: `cause` is a plain sentence without the final stop. */
export function refuseSignIn(key: SignInErrorKey, cause: string): never {
  throw new SignInError(key, cause);
}

/** The body of a refused sign-in. */
export function signInErrorBody(error: SignInError, at: Date, correlationId: string) {
  const spec = signInErrors[error.key];
  return {
    error: spec.error,
    error_description: `AADSTS${spec.code}: ${error.message}.`,
    error_codes: [spec.code],
    timestamp: `${at.toISOString().slice(0, 19).replace("T", " ")}Z`,
    trace_id: randomId(),
    correlation_id: correlationId,
  };
}
