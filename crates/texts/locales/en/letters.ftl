# What letters say.

# Why the recipient has it, at the end of each.

reason-typed = Somebody typed your address on this site. If it was not you, do nothing: nothing happens then.
reason-account = You get this letter because you have an account with this address.
reason-trial = Somebody who runs the site tried whether letters arrive here.
reason-invitation = Somebody who runs this site typed your address. If you want no account there, do nothing.

# Around what several tell. "code" follows a link; "fact" is a line of the text part.

code = Or type this code where you asked for the letter:
fact = { $name }: { $value }

# A link and a code to sign in.

magic-link-lifetime = Both are good once, for 15 minutes.

# A link and a code to choose a new password.

reset-lead = Somebody asked for a new password for your account.
reset-lifetime = Both are good once, for 30 minutes. Your password stays as it is unless you use one of them.

# A link and a code to prove an address.

verify-lead = Somebody signed up with this address.
verify-lifetime = Both are good once, for a day.

# To somebody who has an account already.

has-account-subject = You have an account
has-account-lead = Somebody wanted to use this address for an account. It has one already.
has-account-forgotten = If you have forgotten your password, choose a new one there.

# A link and a code, to the new address of an account.

change-subject = Confirm your new address
change-lead = Somebody wants to use this address for an account.
change-lifetime = Both are good once, for a day, where the account is signed in.

# To the old address of an account.

changed-subject = Your address was changed
changed-lead = Your account has another address from now on:
changed-undo = If it was you, there is nothing to do. If it was not, take the account back: everybody is signed out of it, and you choose a new password. This works once, for a week.
changed-link = Take the account back

# A sign-in from a device not seen before.

new-device-subject = A new sign-in to your account
new-device-lead = Somebody signed in to your account on a device that it was not used on before.
new-device-time = Time
new-device-from = Network address
new-device-not-you = If it was you, there is nothing to do. If it was not, choose a new password:

# A way to prove who it is came or went. The last sentence is another letter's too.

factors-subject = Your account was changed
passkey-added = A passkey was added to your account.
authenticator-added = An authenticator app was added to your account.
recovery-codes-made = New recovery codes were made for your account.
provider-linked = An account at another site was linked to yours.
passkey-removed = A passkey was removed from your account.
authenticator-removed = The authenticator app was removed from your account.
recovery-codes-removed = The recovery codes of your account were removed.
provider-unlinked = An account at another site is no longer linked to yours.
not-you = If it was you, there is nothing to do. If it was not, sign in and look after it:

# The password is another.

password-subject = Your password was changed
password-lead = The password of your account was changed.
password-not-you = If it was you, there is nothing to do. If it was not, choose a new one now:

# A personal access token was made.

token-subject = A new access token
token-lead = An access token was made for your account. Whoever has it acts as you, where the token allows it.
token-not-you = If it was you, there is nothing to do. If it was not, revoke the token and look after your account:
token-link = Your access tokens

# The end of the account was asked for: on a day, or at once.

deletion-lead = Somebody asked to delete your account. Everybody is signed out of it. It goes on this day, with all that is kept of it here:
deletion-day = Deleted on
deletion-stay = Until then you can keep it: sign in, and say that you keep it. If it was not you who asked, look after your account then.
deletion-at-once = Somebody asked to delete your account. Everybody is signed out of it, and it goes at once, with all that is kept of it here.
deletion-not-you = If it was you, there is nothing to do. If it was not, ask whoever runs this site.

# The operator tries whether mail arrives.

trial-subject = Mail arrives
trial-lead = This letter says that this site can send mail.

# Somebody is to have an account.

invitation-subject = You are invited
invitation-lead = You are invited to make an account on this site.
invitation-link = Make an account
invitation-lifetime = It is good once, for seven days.
