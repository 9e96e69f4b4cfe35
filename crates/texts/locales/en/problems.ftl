# What goes wrong, and what the visitor is told.

# Sign-in by a provider: how it began and came back.

oauth-parameters-malformed = The provider's answer could not be read. Please try again.
oauth-state-missing = This sign-in was not started here. Please try again.
oauth-state-mismatch = This sign-in was not started in this browser, or it took too long. Please try again.
oauth-attempt-expired = This sign-in took too long. Please try again.
oauth-provider-mismatch = This sign-in was started with another provider. Please try again.
oauth-callback-mismatch = The provider's answer did not come to the address that it was asked to come to. Please try again.
oauth-origin-mismatch = This sign-in was started on another site. Please try again.
oauth-issuer-mismatch = The answer came from another provider. Please try again.
oauth-issuer-missing = The provider's answer was incomplete. Please try again.
oauth-denied = The provider did not let you in, or you did not allow the sign-in. Nothing has happened.
oauth-provider-error = The provider could not sign you in. Please try again later.
oauth-replayed = This sign-in has been used already. Please start again.

# Sign-in by a provider, for another site.

relay-target-unknown = The site that this sign-in was for is not served any more, so nothing was sent to it.
relay-target-refused = Sign-in for that site does not go through this one, so nothing was sent to it.
relay-code-invalid = The provider's answer did not come the way it should. Please try again.

# Sign-in by a provider: what the provider answers.

provider-unknown = There is no such way to sign in here.
provider-unreachable = The provider does not answer. Please try again later.
discovery-malformed = The provider does not answer as it should. Please try again later.
discovery-unsupported = The provider does not offer what signing in here needs.
github-malformed = GitHub does not answer as it should. Please try again later.
token-refused = The provider did not complete the sign-in. Please try again.
id-token-malformed = The provider's answer could not be verified.
id-token-key-unknown = The provider's answer could not be verified. Please try again.
id-token-nonce = The provider's answer belongs to another sign-in. Please try again.
id-token-expired = The provider's answer has expired. Please try again.
id-token-not-before = The provider's answer is not valid yet. Please try again.

# Sign-in by a provider: which account it is.

id-token-tenant = This way in is for accounts of certain organisations, and yours is not among them.
id-token-acr = The provider did not check who you are as thoroughly as this site asks. Sign in again, and prove there what it asks of you.
id-token-auth-time = The provider did not ask you to sign in anew, as this site wants it. Sign out there, then sign in again.
account-email-missing = The provider did not say what your email address is. Allow it there, or sign in another way.
account-email-domain = This way in is for addresses of certain organisations, and yours is not among them.
account-email-unverified = There is an account with your email address already, and the provider has not verified that the address is yours. Sign in the way you did before.
account-linked-elsewhere = This account signs somebody else in here, so it cannot be linked to you.
account-link-session = You were signed in otherwise when this began, so nothing was linked. Please try again.

# Who has an account, and who may make one.

account-disabled = This account is switched off. Ask whoever runs this site.
account-not-invited = There is no account for you here, and new ones are by invitation only.
account-sign-up-domain = New accounts are for addresses of certain organisations, and yours is not among them.
account-sign-up-closed = There is no account for you here, and new ones cannot be made.
invitation-invalid = This invitation is not good any more. Ask whoever invited you for another.
email-taken = This address has an account already. Sign in instead, or use another address.

# Sign-in by a password or passphrase.

passwords-off = Signing in with a password is switched off here. Choose another way.
elsewhere = Accounts are kept by the app itself here, so this page does nothing. Sign in at the app.
wrong-credentials = Email or password is wrong.
wrong-passphrase = That is not the passphrase.

# Sign-in by a letter: its link and its code.

mail-off = This site is not set up to send mail. Choose another way.
link-void = It was used, or it is too old, or it was cut off on its way. Each is good once and for a short while.
wrong-code = That is not the code, or it is good no longer.

# The second step of a sign-in, and passkeys.

needed-second-factor = That was right, and signing in takes a second step.
needed-set-up = That was right. Accounts here need a second step: set one up first.
second-factor-gone = The second step took too long, was begun in another browser, or something about the account has changed meanwhile. Sign in again.
second-factor-wrong = That is not the code of now, or it was used already.
second-factor-limited = Too many codes were tried. Wait a quarter of an hour, then sign in again.
second-factor-required = Accounts here need a second step. Set up another one before you remove this one.
passkey-refused = That passkey could not be used here. Try again, or choose another way.
passkey-unverified = Passkeys here sign in by themselves, so they have to ask for a PIN, a finger or a face, and this one did not. Set a PIN for it, or use another one.
too-many-passkeys = You have as many passkeys as anybody may have. Remove one that you do not need.

# The account, its session and its apps.

not-recent = It has been a while since you signed in. Confirm that it is you first.
not-ended = This browser has forgotten you. The database did not answer, so the session itself could not be ended: a copy of it elsewhere is good until it expires. Sign in and out again later to end it.
last-way-in = Without it you could not sign in any more. Set a password or link another account first.
email-not-verified = A password lets in whoever has your email address, so verify that it is yours first.
account-changed = Something about the account has changed meanwhile. Look again.
too-many-tokens = You have as many tokens as anybody may have. Revoke one that you do not need.
app-unknown = There is no app of that name on the list.

# Limits.

busy = Too many people are signing in at this moment. Try again in a few seconds.
work-wanted = Very many people ask for this at the moment. Fill in what is empty, and press the button again.
limited-minute = There were too many attempts. Wait a minute, then try again.
limited-minutes = There were too many attempts. Wait ten minutes, then try again.
limited-hour = There were too many attempts. Wait an hour, then try again.

# Forms.

form-malformed = The form could not be read. Please go back and try again.
form-too-large = The form is too large. Please go back and shorten what you typed.
form-csrf-mismatch = This page was open too long. Please try again.
form-cross-site = This form was sent from another site, so nothing has happened.
invalid = Something that was typed does not do.
input-invalid = Something that was asked for is missing, or is not what belongs there.
no-provider = No provider is set up to sign in with. Whoever runs this site can add one.
no-provider-token = There is no access token of this provider for your account.

# Fields: email address.

email-empty = Type your email address.
email-too-long = This address is too long.
email-malformed = This is not an email address. One looks like name@example.com.
email-same = This is your address already.

# Fields: name.

name-empty = Type your name.
name-too-long = Use at most 80 characters.
name-unprintable = Use letters that can be printed.

# Fields: a new password.

password-empty = Type a password.
password-too-short = Use at least 8 characters.
password-too-long = Use at most 128 characters.
password-unprintable = Use characters that a keyboard can type.
password-common = This password is among the first that are guessed. Choose another.
password-personal = Your email address or name is guessed first. Choose another password.
password-breached = This password is known from a breach of another site. Choose one that you use nowhere else.

# Fields: a password, passphrase or code that there is.

password-wrong = That is not the password.
own-password-empty = Type your password.
own-password-wrong = That is not your password.
passphrase-empty = Type the passphrase.
code-not-of-now = That is not the code of now.

# Fields: access tokens and choices.

token-name-empty = Type a name for the token.
token-days = Choose for how long the token is good.
token-apps = Choose at least one app.
choice-missing = Choose one of these.
confirmation-wrong = That is not what it says above.

# Pages.

not-found = There is nothing at this address. The link may be old or mistyped.
method-not-allowed = The page is there, but it does not answer such requests.

# Titles: sign-in by a provider, and who has an account.

title-failed = Sign-in did not work
title-site-refused = That site cannot be signed in to
title-nothing-linked = Nothing was linked
title-account-off = This account is switched off
title-no-account = No account for you here
title-invitation-over = This invitation is over

# Titles: sign-in by a password, a passphrase or a letter.

title-passwords-off = Passwords are switched off
title-elsewhere = Not on this page
title-mail-off = No mail is sent from here
title-link-void = This link is not good
title-wrong-code = That code is not right

# Titles: the second step of a sign-in, and passkeys.

title-needed = One more step
title-second-factor-gone = Please sign in again
title-second-factor-limited = Too many codes
title-second-factor-required = One must stay
title-passkey-refused = That passkey did not work
title-too-many-passkeys = Too many passkeys

# Titles: the account, its session and its apps.

title-not-recent = Is it still you?
title-not-ended = Signed out in this browser only
title-last-way-in = Your only way to sign in
title-email-not-verified = Verify your email first
title-account-changed = That was changed meanwhile
title-too-many-tokens = Too many tokens
title-app-unknown = No such app

# Titles: limits.

title-busy = Very many people are signing in
title-work-wanted = Very many people ask for this
title-limited = Too many attempts

# Titles: forms and pages.

form-title-malformed = That did not come through
form-title-csrf-mismatch = Nothing has happened
title-invalid = That does not do yet
title-no-provider = No provider here
title-no-provider-token = No access token
not-found-title = Page not found
method-not-allowed-title = This page does not do that

# Actions.

confirm = Confirm that it is you
ask-for-another = Ask for another
your-account = Your account
