# The pages for admins.

# What the pages are called.

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
not-configured = Secrets cannot be kept yet: the vault has no key to seal them with. Whoever runs this site sets it.
title-not-yours = Not allowed
forbidden = You may not do that here.
not-yours = Nobody does this to themselves, and only an owner does it to an owner.
not-found = It is not there, or no longer. Look at the list again.
conflict = Somebody else changed that at the same moment. Look at it again.
wrong-key = What is kept was sealed under a key that is not here. Nothing is lost: the log names the key that is missing.
unavailable = The vault does not answer. Please try again in a few seconds.
link-void = It was used already, its time is over, or it is for somewhere else. Nothing was stored. Ask for another.
back = To the console

# What is wrong with what was typed.

value-empty = Secret value must not be empty.
value-too-long = Secret value must be ≤ 8192 bytes.
value-nul = Secret value must have no NUL character.
fault-name = The name of a secret is A–Z, 0–9 and _, begins with a letter and has at most 128 characters.
fault-key = A variable's name is letters, digits and _, begins with no digit and has at most 128 characters.
fault-reserved = A variable that changes how programs start, such as PATH or LD_PRELOAD, is not set from here.
fault-application = The id of an application is letters, digits, - and _ and has at most 63 characters.
fault-variable-value = A variable's value has at most 8192 bytes and no NUL character.
fault-no-secret = Nobody has entered that secret yet.
fault-project = The project is not good, and nothing was written. What is wrong with it:
fault-scopes = Choose what the agent may do.

# What has just been done.

done-stored = The secret is stored.
done-rotated = The secret is rotated. Applications keep the value that they have until they are reconciled and start anew.
done-deleted = The secret is deleted. Applications keep their copies until the variables are deleted.
done-application-added = The application is added.
done-application-removed = The application is removed, with its variables.
done-variable-set = The variable is set. It counts from the application's next start.
done-variable-deleted = The variable is deleted. It counts from the application's next start.
done-bound = The secret is written into the variable. It counts from the application's next start.
done-reconciled = The project is reconciled. It counts from the application's next start.
done-user-off = The account is switched off, and signed out everywhere.
done-user-on = The account is switched on.

# The first page.

vault-key = Key of the vault
vault-set = To keep secrets, set this variable:
vault-make = This command makes its value:
secrets-count =
    { $count ->
        [one] { $count } secret
       *[other] { $count } secrets
    }
requests-count =
    { $count ->
        [one] { $count } request waits for its secret
       *[other] { $count } requests wait for their secrets
    }
applications-count =
    { $count ->
        [one] { $count } application
       *[other] { $count } applications
    }

# Secrets.

secrets-lead = A value that was entered is shown to nobody again. Applications get copies of it.
secrets-none = No secret is kept yet.
updated-on = Entered on
by = By
operator = An operator
used-by = Used by
used-by-none = No application has a copy.
used-by-count =
    { $count ->
        [one] { $count } variable has a copy
       *[other] { $count } variables have a copy
    }
overridden = Has a value of its own
ask = Ask for a secret
ask-lead = Whoever has the link enters the value, signed in as an admin. It works once, for fifteen minutes.
ask-button = Make the link
link-made = Hand this link on. It is not shown again:
secret-name = Name of the secret
enter = Enter a secret
enter-lead = A name that is there already is rotated: the value takes the place of the older one.
rotate = Rotate it
value = Value
value-hint = At most 8192 bytes. It is kept as it is pasted, and not shown again.
enter-button = Store the value
delete-secret = Delete the secret
delete-lead = The value goes from the vault for good. These keep their copies, and get no newer one:
delete-lead-none = The value goes from the vault for good. No application has a copy.

# The page of a link.

entry-new = You are asked for the value of a secret that is not there yet.
entry-rotates = You are asked for the new value of a secret. These have the older one, until they are reconciled and start anew:
entry-rotates-none = You are asked for the new value of a secret. No application has the older one.
entry-stored = It is stored, and the link is used up. You can close this page.

# Requests.

requests-lead = Who was asked for a secret within a day.
requests-none = Nobody was asked for one.
state-pending = Waits
state-fulfilled = Entered
state-expired = Expired
asked-on = Asked for on

# Applications.

applications-lead = What can be given secrets and variables.
applications-none = There is none yet.
application-named = Named by an origin
variables-count =
    { $count ->
        [one] { $count } variable
       *[other] { $count } variables
    }
application-add = Add an application
application-id = Id of the application
application-add-button = Add it
variables = Variables
variables-none = It has none.
source-org-linked = From a secret
source-app-override = Its own, where a secret would be
source-app = Its own
stale = The secret has changed since
changed-on = Changed on
variable-delete = Delete the variable
variable-set = Set a variable
variable-set-lead = For what is no secret, such as ports and flags. What is set here wins over a secret under the same name.
variable-key = Name of the variable
variable-set-button = Set it
bind = Give it a secret
bind-lead = The value is copied within the vault, in place of what the variable has.
bind-secret = Secret
bind-as = Name of the variable, where it is another
bind-button = Copy the secret
bind-none = There is no secret to give.
reconcile = Reconcile a project
reconcile-lead = Paste the project's file, .deploymill/project.json or gatelet.json. What is to be written is shown first.
reconcile-project = Project
reconcile-plan = Show the plan
plan = The plan
plan-none = The project declares no secrets.
plan-set = Is written
plan-keep = Is as it should be
plan-missing = Nobody has entered it
plan-overridden = The application has its own, which stays
plan-apply = Write it
application-remove = Remove the application
application-remove-lead = It goes with all of its variables. Programs that run keep what they were started with.
application-remove-named = An origin names it, so it stays in the list; its variables go.

# Agents.

agents-lead = A program with a token calls tools on your behalf, as far as you allow it here, and as long as you are an admin. None of them shows a value. Its address:
agents-make = Make a token for an agent
agents-scopes = What it may do
scope-secrets-names = See names of secrets, applications and variables
scope-secrets-request = Ask people for secrets
scope-env-write = Give secrets to applications, set variables, delete secrets
scope-origins-write = Make and delete previews
agents-may = It may:

# Origins.

origins-lead = What is served beside the main origin. The command gatelet origins changes it.
origins-none = The main origin alone.
origins-more = More origins
origin-preview = Preview
origin-parent = Starts from
origin-branch = Branch
origin-expires = Is served until

# Users.

users-none = Nobody.
users-more = More users
user-off = Switched off
user-groups = Groups
user-sessions =
    { $count ->
        [one] { $count } session
       *[other] { $count } sessions
    }
user-switch-off = Switch off
user-switch-on = Switch on

# Sessions.

sessions-none = Nobody is signed in.
sessions-more = More sessions
session-until = Until

# What was done.

audit-older = Older
