# The page of the API that apps know from a central auth service.

title = API for apps
lead = Apps that were written for a central auth service find its calls at { $site }.
rpc = oRPC:
fields = Fields:
errors = Errors:
source = Calls that change something have to come from this site's own pages. A program that passes its visitor's cookies on says where it comes from in the field Origin.
who = The session's cookie says who it is. At session and me a personal access token does too.
document = OpenAPI document
sign-in = Begins a sign-in with a provider. A browser is sent there, a program gets the address.
callback = Takes the provider's answer, and signs in whoever it is.
sign-out = Ends the session, and has the browser forget it.
session = Says whether there is a session, and which.
me = Says who is signed in.
