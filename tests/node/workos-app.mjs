// A stand-in for WorkOS's API, and an app that has WorkOS's own SDK in it. Its API issues
// access tokens for so many seconds and takes each refresh token once. The app seals its
// cookie by the SDK, and says whom Gatelet says that a request is from, and whom the SDK
// says. One JSON line at the start, and one for each line of standard input.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { randomUUID } from "node:crypto";
import { WorkOS } from "@workos-inc/node";
import { sealData } from "iron-session";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

const { clientId, apiKey, password } = JSON.parse(process.argv[2]);
const state = { seconds: 300, delay: 0, away: false, exchanges: 0, refused: 0 };
const sessions = new Map();
const refreshTokens = new Map();
const keys = [];

async function addKey() {
  const pair = await generateKeyPair("RS256");
  const kid = `key-${keys.length}`;
  keys.unshift({ kid, pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, use: "sig", alg: "RS256" } });
}
await addKey();

const user = (email) => ({
  object: "user",
  id: `user_${email.split("@")[0].replace(/\W/g, "")}`,
  email,
  email_verified: true,
  first_name: "Ann",
  last_name: "Lee",
  metadata: { shoe_size: "39" },
  created_at: new Date().toISOString(),
  updated_at: new Date().toISOString(),
});

async function accessToken(session, claims = {}, key = keys[0].pair.privateKey, kid = keys[0].kid) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sid: session.id, client_id: clientId, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuer(`${api}/`)
    .setSubject(claims.sub ?? session.user.id)
    .setIssuedAt(now)
    .setExpirationTime(now + state.seconds)
    .sign(key);
}

async function tokens(session) {
  const refresh = randomUUID();
  refreshTokens.set(refresh, session);
  return {
    user: session.user,
    access_token: await accessToken(session),
    refresh_token: refresh,
    authentication_method: "Password",
  };
}

const answer = (response, status, value) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
};
const body = async (request) => {
  let text = "";
  for await (const part of request) text += part;
  return JSON.parse(text || "{}");
};

const apiServer = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (state.away) return answer(response, 503, { message: "away" });
  if (url.pathname === `/sso/jwks/${clientId}`) {
    return answer(response, 200, { keys: keys.map(({ jwk }) => jwk) });
  }
  if (url.pathname === "/user_management/authenticate") {
    const asked = await body(request);
    if (asked.client_id !== clientId || asked.client_secret !== apiKey) {
      return answer(response, 401, { error: "unauthorized_client" });
    }
    if (asked.grant_type === "authorization_code") {
      const session = { id: `session_${randomUUID().replaceAll("-", "")}`, user: user(asked.code) };
      sessions.set(session.id, session);
      return answer(response, 200, await tokens(session));
    }
    state.exchanges += 1;
    await new Promise((done) => setTimeout(done, state.delay));
    const session = refreshTokens.get(asked.refresh_token);
    // Rotated: each is good once.
    refreshTokens.delete(asked.refresh_token);
    if (!session || !sessions.has(session.id)) {
      state.refused += 1;
      return answer(response, 400, { error: "invalid_grant", error_description: "spent" });
    }
    return answer(response, 200, await tokens(session));
  }
  if (url.pathname === "/user_management/sessions/logout") {
    sessions.delete(url.searchParams.get("session_id"));
    response.writeHead(302, { location: url.searchParams.get("return_to") ?? "/" });
    return response.end();
  }
  answer(response, 404, { message: "no such thing" });
});
await new Promise((done) => apiServer.listen(0, "127.0.0.1", done));
const apiPort = apiServer.address().port;
const api = `http://127.0.0.1:${apiPort}`;

const workos = new WorkOS(apiKey, { clientId, apiHostname: "127.0.0.1", port: apiPort, https: false });
const signIn = async (email) =>
  (
    await workos.userManagement.authenticateWithCode({
      clientId,
      code: email,
      session: { sealSession: true, cookiePassword: password },
    })
  ).sealedSession;

const app = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/login" && url.searchParams.has("email")) {
    const sealed = await signIn(url.searchParams.get("email"));
    response.setHeader("set-cookie", `wos-session=${sealed}; Path=/; HttpOnly; SameSite=Lax`);
  }
  const cookies = (request.headers.cookie ?? "").split("; ").map((pair) => pair.split(/=(.*)/s));
  const sealed = cookies.find(([name]) => name === "wos-session")?.[1];
  let sdk = null;
  if (sealed) {
    const session = workos.userManagement.loadSealedSession({ sessionData: sealed, cookiePassword: password });
    try {
      const said = await session.authenticate();
      sdk = said.authenticated ? said.user.id : said.reason;
    } catch (error) {
      sdk = String(error);
    }
  }
  const told = Object.entries(request.headers).filter(([name]) => name.startsWith("x-forwarded-"));
  answer(response, 200, { path: request.url, sdk, ...Object.fromEntries(told) });
});
app.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ ready: true, api, url: `http://127.0.0.1:${app.address().port}` }));
});

// A cookie that is wrong in one way.
async function wrong(kind, email) {
  const session = { id: "session_x", user: user(email) };
  sessions.set(session.id, session);
  const sdkUser = { object: "user", id: session.user.id, email, emailVerified: true };
  const content = { accessToken: await accessToken(session), refreshToken: randomUUID(), user: sdkUser };
  const sealed = (data, more = {}) => sealData(data, { password, ttl: 0, ...more });
  switch (kind) {
    case "good":
      return sealed(content);
    case "password":
      return sealed(content, { password: `${password}x` });
    case "version":
      return (await sealed(content)).replace(/~2$/, "~3");
    case "truncated":
      return (await sealed(content)).slice(0, -20);
    case "expired": {
      const real = Date.now;
      Date.now = () => real() - 7200_000;
      const seal = await sealed(content, { ttl: 60 });
      Date.now = real;
      return seal;
    }
    case "bomb":
      return sealed({ ...content, more: "x".repeat(6_000) });
    case "user":
      return sealed({ ...content, user: { ...sdkUser, id: "user_other" } });
    case "client":
      return sealed({ ...content, accessToken: await accessToken(session, { client_id: "client_other" }) });
    case "key": {
      const other = await generateKeyPair("RS256");
      return sealed({ ...content, accessToken: await accessToken(session, {}, other.privateKey) });
    }
    case "none": {
      const [, claims] = content.accessToken.split(".");
      const header = Buffer.from('{"alg":"none"}').toString("base64url");
      return sealed({ ...content, accessToken: `${header}.${claims}.` });
    }
    case "empty":
      return sealed({});
  }
  throw new Error(kind);
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  try {
    let value = null;
    if (asked.set) Object.assign(state, asked.set);
    else if (asked.counts) value = { exchanges: state.exchanges, refused: state.refused };
    else if (asked.revoke) sessions.clear();
    else if (asked.rotate) await addKey();
    else if (asked.live !== undefined) value = sessions.size;
    else if (asked.wrong) value = await wrong(asked.wrong, asked.email);
    console.log(JSON.stringify({ ok: true, value }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error) }));
  }
}
process.exit(0);
