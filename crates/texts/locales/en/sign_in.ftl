# Signing in and up, proving it again, and signing out.

# The sign-in page.

signed-out = You are signed out.
continue-with = Continue with { $provider }
or-with-email = or with your email
forgot-password = Forgot your password?
no-way-in = There is no way to sign in here yet. The operator of { $site } has switched passwords off and set up no identity provider.
new-here = New here?

# Where people sign in on the pages of the app.

elsewhere = You sign in to { $site } on its own pages, not on this one.
elsewhere-void = The session that this browser brings is not good, or no longer. Sign in once more.

# Whoever is signed in already, and whoever just has.

signed-in-title = You are signed in
change-account = Sign out and use another account
onwards = On to { $site } …

# The sign-up page.

invited = You were invited to make an account here.
password-hint = At least 8 characters. A few words in a row are good.
have-account = Have an account?

# Where very many people ask for something.

# Ten seconds, thirty, or sixty.
wait = Wait { $seconds } seconds before you press the button.
working = Your browser is computing for a few seconds.

# The sign-out page.

nobody-title = You are signed out
nobody = Nobody is signed in to { $site } in this browser.
sign-out-title = Sign out?
stay = Stay signed in

# The second step.

second-step = Second step
set-up-app = Accounts here need a second step. Set up an authenticator app to go on.
set-up = Set up and sign in
code-or-recovery = Code from your app, or a recovery code
passkey-or-recovery = Use one of your passkeys, or a recovery code where you have none at hand.
recovery-code = Recovery code
sign-in-with-code = Sign in with the code
begin-again = Begin again

# Passkeys.

passkey-use = Use a passkey
passkey-add = Add a passkey
passkey-name = Name, such as the device's
passkey-none = No passkey was used. Try again, or choose another way.

# The confirmation.

confirm-lead = What you are about to do asks once more who you are.
lacks-passkey = That page asks for a passkey, and your account has none yet.
lacks-second-factor = That page asks for a second factor, and your account has none yet.
not-now = Not now

# An account that is about to go.

leaving-over = The time to keep it is over. It goes within minutes.
leaving-asked = You asked for that. Until it goes you can keep it, and sign in again.
leaving-on = It goes on
leaving-keep = Keep my account
leaving-leave = Leave it at that

# The shared passphrase.

passphrase-lead = This page is for those who know its passphrase. Whoever sent you here can tell you.
passphrase = Passphrase
passphrase-known-title = Passphrase accepted
passphrase-known = This browser has shown the passphrase of { $site }.
passphrase-forget = Forget it in this browser
