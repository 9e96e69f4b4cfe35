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

const send = (form, { id, response }) => {
  const said = {
    id,
    client_data: text(response.clientDataJSON),
    attestation: response.attestationObject && text(response.attestationObject),
    transports: response.getTransports?.().join(' '),
    authenticator_data: response.authenticatorData && text(response.authenticatorData),
    signature: response.signature && text(response.signature),
    user_handle: response.userHandle && text(response.userHandle),
  };
  // Registrations have the authenticator's data within the attestation.
  if (said.attestation) delete said.authenticator_data;
  for (const [name, value] of Object.entries(said)) {
    if (!value) continue;
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name: `passkey_${name}`, value });
    form.append(input);
  }
  form.submit();
};

let waiting = new AbortController();

const watch = (form) => {
  form.hidden = false;
  const fault = form.querySelector('.fault');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    waiting.abort();
    waiting = new AbortController();
    fault.hidden = true;
    const asked = { publicKey: options(form), signal: waiting.signal };
    try {
      send(form, await navigator.credentials[form.dataset.passkey](asked));
    } catch {
      fault.hidden = false;
    }
  });
};

// Passkeys among what the browser offers for the field: where nobody chooses one, nothing
// happens.
const offer = async (form) => {
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  const asked = { publicKey: options(form), mediation: 'conditional', signal: waiting.signal };
  try {
    send(form, await navigator.credentials.get(asked));
  } catch {}
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    watch(form);
    if ('conditional' in form.dataset) offer(form);
  }
}
