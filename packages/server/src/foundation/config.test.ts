import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "kontor-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the defaults need no environment", () => {
  const { config, warnings } = readConfig({}, {});
  expect(config).toEqual({
    port: 7300,
    host: "127.0.0.1",
    dataDir: resolve(".kontor"),
    databaseUrl: undefined,
    mode: "sandbox",
    profile: "instant",
    allowedHosts: [],
    throttle: undefined,
    cartLife: "P7D",
    logLevel: "info",
    readyFile: undefined,
    rounding: "truncate",
    tls: { kind: "off" },
    policy: { requireMfa: false, refuseGraphAudience: false, appUser: "strict" },
    issuers: [],
  });
  expect(warnings).toEqual([]);
});

describe("order", () => {
  test("a flag wins over the environment, the environment over the default", () => {
    const env = { KONTOR_PORT: "1", KONTOR_HOST: "::1" };
    expect(readConfig({ port: "2" }, env).config).toMatchObject({ port: 2, host: "::1" });
  });

  test("a variable that is set to nothing says nothing", () => {
    const env = { KONTOR_PORT: "", DATABASE_URL: "" };
    expect(readConfig({}, env).config).toMatchObject({ port: 7300, databaseUrl: undefined });
  });
});

test("money is cut, or rounded half up, and nothing else", () => {
  expect(readConfig({}, { KONTOR_ROUNDING: "Half-Up" }).config.rounding).toBe("half-up");
  expect(() => readConfig({}, { KONTOR_ROUNDING: "up" })).toThrow(
    "KONTOR_ROUNDING must be one of truncate, half-up, not up.",
  );
});

describe("TLS", () => {
  const own = { KONTOR_TLS_CERT_FILE: "c.pem", KONTOR_TLS_KEY_FILE: "k.pem" };
  const files = { kind: "files", certFile: "c.pem", keyFile: "k.pem" };

  test.each([
    [{ tls: true }, {}, { kind: "local" }],
    [{}, { KONTOR_TLS: "true" }, { kind: "local" }],
    [{}, { KONTOR_TLS: "false" }, { kind: "off" }],
    [{}, own, files],
    [{ tls: true }, own, files],
    [{}, { ...own, KONTOR_TLS: "false" }, { kind: "off" }],
  ])("with %j and %j is %j", (flags, env, expected) => {
    const { config, warnings } = readConfig(flags, env);
    expect(config.tls).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test.each(Object.keys(own))("without %s beside the other says what to set", (missing) => {
    const env = Object.fromEntries(Object.entries(own).filter(([name]) => name !== missing));
    expect(() => readConfig({}, env)).toThrow(`${missing} is not set. Set both`);
  });
});

test("the policy is switched by the environment", () => {
  const env = {
    KONTOR_REQUIRE_MFA: "true",
    KONTOR_REFUSE_GRAPH_AUDIENCE: "TRUE",
    KONTOR_APP_USER: "lenient",
  };
  expect(readConfig({}, env).config.policy).toEqual({
    requireMfa: true,
    refuseGraphAudience: true,
    appUser: "lenient",
  });
});

describe("secrets from a file", () => {
  test("are read without the line's end", () => {
    const file = join(folder, "url");
    writeFileSync(file, "postgresql://db/kontor\n");
    const { config, warnings } = readConfig({}, { DATABASE_URL_FILE: file });
    expect(config.databaseUrl).toBe("postgresql://db/kontor");
    expect(warnings).toEqual([]);
  });

  test("that is missing fail with its name", () => {
    const env = { DATABASE_URL_FILE: join(folder, "none") };
    expect(() => readConfig({}, env)).toThrow(/DATABASE_URL_FILE names .*none/);
  });
});

test.each([
  [{ port: "http" }, {}],
  [{ port: "65536" }, {}],
  [{}, { KONTOR_MODE: "test" }],
  [{}, { KONTOR_PROFILE: "fast" }],
  [{}, { KONTOR_LOG_LEVEL: "loud" }],
  [{}, { KONTOR_TLS: "yes" }],
  [{}, { KONTOR_THROTTLE: "0" }],
  [{}, { KONTOR_THROTTLE: "many" }],
  [{}, { KONTOR_CART_LIFE: "7 days" }],
  [{}, { KONTOR_CART_LIFE: "PT0S" }],
  [{}, { KONTOR_APP_USER: "mild" }],
  [{}, { KONTOR_ISSUERS: "[" }],
])("%j with %j is refused", (flags, env) => {
  expect(() => readConfig(flags, env)).toThrow(ConfigError);
});

test("the life of a cart is seven days, or as long as is said", () => {
  expect(readConfig({}, {}).config.cartLife).toBe("P7D");
  expect(readConfig({}, { KONTOR_CART_LIFE: "pt15m" }).config.cartLife).toBe("PT15M");
});

test("an unknown name is a warning with the nearest known one", () => {
  const { warnings } = readConfig({}, { KONTOR_DATADIR: "x", OTHER: "y" });
  expect(warnings).toEqual([
    "KONTOR_DATADIR is not a setting of Kontor; did you mean KONTOR_DATA_DIR?",
  ]);
});
