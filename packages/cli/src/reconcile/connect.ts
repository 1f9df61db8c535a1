/** Signs in as the partner whose lines are wanted. */
import { type Client, createClient, signIn } from "@kontor/client";
import { wellKnownSignIn } from "@kontor/server";
import type { Command } from "commander";

export interface SignInOptions {
  url: string;
  tenant: string;
  clientId: string;
  user?: string;
}

const defaultUrl = "http://127.0.0.1:7300";

export function withSignIn(command: Command): Command {
  const { partner, app } = wellKnownSignIn;
  return command
    .option("--url <url>", "address of the server", process.env.KONTOR_URL ?? defaultUrl)
    .option("--tenant <domain>", "tenant to sign in at", partner.domain)
    .option("--client-id <id>", "application to sign in as", app.clientId)
    .option("--user <name>", "sign in as this user and not as the application alone")
    .addHelpText(
      "after",
      "\nSecrets come from the environment: KONTOR_CLIENT_SECRET, KONTOR_USER_PASSWORD, or\n" +
        "KONTOR_TOKEN, a bearer token of any issuer that the server trusts. Without them the\n" +
        "sandbox's well-known ones are used.",
    );
}

export function connect(options: SignInOptions): Client {
  const { KONTOR_TOKEN, KONTOR_CLIENT_SECRET, KONTOR_USER_PASSWORD } = process.env;
  const { url, tenant, clientId, user } = options;
  const clientSecret = KONTOR_CLIENT_SECRET ?? wellKnownSignIn.app.clientSecret;
  const password = KONTOR_USER_PASSWORD ?? wellKnownSignIn.user.password;
  const credentials = {
    tenant,
    clientId,
    clientSecret,
    ...(user !== undefined && { user: { name: user, password } }),
  };
  return createClient({ baseUrl: url, token: KONTOR_TOKEN ?? signIn(url, credentials) });
}
