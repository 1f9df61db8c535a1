/** The pages of the sign-in: plain HTML that works without scripts and asks nobody else. */
import { createHash } from "node:crypto";
import type { Fields } from "../form.ts";

/** A page and the headers that keep it to itself. */
export interface Page {
  status: number;
  html: string;
  headers: Record<string, string>;
}

const style = `
:root { color-scheme: light dark; --line: #6b7280; --accent: #0b5cad; --wrong: #b42318; }
@media (prefers-color-scheme: dark) { :root { --line: #9ca3af; --accent: #7ab8ff; --wrong: #ff9d92; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { width: min(26rem, 100%); padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; font: inherit; padding: .6rem .7rem; border: 1px solid var(--line); border-radius: 4px; }
button { margin-top: 1.5rem; width: 100%; min-height: 2.75rem; font: inherit; font-weight: 600;
  border: 2px solid var(--accent); border-radius: 4px; background: transparent; color: var(--accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wrong { border-inline-start: 4px solid var(--wrong); color: var(--wrong); padding-inline-start: .75rem; }
.note { color: color-mix(in srgb, currentColor 75%, transparent); font-size: .875rem; }
`;
const submit = "document.forms[0].submit()";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * No form-action: the browser would apply it to the redirects of the app as well. Nothing that a
 * caller sends becomes markup, so no form of another's making can stand here.
 */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(submit)}`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const pageHeaders = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": policy,
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

function page(title: string, body: string, status = 200): Page {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Kontor</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`;
  return { status, html, headers: pageHeaders };
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function hidden(pairs: Iterable<readonly [string, string]>): string {
  return [...pairs]
    .map(([name, value]) => {
      return `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`;
    })
    .join("\n");
}

function alert(text: string | undefined): string {
  return text === undefined ? "" : `<p class="wrong" role="alert">${escaped(text)}</p>`;
}

interface Person {
  /** As typed before, or as the app suggests. */
  name: string;
  /** What was wrong with the last try. */
  wrong: string | undefined;
}

/** Name and password; a person who comes back from a mistake goes on at the password. */
function personFields({ name, wrong }: Person, first: boolean): string {
  const focus = (here: boolean) => (here ? " autofocus" : "");
  const invalid = wrong === undefined ? "" : ' aria-invalid="true" aria-describedby="problem"';
  const atPassword = first && name !== "";
  return `<label for="username">User name</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escaped(name)}"${invalid}${focus(first && !atPassword)}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid}${focus(atPassword)}>
<button type="submit">Sign in</button>`;
}

/** The form posts to the address of the page itself, so that it works behind any proxy. */
export function signInPage(
  { app, tenant, ...person }: { app: string; tenant: string } & Person,
  request: Fields,
): Page {
  const carried = [...request].filter(([name]) => name !== "username" && name !== "password");
  const body = `<p>to go on to <strong>${escaped(app)}</strong> of ${escaped(tenant)}</p>
<div id="problem">${alert(person.wrong)}</div>
<form method="post" action="?">
${hidden(carried)}
${personFields(person, true)}
</form>
<p class="note">This is a sandbox. Never type a password that you use anywhere else.</p>`;
  return page("Sign in", body, person.wrong === undefined ? 200 : 400);
}

export function devicePage({ userCode, ...person }: { userCode: string } & Person): Page {
  const body = `<p>Enter the code that the device or the program shows.</p>
<div id="problem">${alert(person.wrong)}</div>
<form method="post" action="?">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" required value="${escaped(userCode)}" autofocus>
${personFields(person, false)}
</form>
<p class="note">Go on only if you began this sign-in yourself. This is a sandbox: never type a password that you use anywhere else.</p>`;
  return page("Sign in a device", body, person.wrong === undefined ? 200 : 400);
}

export function deviceDonePage(app: string): Page {
  return page(
    "You are signed in",
    `<p role="status">${escaped(app)} goes on by itself. You may close this page.</p>`,
  );
}

/** Shown where it is not certain that the app may have an answer. */
export function refusedPage(description: string): Page {
  const body = `${alert(description)}
<p>The app asked in a way that cannot be answered. Whoever runs it can mend it.</p>`;
  return page("Sign-in is not possible", body, 400);
}

/** Sends the answer on as a form; without scripts, at the push of a button. */
export function formPostPage(redirectUri: string, params: Record<string, string>): Page {
  const body = `<form method="post" action="${escaped(redirectUri)}">
${hidden(Object.entries(params))}
<p>Signed in. Going back to the app…</p>
<button type="submit">Go on</button>
</form>
<script>${submit}</script>`;
  return page("Signed in", body);
}
