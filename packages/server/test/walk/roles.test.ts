/** Who may call what: every caller at every operation, against the declared access. */
import { type ErrorKey, errors, type Operation, roles, successStatus } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { wellKnownSignIn } from "../../src/modules/identity/index.ts";
import { type TestAnswer, testServer } from "../harness.ts";
import { callSample, sampleOf, walk } from "./samples.ts";
import { addUser, fingerprint } from "./store.ts";
import { trade } from "./world.ts";

const server = await testServer();
const world = await trade(server);

interface Caller {
  name: string;
  token: string;
  /** The refusal of this caller by an operation; undefined where it may call. */
  refusal(operation: Operation): ErrorKey | undefined;
}

async function userWith(name: string, held: (typeof roles)[number][]): Promise<Caller> {
  const userName = `${name.toLowerCase()}@walk.example`;
  await addUser(server.database, server.partnerId, userName, held);
  return {
    name: `a user with ${name}`,
    token: await server.signIn("user", {
      ...wellKnownSignIn,
      user: { ...wellKnownSignIn.user, name: userName },
    }),
    refusal: ({ access }) =>
      held.some((role) => access.user.includes(role)) ? undefined : "ROLE_TOO_WEAK",
  };
}

const callers: Caller[] = [
  {
    name: "nobody",
    token: "none",
    refusal: ({ access }) => (access.anonymous ? undefined : "TOKEN_MISSING"),
  },
  { name: "a bad token", token: "not.a.token", refusal: () => "TOKEN_INVALID" },
  {
    name: "an app",
    token: "app",
    refusal: ({ access }) => (access.app ? undefined : "APP_ONLY_REFUSED"),
  },
  await userWith("NoRole", []),
  ...(await Promise.all(roles.map((role) => userWith(role, [role])))),
];

const doors = ["TOKEN_MISSING", "TOKEN_INVALID", "APP_ONLY_REFUSED", "ROLE_TOO_WEAK"] as const;

/**
 * The refusal with which a caller was stopped at the door; undefined where it got past it. An
 * answer to HEAD has no body and tells its status alone.
 */
function stoppedAs({ method }: Operation, { status, body }: TestAnswer): string | undefined {
  const code = method === "HEAD" ? undefined : body?.code;
  const known = doors.some((key) => {
    const spec = errors[key];
    return spec.status === status && (code === undefined || spec.code === code);
  });
  return known ? `${status} ${code ?? ""}` : undefined;
}

function refusalAs({ method }: Operation, key: ErrorKey): string {
  return `${errors[key].status} ${method === "HEAD" ? "" : errors[key].code}`;
}

describe.each(walk)("%s", (_name, operation) => {
  const refused = callers.filter((caller) => caller.refusal(operation) !== undefined);
  const admitted = callers.filter((caller) => caller.refusal(operation) === undefined);

  test("stops who may not call, says why, and writes nothing", async () => {
    const sample = await sampleOf(operation, world);
    const before = await fingerprint(server.database);
    for (const { name, token, refusal } of refused) {
      const answer = await callSample(server, operation, sample, { token });
      const key = refusal(operation) as ErrorKey;
      expect([name, stoppedAs(operation, answer)]).toEqual([name, refusalAs(operation, key)]);
      if (key !== "ROLE_TOO_WEAK" || operation.method === "HEAD") continue;
      for (const role of operation.access.user) expect(answer.body.description).toContain(role);
    }
    expect(await fingerprint(server.database)).toBe(before);
  });

  test("serves everybody who may call", async () => {
    expect(admitted).not.toEqual([]);
    for (const { name, token } of admitted) {
      const answer = await callSample(server, operation, await sampleOf(operation, world), {
        token,
      });
      expect([name, stoppedAs(operation, answer)]).toEqual([name, undefined]);
      expect([name, answer.status]).toEqual([name, successStatus(operation)]);
    }
  });
});
