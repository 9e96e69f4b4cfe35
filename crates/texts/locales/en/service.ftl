# The page of the API that apps know from a central auth service.

title = API for apps
lead = Apps that were written for a central auth service find its calls at { $site }.
rpc = oRPC:
fields = Asked by:
errors = Errors:
source = What changes something has to come from this site's own pages. A program that passes its visitor's cookies on says where it comes from with the field Origin.
who = Who it is says the cookie of the session. A personal access token does for the session and the user, too.
document = OpenAPI document
sign-in = Begins a sign-in with a provider. A browser is sent there, a program gets the address.
callback = Takes the provider's answer, and signs in whoever it is.
sign-out = Ends the session, and has the browser forget it.
session = Says whether there is a session, and which.
me = Says who is signed in.
