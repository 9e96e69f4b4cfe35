// Solves the challenge of a form: a number for which the SHA-256 of "challenge:number"
// begins with enough zero bits. It begins at once, while the rest is being typed; a form
// that is sent sooner waits for it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-bits]");
  // Without it (plain HTTP) one waits, as without a script.
  if (!form || !window.crypto || !crypto.subtle) return;
  const challenge = form.elements.challenge.value;
  const bits = Number(form.dataset.bits);
  const encoder = new TextEncoder();
  const AT_ONCE = 256;

  const isSolved = (digest) => {
    const bytes = new Uint8Array(digest);
    let zeros = 0;
    for (const byte of bytes) {
      if (byte !== 0) return zeros + Math.clz32(byte) - 24 >= bits;
      zeros += 8;
    }
    return true;
  };
  const solve = async () => {
    for (let from = 0; ; from += AT_ONCE) {
      const digests = [];
      for (let number = from; number < from + AT_ONCE; number += 1) {
        digests.push(crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${number}`)));
      }
      const found = (await Promise.all(digests)).findIndex(isSolved);
      if (found >= 0) return from + found;
    }
  };

  document.getElementById("waiting").hidden = true;
  const solution = solve();
  form.addEventListener("submit", (event) => {
    if (form.elements.solution.value !== "") return;
    event.preventDefault();
    document.getElementById("working").hidden = false;
    solution.then((number) => {
      form.elements.solution.value = String(number);
      form.submit();
    });
  });
})();
