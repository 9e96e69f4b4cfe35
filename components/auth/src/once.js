// Sends a form once. Of a double click, and of a password manager that sends the form too, the
// browser shows the second answer, which is that the first was enough: the address has an
// account, the code was used. The button stays as it is: what it says is sent with the form,
// and read out.
const WAIT_MS = 5_000;

for (const form of document.querySelectorAll("form:not([data-passkey])")) {
  let sent = -Infinity;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sent < WAIT_MS) event.preventDefault();
    else sent = event.timeStamp;
  });
  // Whoever comes back to the page has something else to send.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) sent = -Infinity;
  });
}
