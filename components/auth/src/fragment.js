// Hands on what stands behind the "#" of the address that somebody came for. No server sees
// it; browsers keep it through the redirect to this page, and some apps find their way by it.
const { hash } = location;
const extended = (target) => (target.includes("#") ? target : target + hash);
const onwards = ["sign-in", "sign-up", "start/", "magic-link", "forgot-password", "account/"]
  .map((page) => `a[href^="/auth/${page}"]`);

if (hash.length > 1) {
  for (const field of document.querySelectorAll('input[name="return_to"]')) {
    field.value = extended(field.value);
  }
  for (const link of document.querySelectorAll(onwards.join())) {
    const { pathname, searchParams } = new URL(link.href);
    searchParams.set("return_to", extended(searchParams.get("return_to") ?? "/"));
    link.setAttribute("href", `${pathname}?${searchParams}`);
  }
}
