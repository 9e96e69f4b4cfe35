# What every page has around it.

insecure-title = Not encrypted.
insecure = This site runs over plain HTTP: anyone on the network can read what you type here.
preview-title = Preview.
preview-own-accounts = It has accounts of its own.
preview-shared-accounts = It shares accounts with the site that it is a preview of.
error-title = Error: { $title }
faults-one = Please correct this:
faults-many = Please correct these:

# Labels and titles that stand in several places, on pages or in letters.

email = Email
name = Name
password = Password
new-password = New password
choose-password = Choose a new password
passkey = Passkey
code-shown = Code that it shows
continue = Continue
create-an-account = Create an account
create-account = Create account
sign-in-by-email = Sign in by email
send-letter = Send the letter
confirm-address = Confirm your address
use-address = Use this address
token-purpose = What it is for
token-until = Good until
deletion-title = Your account is being deleted
