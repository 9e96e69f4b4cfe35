# What people read and change of their own account.

# What the pages are called, and ways in.

profile = Profile
email = Email
linked-accounts = Linked accounts
passkeys = Passkeys
authenticator = Authenticator app
recovery-codes = Recovery codes
sessions = Sessions
tokens = Access tokens
activity = Activity
export = Export your data
delete = Delete your account
skip = Skip to the page

# What has just been done.

done-profile-saved = Your profile is saved.
done-passkey-added = The passkey is added.
done-passkey-second-step = The passkey is added, as a second step only. To sign in with it alone, the device would have to ask for a PIN, a finger or a face, and keep the passkey itself.
done-passkey-renamed = The passkey has its new name.
done-passkey-removed = The passkey is removed.
done-authenticator-removed = The app is removed.
done-password-set = Your new password is set.
done-password-removed = Your password is removed.
done-provider-linked = The account is linked.
done-provider-unlinked = The account is unlinked.
done-session-ended = The session is ended.
done-others-ended = All other sessions are ended.
done-token-revoked = The token is revoked.
done-email-changed = Your address is changed.

# The first page.

email-none = None. Somebody else has proved that it is theirs.
email-verified = Verified
email-not-verified = Not verified
email-confirm = Confirm it
signed-in-with = Signed in with
signed-in-until = Signed in until
user-id = User id
go-to-app = Go to the app

# The profile.

name-hint = What you set here stays, whatever an account that you sign in with calls you.
save = Save

# The address.

email-address = Address
email-confirmed = Confirmed
yes = Yes
no = No
email-send-confirmation = Send a letter to confirm it
email-another = Use another address
email-another-lead = The new address gets a letter first. The old one is told, and can undo the change for a week.
email-new = New address

# The password.

password-change-lead = A new password signs you out everywhere else.
password-first-lead = You have no password yet. With one you can sign in by your email as well.
password-change = Change the password
password-set = Set the password
password-unverified = You have no password. Before you can set one, verify that your email address is yours.
password-without = Without a password
password-without-lead = You have another way to sign in. Where you signed in with the password, you are signed out.
password-remove = Remove the password

# Linked accounts.

linked-lead = Accounts elsewhere that let you in here.
linked-none = None is linked yet.
linked-on = Linked on
linked-off = Signing in with it is switched off here.
linked-last = It is your only way to sign in, so it stays.
linked-unlink = Unlink
linked-unlink-ends = Where you signed in with an account that you unlink, you are signed out.
linked-another = Link another
linked-link = Link { $provider }

# Passkeys.

passkeys-none = A passkey lets you in by the lock of your device, your password manager or a security key, without a password.
passkey-backed-up = Backed up
passkey-not-backed-up = Not backed up yet
passkey-one-device = On one device
added-on = Added on
last-used-on = Last used on
rename = Rename
rename-save = Save the name
remove = Remove
remove-named = Remove { $name }
passkey-no-script = Browsers make passkeys by a script, and scripts are switched off in this one.

# The authenticator app.

authenticator-set-up = Set up
authenticator-there = Signing in asks for a code of your app, after the first step.
authenticator-remove = Remove the app
authenticator-none = An app on your phone or in your password manager shows a new code every thirty seconds. With one set up, nobody gets into your account by a password alone.
authenticator-begin = Set up an app
authenticator-scan = Scan this with an authenticator app, such as the one of your password manager.
authenticator-picture = The picture that an authenticator app scans
authenticator-type = Or type this secret into it:

# Recovery codes.

codes-new = These are your recovery codes. They are shown now and never again, and those from before are void.
codes-save = Save as a file
codes-keep = Keep them where you find them without this device.
codes-use = Each lets you in once, in place of the second step.
codes-none = You have none. Without them only whoever runs this site can let you in when your device is lost.
codes-left = Left:
codes-make = Make new codes
codes-useless = Recovery codes stand in for a second step, and you have set up none.
codes-set-up = Set up an authenticator app

# Sessions.

sessions-lead = Where you are signed in. If you do not know one of these, end it and change your password.
session-this = This session
session-with = Signed in with { $provider }
session-since = Signed in on
session-seen = Last seen on
session-end = End session
sessions-older = Older sessions
sessions-end-others = End all other sessions
browser-on-system = { $browser } on { $system }
browser-unknown-on-system = A browser on { $system }
browser-unknown = An unknown browser

# Access tokens.

tokens-lead = A program that shows a token acts as you, where the token allows it. Give one to nobody.
token-copy = Copy it now: it is not shown again.
token-every-app = Good for every app
token-some-apps = Good for { $apps }
token-made-on = Made on
token-never-used = Never used
token-revoke = Revoke
token-make = Make a token
token-good-for = Good for
token-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
token-reach = Which apps it may use
token-reach-all = Every app that you may use
token-reach-some = Only these
token-make-button = Make the token

# What has happened.

events-lead = What has happened to your account. If you do not know one of these, change your password and look at your sessions.
events-none = Nothing is written down yet.
events-operator = By an operator
events-times =
    { $times ->
        [one] Once
       *[other] { $times } times
    }
events-older = Older activity

act-session-begun = You signed in
act-session-ended = You signed out
act-session-revoked = A session was ended
act-sessions-revoked = All other sessions were ended
act-credentials-wrong = Somebody typed a wrong password
act-passphrase-wrong = Somebody typed a wrong passphrase
act-sign-in-refused = A sign-in was refused
act-account-disabled = A sign-in was refused because the account is switched off
act-account-locked = Too many wrong passwords: sign-in was closed for a while
act-limited = Too much was asked at once
act-device-new = You signed in with a browser for the first time
act-account-created = Your account was made
act-email-taken = Somebody tried to make an account with your email
act-account-imported = Your account came from another system
act-account-linked = An account was linked
act-account-unlinked = An account was unlinked
act-email-reclaimed = Somebody else proved that your email is theirs
act-profile-changed = Your profile was changed
act-deletion-asked = The end of your account was asked for
act-deletion-withdrawn = Your account was kept after all
act-account-deleted = Your account was deleted
act-account-exported = Your data was exported
act-account-switched-off = Your account was switched off
act-account-switched-on = Your account was switched on again
act-account-unlocked = Sign-in was opened again
act-email-changed = Your email was changed
act-email-verified = Your email was verified
act-password-changed = Your password was changed
act-password-reset = Your password was set anew
act-password-removed = Your password was removed
act-link-sent = A letter with a link was sent to you
act-link-made = A link to choose a new password was made for you
act-link-refused = A link was no longer good
act-factor-added = A second step was set up
act-factor-removed = A second step was removed
act-factor-wrong = The second step of a sign-in was wrong
act-recovery-code-used = A recovery code was used
act-recovery-codes-made = New recovery codes were made
act-factors-reset = Your second steps were removed
act-step-up = You confirmed that it is you
act-token-made = An access token was made
act-token-revoked = An access token was revoked
act-sessions-over = Signed out at the sign-in provider
act-provider-tokens-ended = The sign-in provider ended its permission
act-provider-tokens-revoked = Permissions of the sign-in provider were given back
act-invitation-made = You were invited
act-invitation-used = You accepted an invitation
act-invitation-revoked = An invitation was taken back
act-login-switched-on = Login was switched on
act-login-switched-off = Login was switched off
act-group-created = A group was made
act-group-deleted = A group was deleted
act-group-joined = You came into a group
act-group-left = You left a group
act-app-granted = You were granted an app
act-app-revoked = An app was granted no longer
act-secret-requested = A secret was asked for
act-secret-entered = A secret was entered
act-secret-rotated = A secret was rotated
act-secret-entry-refused = A secret was not entered: its link was not good
act-secret-deleted = A secret was deleted
act-secret-bound = A secret was given to an application
act-secret-revealed = Secrets were handed to an application
act-variables-set = Variables were set
act-variables-deleted = Variables were deleted
act-project-reconciled = A project was reconciled
act-application-added = An application was added
act-application-removed = An application was removed
act-vault-rekeyed = The vault was sealed under a new key

# All that is kept, as a file.

export-lead = A file with all that { $site } keeps of your account: who you are, your linked accounts, your passkeys and second steps without their secrets, where you are signed in, your tokens without their secrets, your groups, the apps that you were granted, and what has happened to your account. What apps themselves keep of you is not in it.
export-download = Download the file

# The end of the account.

delete-at-once = Your account goes at once, with all that is kept of it here. You are signed out everywhere.
delete-later = You are signed out everywhere at once. For a while you can sign in and keep your account; then it goes, with all that is kept of it here.
delete-kept-until = You can keep it until
delete-apps = What apps keep of you is theirs to delete.
delete-confirmation = To confirm, type
delete-button = Delete my account

# Where somebody is signed in.

place = { $city }, { $country }
