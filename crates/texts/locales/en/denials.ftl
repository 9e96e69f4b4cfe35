# Why a request gets no further: what the gateway says, and sign-in too.

# Headings.

title-sign-in = Please sign in
title-again = Please try again
title-other-account = Not with this account
title-not-supported = Not supported
title-no-answer = The app does not answer
title-login-off = Login is off
title-not-set-up = Not set up
title-passphrase = Passphrase needed
title-recent = Please confirm that it is you
title-passkey = Please use a passkey
title-second-factor = Please use a second factor
title-unknown-origin = Not found here
title-bad-request = Bad request
title-insecure = HTTPS alone
title-too-long = Address too long
title-too-large = Request too large
title-not-found = Not found
title-wrong = Something went wrong

# Sentences, by code.

session-none = You are not signed in.
session-invalid = Your session is not valid here. Please sign in again.
session-expired = Your session has ended. Please sign in again.
token-invalid = This access token is not valid here.
provider-revoked = The provider that you signed in with has ended its permission. Please sign in there again.
access-passphrase = This page is for those who know its passphrase.
access-org = This page is for people with a verified email address at certain organisations.
access-group = This page is for members of certain groups.
access-recent = You signed in too long ago for this page. Please confirm that it is you.
access-passkey = This page asks for a passkey. Please confirm that it is you.
access-second-factor = This page asks for a second factor. Please confirm that it is you.
app-not-granted = This account may not use this app.
origin-unknown = This server does not serve that address.
request-malformed = The request could not be understood.
request-insecure = This site is served by HTTPS alone: ask for it by https://, and replace every password or token that was sent in the clear.
request-target-too-long = The address of this request is too long.
request-fields-too-large = The request's header is too large. Clearing this site's cookies may help.
request-method-refused = This method is not served here.
request-transfer-coding-unknown = This transfer coding is not understood here.
route-unknown = There is nothing at this address.
upgrade-unsupported = WebSockets do not work through this host.
store-unavailable = Sign-in is not available at the moment. Please try again in a few seconds.
store-conflict = That did not go through. Please try again.
upstream-unreachable = The app behind this address cannot be reached. Please try again in a moment.
upstream-timeout = The app behind this address takes too long to answer. Please try again in a moment.
upstream-loop = The app behind this address is not set up. The server's log says what is missing.
busy = Very many people are here at this moment. Please try again in a few seconds.
login-off = Whoever runs this site has switched login off. Accounts are kept, and nobody is signed in.
settings-invalid = This address is not set up. The server's log says what is missing.
internal = Something went wrong. Please try again.

# Beside them.

sign-in = Sign in
sign-out = Sign out
try-again = Try again
confirm = Confirm
type-passphrase = Type the passphrase
start-page = To the start page
use-other-account = Use another account
open-by-https = Open it by HTTPS
unsent = What you sent did not arrive. Go on in a new tab, then reload this page to send it again.
signed-in-as = You are signed in as { $email }.
elsewhere = It answers at this one:
code = Code:
