/** The routes that people see: the authorization endpoint, and the page for devices' codes. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { systemNow } from "../../../../foundation/clock.ts";
import type { Database } from "../../../../foundation/database/pool.ts";
import { signingKeyOf } from "../../io/signing-key.ts";
import type { TokenVersion } from "../../tokens.ts";
import { type Fields, readQueryForm, readTokenForm } from "../form.ts";
import { SignInError, signInErrorBody } from "../sign-in-error.ts";
import { authorize, type Return } from "../use-cases/authorize.ts";
import { approve } from "../use-cases/device.ts";
import {
  deviceDonePage,
  devicePage,
  formPostPage,
  type Page,
  refusedPage,
  signInPage,
} from "./pages.ts";

interface PageParts {
  database: Database;
  originOf: (request: FastifyRequest) => string;
}

export function registerAuthorize(
  app: FastifyInstance,
  { database, originOf }: PageParts,
  path: string,
  version: TokenVersion,
): void {
  app.route({
    method: ["GET", "POST"],
    url: path,
    handler: (request, reply) =>
      shown(reply, async () => {
        const fields = fieldsOf(request);
        const step = await authorize(database, await signingKeyOf(database), {
          tenant: (request.params as { tenant: string }).tenant,
          version,
          fields,
          origin: originOf(request),
          now: systemNow(),
        });
        if (step.kind === "return") return sendBack(reply, step.answer);
        const wrong = step.wrong ? "The user name or the password is wrong." : undefined;
        return sendPage(reply, signInPage({ ...step, wrong }, fields));
      }),
  });
}

export function registerDevicePage(app: FastifyInstance, { database }: PageParts): void {
  app.get("/devicelogin", (_request, reply) =>
    sendPage(reply, devicePage({ userCode: "", name: "", wrong: undefined })),
  );
  app.post("/devicelogin", (request, reply) =>
    shown(reply, async () => {
      const fields = fieldsOf(request);
      const userCode = fields.get("user_code") ?? "";
      const name = fields.get("username") ?? "";
      const typed = { userCode, name, password: fields.get("password") ?? "" };
      const approved = await approve(database, typed, systemNow());
      if (approved !== undefined) return sendPage(reply, deviceDonePage(approved));
      const wrong = "The code, the user name or the password is wrong, or the code has expired.";
      return sendPage(reply, devicePage({ userCode, name, wrong }));
    }),
  );
}

/** A request may come as a link or as a form; a password comes as a form alone. */
function fieldsOf(request: FastifyRequest): Fields {
  if (request.method === "POST") return readTokenForm(request.body);
  return new Map([...readQueryForm(request.url)].filter(([name]) => name !== "password"));
}

async function shown(reply: FastifyReply, work: () => Promise<FastifyReply>) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const { error_description } = signInErrorBody(error, systemNow(), "");
    return sendPage(reply, refusedPage(error_description));
  }
}

function sendPage(reply: FastifyReply, { status, html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(html);
}

function sendBack(reply: FastifyReply, { redirectUri, mode, params }: Return): FastifyReply {
  if (mode === "form_post") return sendPage(reply, formPostPage(redirectUri, params));
  const url = new URL(redirectUri);
  if (mode === "fragment") url.hash = new URLSearchParams(params).toString();
  else for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  // 303, so that what was typed is not posted on to the app.
  return reply.code(303).header("Cache-Control", "no-store").header("Location", url.href).send();
}
