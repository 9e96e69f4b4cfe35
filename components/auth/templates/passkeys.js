// Asks the browser for a passkey and fills in the form that wants one.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const options = (form) => {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const credential of list ?? []) credential.id = bytes(credential.id);
  }
  return options;
};

const send = (form, credential) => {
  const { id, response } = credential;
  const said = {
    id,
    client_data: text(response.clientDataJSON),
    attestation: response.attestationObject && text(response.attestationObject),
    transports: response.getTransports?.().join(' '),
    authenticator_data: response.authenticatorData && text(response.authenticatorData),
    signature: response.signature && text(response.signature),
    user_handle: response.userHandle && text(response.userHandle),
    // Nothing where the browser does not know.
    discoverable: credential.getClientExtensionResults?.().credProps?.rk?.toString(),
  };
  // Registrations have the authenticator's data within the attestation.
  if (said.attestation) delete said.authenticator_data;
  // Somebody may be back from a try before.
  for (const input of form.querySelectorAll('[name^=passkey_]')) input.remove();
  for (const [name, value] of Object.entries(said)) {
    if (!value) continue;
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name: `passkey_${name}`, value });
    form.append(input);
  }
  form.submit();
};

// Of the one request that the browser has at a time: a prompt that somebody has asked for, or an
// offer among what it has for a field.
let waiting = new AbortController();
let isPrompt = false;
let offerAgain = () => {};

const begin = (prompt) => {
  waiting.abort();
  waiting = new AbortController();
  isPrompt = prompt;
  return waiting;
};

// What is to be signed is good for five minutes, and pages lie open for longer: it is had anew
// before that, and nothing that somebody has typed goes.
const GOOD_MS = 240_000;
const RETRY_MS = 20_000;
let had = Date.now();
const isOld = () => Date.now() - had > GOOD_MS;

const renew = async () => {
  const page = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' } });
  if (!page.ok) throw new Error(page.status);
  const fresh = new DOMParser().parseFromString(await page.text(), 'text/html');
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const action = CSS.escape(form.getAttribute('action'));
    const other = fresh.querySelector(`form[data-passkey="${form.dataset.passkey}"][action="${action}"]`);
    if (!other) continue;
    form.dataset.options = other.dataset.options;
    // Where it leads is for this page to know: it may have a fragment, or come of a form.
    for (const input of form.querySelectorAll('input[type=hidden]:not([name=return_to])')) {
      const name = CSS.escape(input.name);
      input.value = other.querySelector(`input[type=hidden][name="${name}"]`)?.value ?? input.value;
    }
    had = Date.now();
  }
};

const watch = (form) => {
  form.hidden = false;
  const fault = form.querySelector('.fault');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const mine = begin(true);
    fault.hidden = true;
    // Where it cannot be had, what there is may do.
    if (isOld()) await renew().catch(() => {});
    const asked = { publicKey: options(form), signal: mine.signal };
    try {
      send(form, await navigator.credentials[form.dataset.passkey](asked));
    } catch {
      // Another click has asked anew.
      if (waiting !== mine) return;
      fault.hidden = false;
      offerAgain();
    }
  });
};

// Passkeys among what the browser offers for the field: where nobody chooses one, nothing
// happens.
const offer = async (form) => {
  const { signal } = begin(false);
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  const asked = { publicKey: options(form), mediation: 'conditional', signal };
  try {
    send(form, await navigator.credentials.get(asked));
  } catch {}
};

// An offer stands for as long as the page does, but for a prompt: nothing closes that.
const keepOffering = (form) => {
  offerAgain = () => offer(form);
  offer(form);
  let next = 0;
  const again = async () => {
    const now = Date.now();
    if (isPrompt || document.visibilityState !== 'visible' || !isOld() || now < next) return;
    // Of a device that wakes before its network does, what there is stays old, and the next look
    // tries again. A page that has no such form any more is not asked for it all the time.
    next = now + RETRY_MS;
    await renew().then(() => { next = now + GOOD_MS; }, () => {});
    if (!isPrompt && !isOld()) offer(form);
  };
  document.addEventListener('visibilitychange', again);
  window.addEventListener('pageshow', (event) => {
    // What was asked for before is over where somebody comes back.
    if (event.persisted) isPrompt = false;
    again();
  });
  setInterval(again, 30_000);
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    watch(form);
    if ('conditional' in form.dataset) keepOffering(form);
  }
  // What the browser keeps goes with what is kept here, where it takes part in that.
  for (const { dataset } of document.querySelectorAll('[data-signal]')) {
    PublicKeyCredential[dataset.signal]?.(JSON.parse(dataset.credentials)).catch(() => {});
  }
}
