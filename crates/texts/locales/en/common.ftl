# What every page has around it.

insecure-title = Not encrypted.
insecure = This site runs over plain HTTP: anyone on the network can read what you type here.
preview-title = Preview.
preview-own-accounts = It has accounts of its own.
preview-shared-accounts = It shares accounts with the site that it is a preview of.
error-title = Error: { $title }
faults-passing = Please try again
faults-one = Please correct this:
faults-many = Please correct these:
