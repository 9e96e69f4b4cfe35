// A real, certified OpenID Connect provider (oidc-provider) with people in it.
//
// Usage: node identity-provider.mjs '{"idTokenClaims":true,"path":"/realms/acme"}'
//
// Prints one line `{"issuer": …}` when it listens on a free loopback port, then
// answers one JSON line per JSON line on standard input:
//   {"op":"client","metadata":{…}}     register a client (RFC 7591 metadata)
//   {"op":"person","person":{…}}       add or replace somebody who can sign in
//   {"op":"rotate","keepOld":false}    new signing keys; old ones published or not
//   {"op":"tokens","accessSeconds":9,"delay":500}
//                                      how long access tokens are good, how long an exchange
//                                      takes; "away":true answers none
//   {"op":"revoke"}                    takes back all that anybody allowed
//   {"op":"live","token":"…"}          whether it would take this access or refresh token
//   {"op":"counts"}                    refresh tokens that were exchanged, and refused
//   {"op":"requests"}                  method and path of what has been asked, and forget it
// Ends when standard input does.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import Provider, { errors } from 'oidc-provider';

const settings = { idTokenClaims: true, ...JSON.parse(process.argv[2] ?? '{}') };
const path = settings.path ?? '';
const people = new Map();
const clients = new Map();
let asked = [];
// Refresh tokens are good once: one that comes again ends its family.
const tokens = { accessSeconds: 600, delay: 0, exchanged: 0, refused: 0, grants: new Set() };

const makers = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

function newKeys() {
  return Object.entries(makers).map(([alg, make]) => ({
    ...make().privateKey.export({ format: 'jwk' }),
    alg,
    use: 'sig',
    kid: `${alg.toLowerCase()}-${randomUUID()}`,
  }));
}

function configuration(keys) {
  return {
    jwks: { keys },
    pkce: { required: () => true },
    // What a person's `acr` may be, who proved that much.
    acrValues: ['0', 'mfa', 'phr'],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
      groups: ['groups', 'realm_access', 'https://example.com/groups'],
    },
    // When false the claims are in the ID token as well as at the userinfo endpoint.
    conformIdTokenClaims: !settings.idTokenClaims,
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
      userinfoSigningAlgValues: ['RS256', 'ES256'],
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
      jwtUserinfo: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    },
    // Whom it tells of a logout is on this machine, which it would not talk to.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
    rotateRefreshToken: true,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: {
      keys: [cookieKey],
      // Cookies know no ports: two providers on one loopback address need names of their own.
      names: {
        session: `session-${port}`,
        interaction: `interaction-${port}`,
        resume: `resume-${port}`,
      },
    },
    ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: () => tokens.accessSeconds, RefreshToken: 3600, IdToken: 600, AuthorizationCode: 60 },
    findAccount: (_ctx, sub) => {
      const person = [...people.values()].find((one) => one.sub === sub);
      if (!person) return undefined;
      const { login, password, acr, ...claims } = person;
      return { accountId: sub, claims: () => claims };
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = page('Error', `<p id="error">${escape(out.error)}: ${escape(out.error_description ?? '')}</p>`);
    },
  };
}

const escape = (text) =>
  String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const page = (title, body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>`;

function signInPage(uid, fault = '') {
  return page('Sign in to the provider', `
    <p role="alert">${fault}</p>
    <form method="post" action="/interaction/${uid}/login">
    <label>Login <input name="login" required></label>
    <label>Password <input name="password" type="password" required></label>
    <button type="submit">Sign in</button></form>
    <form method="post" action="/interaction/${uid}/deny"><button type="submit">Cancel</button></form>`);
}

function consentPage(uid, params) {
  return page('Allow access?', `
    <p>${escape(params.client_id)} asks for: ${escape(params.scope)}</p>
    <form method="post" action="/interaction/${uid}/allow"><button type="submit">Allow</button></form>
    <form method="post" action="/interaction/${uid}/deny"><button type="submit">Cancel</button></form>`);
}

async function formOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return new URLSearchParams(text);
}

async function allow(request, response, { params, session, grantId }) {
  const grant = (grantId && (await provider.Grant.find(grantId))) ||
    new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

async function interact(request, response) {
  const [, , uid, step] = request.url.split('/');
  const details = await provider.interactionDetails(request, response);
  const html = (text) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);

  if (request.method === 'GET') {
    return html(details.prompt.name === 'login' ? signInPage(uid) : consentPage(uid, details.params));
  }
  const form = await formOf(request);
  switch (step) {
    case 'login': {
      const person = people.get(form.get('login'));
      if (!person || person.password !== form.get('password')) return html(signInPage(uid, 'Wrong login or password.'));
      return provider.interactionFinished(request, response, {
        login: { accountId: person.sub, ...(person.acr && { acr: person.acr }) },
      });
    }
    case 'allow':
      return allow(request, response, details);
    case 'deny':
      return provider.interactionFinished(request, response, {
        error: 'access_denied', error_description: 'The person said no.',
      });
    default:
      return response.writeHead(404).end();
  }
}

const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url.split('?')[0]}`);
  if (request.url === `${path}/token` && tokens.away) {
    return response.writeHead(503).end();
  }
  if (request.url === `${path}/token` && tokens.delay) {
    return setTimeout(() => answer(request, response), tokens.delay);
  }
  return answer(request, response);
});

function answer(request, response) {
  if (!request.url.startsWith('/interaction/')) {
    if (request.url.startsWith(`${path}/`)) {
      // As a framework mounts it below a path, which an issuer may have.
      request.originalUrl = request.url;
      request.url = request.url.slice(path.length);
    }
    return provider.callback()(request, response);
  }
  return interact(request, response).catch((error) => {
    console.error(error);
    const status = error instanceof errors.OIDCProviderError ? error.statusCode : 500;
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${error.name}: ${error.message}`);
  });
}

await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}${path}`;
const cookieKey = randomUUID();
let keys = newKeys();
let provider = newProvider();

function newProvider() {
  const made = new Provider(issuer, configuration(keys));
  made.on('server_error', (_ctx, error) => console.error(error));
  made.on('backchannel.error', (_ctx, error) => console.error(error));
  made.on('refresh_token.saved', (token) => tokens.grants.add(token.grantId));
  const isRefresh = (ctx) => ctx.oidc?.params?.grant_type === 'refresh_token';
  made.on('grant.success', (ctx) => { tokens.exchanged += isRefresh(ctx); });
  made.on('grant.error', (ctx) => { tokens.refused += isRefresh(ctx); });
  return made;
}

const operations = {
  // `upsert` on the adapter, not the static list: clients come while it runs.
  client: async ({ metadata }) => {
    clients.set(metadata.client_id, metadata);
    await provider.Client.adapter.upsert(metadata.client_id, metadata);
  },
  person: async ({ person }) => {
    people.set(person.login, person);
  },
  rotate: async ({ keepOld }) => {
    keys = keepOld ? [...newKeys(), ...keys] : newKeys();
    // Sessions of the provider end with the instance; its clients stay.
    provider = newProvider();
    for (const [id, metadata] of clients) await provider.Client.adapter.upsert(id, metadata);
  },
  tokens: async (said) => {
    Object.assign(tokens, said);
  },
  revoke: async () => {
    for (const grant of tokens.grants) {
      for (const kind of ['AccessToken', 'RefreshToken']) await provider[kind].revokeByGrantId(grant);
    }
  },
  live: async ({ token }) => {
    const found = (await provider.AccessToken.find(token)) ?? (await provider.RefreshToken.find(token));
    return Boolean(found?.isValid);
  },
  counts: async () => ({ exchanged: tokens.exchanged, refused: tokens.refused }),
  requests: async () => {
    const before = asked;
    asked = [];
    return before;
  },
};

console.log(JSON.stringify({ issuer }));
for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line);
  try {
    const value = await operations[op](rest);
    console.log(JSON.stringify({ ok: true, value: value ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error?.stack ?? error) }));
  }
}
process.exit(0);
