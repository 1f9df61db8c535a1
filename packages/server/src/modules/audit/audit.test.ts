import { expect, test } from "vitest";
import { withoutSecrets } from "./audit.ts";

test("an audit value loses everything named like a secret, at any depth", () => {
  const value = {
    id: "1",
    userCredentials: { userName: "admin", password: "p" },
    apps: [
      { clientId: "2", clientSecret: "s" },
      { nested: { AccessToken: "t", activationKey: 1 } },
    ],
  };
  expect(withoutSecrets(value)).toEqual({ id: "1", apps: [{ clientId: "2" }, { nested: {} }] });
});

test("an audit value without secrets stays as it is", () => {
  const value = { a: [1, "x", null, true], b: { keys: ["k"], monkey_business: 0.5 } };
  expect(withoutSecrets(value)).toEqual(value);
});
