# The pages for admins.

console = Console
secrets = Secrets
requests = Requests
applications = Applications
agents = Agents
origins = Origins and previews
users = Users
audit = What was done

# Why a request gets no further.

title-not-admin = For admins alone
not-admin = This page is for people in the group admins or owners, and you are in neither. Ask whoever runs this site.
title-not-configured = The vault has no key
not-configured = Secrets cannot be kept yet: the variable secrets_enc_key is not set.
title-not-yours = Not allowed
forbidden = You may not do that here.
not-yours = Nobody does this to themselves, and only an owner does it to an owner.
not-found = It is not there, or no longer. Look at the list again.
conflict = Somebody else changed that at the same moment. Look at it again.
wrong-key = What is kept was sealed under a key that is not here. Nothing is lost: the log names the key that is missing.
unavailable = The vault does not answer. Please try again in a few seconds.
title-link-void = This link is not good
link-void = It was used already, its time is over, or it is for somewhere else. Nothing was stored. Ask for another.
back = To the console

value-empty = Secret value must not be empty.
value-too-long = Secret value must be ≤ 8192 bytes.
value-nul = Secret value must have no NUL character.

# The first page.

vault-key = Key of the vault
