# Warum eine Anfrage nicht weiterkommt.

# Überschriften.

title-sign-in = Bitte melden Sie sich an
title-again = Bitte versuchen Sie es noch einmal
title-other-account = Nicht mit diesem Konto
title-not-supported = Nicht unterstützt
title-no-answer = Die App antwortet nicht
title-login-off = Die Anmeldung ist abgeschaltet
title-not-set-up = Nicht eingerichtet
title-passphrase = Passphrase erforderlich
title-recent = Bitte bestätigen Sie, dass Sie es sind
title-passkey = Bitte verwenden Sie einen Passkey
title-second-factor = Bitte verwenden Sie einen zweiten Faktor
title-unknown-origin = Hier nicht zu finden
title-bad-request = Ungültige Anfrage
title-insecure = Nur über HTTPS
title-too-long = Adresse zu lang
title-too-large = Anfrage zu groß
title-not-found = Nicht gefunden
title-wrong = Etwas ist schiefgegangen

# Sätze, nach Code.

session-none = Sie sind nicht angemeldet.
session-invalid = Ihre Sitzung gilt hier nicht. Bitte melden Sie sich neu an.
session-expired = Ihre Sitzung ist zu Ende. Bitte melden Sie sich neu an.
token-invalid = Dieses Zugriffstoken gilt hier nicht.
provider-revoked = Der Anbieter, bei dem Sie sich angemeldet haben, hat seine Erlaubnis beendet. Bitte melden Sie sich dort erneut an.
access-passphrase = Diese Seite ist für alle, die die Passphrase dieser Seite kennen.
access-org = Diese Seite ist für Personen mit einer bestätigten E-Mail-Adresse bei bestimmten Organisationen.
access-group = Diese Seite ist für Mitglieder bestimmter Gruppen.
access-recent = Ihre Anmeldung ist für diese Seite zu lange her. Bitte bestätigen Sie, dass Sie es sind.
access-passkey = Diese Seite verlangt einen Passkey. Bitte bestätigen Sie, dass Sie es sind.
access-second-factor = Diese Seite verlangt einen zweiten Faktor. Bitte bestätigen Sie, dass Sie es sind.
app-not-granted = Dieses Konto darf diese App nicht benutzen.
origin-unknown = Dieser Server bedient diese Adresse nicht.
request-malformed = Die Anfrage war nicht zu verstehen.
request-insecure = Diese Website gibt es nur über HTTPS: Rufen Sie sie mit https:// auf, und ersetzen Sie jedes Passwort und jedes Token, das unverschlüsselt gesendet wurde.
request-target-too-long = Die Adresse dieser Anfrage ist zu lang.
request-fields-too-large = Der Kopf der Anfrage ist zu groß. Vielleicht hilft es, die Cookies dieser Website zu löschen.
request-method-refused = Diese Methode wird hier nicht bedient.
request-transfer-coding-unknown = Diese Übertragungskodierung wird hier nicht verstanden.
route-unknown = Unter dieser Adresse gibt es nichts.
upgrade-unsupported = WebSockets funktionieren über diesen Host nicht.
store-unavailable = Die Anmeldung ist im Moment nicht möglich. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
store-conflict = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.
upstream-unreachable = Die App hinter dieser Adresse ist nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.
upstream-timeout = Die App hinter dieser Adresse braucht zu lange für eine Antwort. Bitte versuchen Sie es gleich noch einmal.
upstream-loop = Die App hinter dieser Adresse ist nicht eingerichtet. Im Protokoll des Servers steht, was fehlt.
busy = Gerade sind sehr viele Menschen hier. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
login-off = Wer diese Website betreibt, hat die Anmeldung abgeschaltet. Die Konten bleiben erhalten, und niemand ist angemeldet.
settings-invalid = Diese Adresse ist nicht eingerichtet. Im Protokoll des Servers steht, was fehlt.
internal = Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.

# Daneben.

sign-in = Anmelden
sign-out = Abmelden
try-again = Noch einmal versuchen
confirm = Bestätigen
type-passphrase = Passphrase eingeben
start-page = Zur Startseite
use-other-account = Anderes Konto verwenden
open-by-https = Über HTTPS öffnen
unsent = Was Sie gesendet haben, ist nicht angekommen. Machen Sie in einem neuen Tab weiter, und laden Sie dann diese Seite neu, um es noch einmal zu senden.
signed-in-as = Sie sind als { $email } angemeldet.
elsewhere = Er antwortet unter dieser:
code = Code:
