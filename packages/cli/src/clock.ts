/** `kontor clock`: reads and moves a sandbox partner's clock over HTTP. */
import { createClient, signIn } from "@kontor/client";
import { wellKnownSignIn } from "@kontor/server";
import { Command } from "commander";

const defaultUrl = "http://127.0.0.1:7300";

function connect(url: string) {
  const { partner, app, user } = wellKnownSignIn;
  const token = signIn(url, { tenant: partner.domain, ...app, user });
  return createClient({ baseUrl: url, token });
}

type Clock = Awaited<ReturnType<ReturnType<typeof connect>["getClock"]>>;

function show({ now, frozen, ran }: Clock): void {
  process.stdout.write(`${now}${frozen ? " (frozen)" : ""}\n`);
  for (const work of ran)
    process.stdout.write(`ran ${work.kind} ${work.subject} at ${work.dueAt}\n`);
}

export function clockCommand(): Command {
  const command = new Command("clock")
    .description("the clock of the sandbox's well-known partner")
    .option("--url <url>", "address of the server", process.env.KONTOR_URL ?? defaultUrl);
  const client = () => connect(command.opts<{ url: string }>().url);
  command
    .command("show")
    .description("print the partner's time")
    .action(async () => show(await client().getClock()));
  command
    .command("advance <duration>")
    .description("move it forward, e.g. P45D; what comes due on the way is done")
    .action(async (advance: string) => show(await client().setClock({ body: { advance } })));
  command
    .command("set <instant>")
    .description("set it to a later instant, e.g. 2027-01-01T00:00:00Z")
    .action(async (set: string) => show(await client().setClock({ body: { set } })));
  return command;
}
