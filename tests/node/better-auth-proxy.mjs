// An app server as people write it with Better Auth, for the bench: its own API below
// /api/auth, and every other path is the origin's, for whoever is signed in. As many
// processes as it is told. Arguments: what it is set up with, in JSON. One JSON line once
// all of them listen.

import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { Agent, createServer, request as ask } from "node:http";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { embedded } from "./better-auth-embedded.mjs";

const setup = JSON.parse(process.argv[2]);
const { databaseUrl, baseUrl, secret, origin, workers, cookieCacheSeconds } = setup;

// Of one connection, and never a visitor's to say.
const CONNECTION = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];
const IDENTITY = ["x-forwarded-user", "x-forwarded-email", "x-forwarded-name"];

const session = { cookieCache: { enabled: cookieCacheSeconds > 0, maxAge: cookieCacheSeconds } };
const { auth, database, migrate } = embedded({ databaseUrl, baseUrl, secret, more: { session } });

function serve() {
  const better = toNodeHandler(auth);
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true });

  const forward = (request, response, user) => {
    const headers = { ...request.headers };
    for (const name of [...CONNECTION, ...IDENTITY]) delete headers[name];
    headers["x-forwarded-user"] = user.id;
    headers["x-forwarded-email"] = user.email;
    headers["x-forwarded-name"] = encodeURIComponent(user.name);
    headers["x-forwarded-for"] = request.socket.remoteAddress;
    headers["x-forwarded-host"] = request.headers.host;
    headers["x-forwarded-proto"] = "http";
    const { method, url: path } = request;
    const onward = ask({ hostname, port, agent, method, path, headers }, (answer) => {
      const fields = { ...answer.headers };
      for (const name of CONNECTION) delete fields[name];
      response.writeHead(answer.statusCode, fields);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  };

  const server = createServer(async (request, response) => {
    if (request.url.split("?")[0].startsWith("/api/auth/")) return better(request, response);
    try {
      const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
      if (session) return forward(request, response, session.user);
      response.writeHead(401).end();
    } catch (error) {
      console.error(error);
      response.writeHead(500).end();
    }
  });
  // The load generator keeps its connections.
  server.keepAliveTimeout = 60_000;
  server.maxRequestsPerSocket = 0;
  server.listen(0, "127.0.0.1");
}

if (cluster.isPrimary) {
  await migrate();
  await database.end();
  const listening = Array.from({ length: workers }, () => {
    const worker = cluster.fork({ NODE_ENV: "production" });
    worker.on("exit", () => process.exit(1));
    return new Promise((resolve) => worker.on("listening", resolve));
  });
  const [{ port }] = await Promise.all(listening);
  const manifest = new URL("node_modules/better-auth/package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  const versions = { betterAuth: version, node: process.versions.node };
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, versions }));
  for await (const _ of process.stdin);
  process.exit(0);
} else {
  serve();
}
