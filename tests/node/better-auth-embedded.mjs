// Better Auth on Postgres, as an app has it inside: what the apps of the tests and of the
// bench have in common. `more` is what each has of its own.

import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";

export function embedded({ databaseUrl, baseUrl, secret, connection, more }) {
  const database = new pg.Pool({ connectionString: databaseUrl, options: connection });
  // The database goes before the app does.
  database.on("error", () => {});
  const auth = betterAuth({
    secret,
    baseURL: baseUrl,
    database,
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    ...more,
  });
  const migrate = async () => {
    const { runMigrations } = await getMigrations(auth.options);
    await runMigrations();
  };
  return { auth, database, migrate };
}
