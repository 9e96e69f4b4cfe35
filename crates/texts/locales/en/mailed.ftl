# The pages around letters: asking for one, looking for it, and what its link leads to.

# Where a letter is asked for.

sign-in-lead = You get a letter with a link that signs you in.
choose-password-lead = You get a letter with a link to choose a new password.
other-way = Sign in another way

# A letter was asked for.

sent-title = Look into your mailbox
sent = A letter is on its way to this address. It says how to go on, and is good for a day.
sent-sign-in = A letter with a link and a code is on its way to this address. Both are good for 15 minutes.
sent-sign-in-if-account = If there is an account with this address, a letter with a link and a code is on its way. Both are good for 15 minutes.
sent-new-password-if-account = If there is an account with this address, a letter with a link and a code is on its way. Both are good for 30 minutes.
sent-follow = Follow the link in the letter, in this browser or another. Or type its code here.
code = Code
code-hint = Six digits. Five tries.
no-letter = No letter? Look among the unwanted ones.

# What a link leads to: titles.

undo-title = Take your address back

# What its button does. The address follows.

sign-in-here = This signs you in here, in this browser, as:
register-lead = This makes an account with this address and signs you in:
new-password-lead = With a new password you are signed in here, and signed out everywhere else.
verify-lead = This confirms that you read mail at this address:
verify-elsewhere-lead = Nobody signed up in this browser. If it was you, type the password that you chose. If it was not, close this page: without the password nothing happens.
change-lead = Your account has this address from now on:
undo-lead = The account gets this address again, and everybody is signed out of it:

# The buttons.

save-password = Save password
verify = Confirm address
undo = Take it back

# An account that nobody has proved, of which something is chosen.

unproved = There is an account with this address, and nobody has confirmed that it is theirs.
unproved-since = Created
unproved-keep = I made it: keep it, and end every other way into it
unproved-anew = I did not make it: start a new account
