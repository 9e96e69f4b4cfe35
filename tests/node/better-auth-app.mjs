// An app that has a real Better Auth in it, on Postgres: people sign up and in at its own
// pages below /api/auth, and every other path says whom the request is from by the fields
// that a login layer in front sets. Arguments: what it is set up with, in JSON. One JSON
// line at the start, and one for each line of standard input: a call of its API by an
// admin.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { toNodeHandler } from "better-auth/node";
import { admin } from "better-auth/plugins";
import { embedded } from "./better-auth-embedded.mjs";

const setup = JSON.parse(process.argv[2]);
const { databaseUrl, schema, baseUrl, secret, mapped, cookieCache, cookiePrefix, secure } = setup;

const snake = (fields) =>
  Object.fromEntries(fields.map((name) => [name, name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)]));
const times = ["createdAt", "updatedAt"];
const tables = mapped
  ? {
      user: { modelName: "auth_users", fields: snake(["emailVerified", ...times]) },
      session: {
        modelName: "auth_sessions",
        fields: snake(["userId", "expiresAt", "ipAddress", "userAgent", ...times]),
      },
      account: { modelName: "auth_accounts" },
      verification: { modelName: "auth_verifications" },
    }
  : { user: {}, session: {} };
const adminSchema = mapped
  ? { user: { fields: snake(["banReason", "banExpires"]) }, session: { fields: snake(["impersonatedBy"]) } }
  : undefined;

const { auth, database, migrate } = embedded({
  databaseUrl,
  baseUrl,
  secret,
  connection: schema ? `-c search_path=${schema}` : undefined,
  more: {
    advanced: { cookiePrefix, useSecureCookies: secure },
    ...tables,
    session: { ...tables.session, cookieCache: { enabled: cookieCache === true, maxAge: 300 } },
    plugins: setup.admin === false ? [] : [admin({ schema: adminSchema })],
  },
});
if (schema) {
  await database.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
}
await migrate();

const better = toNodeHandler(auth);
const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path.startsWith("/api/auth/")) {
    return better(request, response);
  }
  const told = Object.entries(request.headers).filter(([name]) => name.startsWith("x-forwarded-"));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ path: request.url, ...Object.fromEntries(told) }));
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ ready: true, url: `http://127.0.0.1:${server.address().port}` }));
});

for await (const line of createInterface({ input: process.stdin })) {
  const { signUp, setRole, ban, unban } = JSON.parse(line);
  try {
    const { adapter } = await auth.$context;
    const update = async (email, update) => {
      const where = [{ field: "email", value: email }];
      return adapter.update({ model: "user", where, update });
    };
    let value = null;
    if (signUp) {
      value = (await auth.api.signUpEmail({ body: signUp })).user;
    } else if (setRole) {
      await update(setRole.email, { role: setRole.role });
    } else if (ban) {
      const seconds = ban.seconds === undefined ? null : new Date(Date.now() + ban.seconds * 1000);
      await update(ban.email, { banned: true, banExpires: seconds });
    } else if (unban) {
      await update(unban.email, { banned: false, banExpires: null });
    }
    console.log(JSON.stringify({ ok: true, value }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error) }));
  }
}
process.exit(0);
