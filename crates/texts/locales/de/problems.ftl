# What goes wrong, and what the visitor is told.

# Sign-in by a provider: how it began and came back.

oauth-parameters-malformed = Die Antwort des Anbieters konnte nicht gelesen werden. Bitte versuchen Sie es noch einmal.
oauth-state-missing = Diese Anmeldung wurde nicht hier begonnen. Bitte versuchen Sie es noch einmal.
oauth-state-mismatch = Diese Anmeldung wurde nicht in diesem Browser begonnen, oder sie hat zu lange gedauert. Bitte versuchen Sie es noch einmal.
oauth-attempt-expired = Diese Anmeldung hat zu lange gedauert. Bitte versuchen Sie es noch einmal.
oauth-provider-mismatch = Diese Anmeldung wurde mit einem anderen Anbieter begonnen. Bitte versuchen Sie es noch einmal.
oauth-callback-mismatch = Die Antwort des Anbieters kam nicht an die Adresse, an die sie gehört. Bitte versuchen Sie es noch einmal.
oauth-origin-mismatch = Diese Anmeldung wurde auf einer anderen Website begonnen. Bitte versuchen Sie es noch einmal.
oauth-issuer-mismatch = Die Antwort kam von einem anderen Anbieter. Bitte versuchen Sie es noch einmal.
oauth-issuer-missing = Die Antwort des Anbieters war unvollständig. Bitte versuchen Sie es noch einmal.
oauth-denied = Der Anbieter hat Sie nicht eingelassen, oder Sie haben die Anmeldung nicht erlaubt. Es ist nichts geschehen.
oauth-provider-error = Der Anbieter konnte Sie nicht anmelden. Bitte versuchen Sie es später noch einmal.
oauth-replayed = Diese Anmeldung wurde schon verwendet. Bitte beginnen Sie von vorn.

# Sign-in by a provider, for another site.

relay-target-unknown = Die Website, für die diese Anmeldung bestimmt war, gibt es hier nicht mehr. Deshalb wurde nichts dorthin gesendet.
relay-target-refused = Die Anmeldung bei jener Website läuft nicht über diese hier. Deshalb wurde nichts dorthin gesendet.
relay-code-invalid = Die Antwort des Anbieters kam nicht auf dem vorgesehenen Weg. Bitte versuchen Sie es noch einmal.

# Sign-in by a provider: what the provider answers.

provider-unknown = Diese Art der Anmeldung gibt es hier nicht.
provider-unreachable = Der Anbieter antwortet nicht. Bitte versuchen Sie es später noch einmal.
discovery-malformed = Der Anbieter antwortet nicht so, wie er sollte. Bitte versuchen Sie es später noch einmal.
discovery-unsupported = Der Anbieter bietet nicht, was für die Anmeldung hier nötig ist.
github-malformed = GitHub antwortet nicht so, wie es sollte. Bitte versuchen Sie es später noch einmal.
token-refused = Der Anbieter hat die Anmeldung nicht abgeschlossen. Bitte versuchen Sie es noch einmal.
id-token-malformed = Die Antwort des Anbieters konnte nicht überprüft werden.
id-token-key-unknown = Die Antwort des Anbieters konnte nicht überprüft werden. Bitte versuchen Sie es noch einmal.
id-token-nonce = Die Antwort des Anbieters gehört zu einer anderen Anmeldung. Bitte versuchen Sie es noch einmal.
id-token-expired = Die Antwort des Anbieters ist abgelaufen. Bitte versuchen Sie es noch einmal.
id-token-not-before = Die Antwort des Anbieters ist noch nicht gültig. Bitte versuchen Sie es noch einmal.

# Sign-in by a provider: which account it is.

id-token-tenant = Diese Art der Anmeldung ist für Konten bestimmter Organisationen, und Ihres gehört nicht dazu.
id-token-acr = Der Anbieter hat nicht so gründlich geprüft, wer Sie sind, wie es diese Website verlangt. Melden Sie sich noch einmal an und weisen Sie dort nach, was er verlangt.
id-token-auth-time = Der Anbieter hat Sie nicht neu anmelden lassen, wie es diese Website verlangt. Melden Sie sich dort ab und dann noch einmal an.
account-email-missing = Der Anbieter hat Ihre E-Mail-Adresse nicht mitgeteilt. Erlauben Sie es dort, oder melden Sie sich auf andere Weise an.
account-email-domain = Diese Art der Anmeldung ist für E-Mail-Adressen bestimmter Organisationen, und Ihre gehört nicht dazu.
account-email-unverified = Es gibt schon ein Konto mit Ihrer E-Mail-Adresse, und der Anbieter hat nicht bestätigt, dass die Adresse Ihnen gehört. Melden Sie sich so an, wie Sie es bisher getan haben.
account-linked-elsewhere = Mit diesem Konto meldet sich hier jemand anderes an, deshalb kann es nicht mit Ihrem verknüpft werden.
account-link-session = Als dies begann, waren Sie anders angemeldet, deshalb wurde nichts verknüpft. Bitte versuchen Sie es noch einmal.

# Who has an account, and who may make one.

account-disabled = Dieses Konto ist deaktiviert. Wenden Sie sich an den Betreiber dieser Website.
account-not-invited = Hier gibt es kein Konto für Sie, und neue gibt es nur auf Einladung.
account-sign-up-domain = Neue Konten sind für E-Mail-Adressen bestimmter Organisationen, und Ihre gehört nicht dazu.
account-sign-up-closed = Hier gibt es kein Konto für Sie, und neue können nicht erstellt werden.
invitation-invalid = Diese Einladung gilt nicht mehr. Bitten Sie die Person, die Sie eingeladen hat, um eine neue.
email-taken = Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich stattdessen an, oder verwenden Sie eine andere Adresse.

# Sign-in by a password or passphrase.

passwords-off = Die Anmeldung mit einem Passwort ist hier deaktiviert. Wählen Sie eine andere Möglichkeit.
elsewhere = Konten führt hier die App selbst, deshalb tut diese Seite nichts. Melden Sie sich bei der App an.
wrong-credentials = E-Mail-Adresse oder Passwort ist falsch.
wrong-passphrase = Das ist nicht die Passphrase.

# Sign-in by a letter: its link and its code.

mail-off = Diese Website ist nicht dafür eingerichtet, E-Mails zu senden. Wählen Sie eine andere Möglichkeit.
link-void = Der Link wurde schon verwendet, oder er ist zu alt, oder er wurde unterwegs abgeschnitten. Jeder Link gilt einmal und für kurze Zeit.
wrong-code = Das ist nicht der Code, oder er gilt nicht mehr.

# The second step of a sign-in, and passkeys.

needed-second-factor = Das war richtig, und zur Anmeldung gehört ein zweiter Schritt.
needed-set-up = Das war richtig. Konten brauchen hier einen zweiten Schritt: Richten Sie zuerst einen ein.
second-factor-gone = Der zweite Schritt hat zu lange gedauert, oder er wurde in einem anderen Browser begonnen, oder am Konto hat sich inzwischen etwas geändert. Melden Sie sich neu an.
second-factor-wrong = Das ist nicht der aktuelle Code, oder er wurde schon verwendet.
second-factor-limited = Es wurden zu viele Codes ausprobiert. Warten Sie eine Viertelstunde, und melden Sie sich dann neu an.
second-factor-required = Konten brauchen hier einen zweiten Schritt. Richten Sie einen anderen ein, bevor Sie diesen entfernen.
passkey-refused = Dieser Passkey konnte hier nicht verwendet werden. Versuchen Sie es noch einmal, oder wählen Sie eine andere Möglichkeit.
passkey-unverified = Passkeys melden hier allein an, darum müssen sie nach PIN, Finger oder Gesicht fragen, und dieser hat es nicht getan. Legen Sie eine PIN für ihn fest, oder verwenden Sie einen anderen.
too-many-passkeys = Sie haben so viele Passkeys, wie man haben darf. Entfernen Sie einen, den Sie nicht brauchen.

# The account, its session and its apps.

not-recent = Ihre Anmeldung ist eine Weile her. Bestätigen Sie zuerst, dass Sie es sind.
not-ended = Dieser Browser hat Sie vergessen. Die Datenbank hat nicht geantwortet, deshalb konnte die Sitzung selbst nicht beendet werden: Eine Kopie von ihr an anderer Stelle gilt, bis sie abläuft. Melden Sie sich später noch einmal an und wieder ab, um sie zu beenden.
last-way-in = Ohne diese Möglichkeit könnten Sie sich nicht mehr anmelden. Legen Sie zuerst ein Passwort fest, oder verknüpfen Sie zuerst ein anderes Konto.
email-not-verified = Mit einem Passwort erhält Zugang, wer Ihre E-Mail-Adresse hat. Bestätigen Sie deshalb zuerst, dass die Adresse Ihnen gehört.
account-changed = Am Konto hat sich inzwischen etwas geändert. Sehen Sie noch einmal nach.
too-many-tokens = Sie haben so viele Zugriffstoken, wie man haben darf. Widerrufen Sie eines, das Sie nicht brauchen.
app-unknown = In der Liste steht keine App mit diesem Namen.

# Limits.

busy = Im Moment melden sich zu viele Menschen an. Versuchen Sie es in ein paar Sekunden noch einmal.
work-wanted = Im Moment möchten das sehr viele Menschen. Füllen Sie aus, was leer ist, und drücken Sie noch einmal auf die Schaltfläche.
limited-minute = Es gab zu viele Versuche. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.
limited-minutes = Es gab zu viele Versuche. Warten Sie zehn Minuten, und versuchen Sie es dann noch einmal.
limited-hour = Es gab zu viele Versuche. Warten Sie eine Stunde, und versuchen Sie es dann noch einmal.

# Forms.

form-malformed = Das Formular konnte nicht gelesen werden. Bitte gehen Sie zurück, und versuchen Sie es noch einmal.
form-too-large = Das Formular ist zu groß. Bitte gehen Sie zurück, und kürzen Sie, was Sie eingegeben haben.
form-csrf-mismatch = Diese Seite war zu lange geöffnet. Bitte versuchen Sie es noch einmal.
form-cross-site = Dieses Formular wurde von einer anderen Website gesendet, deshalb ist nichts geschehen.
invalid = Etwas von dem, was eingegeben wurde, geht so nicht.
input-invalid = Etwas an der Anfrage fehlt oder gehört nicht dorthin.
no-provider = Zum Anmelden ist kein Anbieter eingerichtet. Wer diese Seite betreibt, kann einen hinzufügen.
no-provider-token = Für Ihr Konto gibt es kein Zugriffstoken dieses Anbieters.

# Fields: email address.

email-empty = Geben Sie Ihre E-Mail-Adresse ein.
email-too-long = Diese Adresse ist zu lang.
email-malformed = Das ist keine E-Mail-Adresse. Eine E-Mail-Adresse sieht aus wie name@example.com.
email-same = Das ist schon Ihre Adresse.

# Fields: name.

name-empty = Geben Sie Ihren Namen ein.
name-too-long = Verwenden Sie höchstens 80 Zeichen.
name-unprintable = Verwenden Sie Zeichen, die sich drucken lassen.

# Fields: a new password.

password-empty = Geben Sie ein Passwort ein.
password-too-short = Verwenden Sie mindestens 8 Zeichen.
password-too-long = Verwenden Sie höchstens 128 Zeichen.
password-unprintable = Verwenden Sie Zeichen, die sich auf einer Tastatur eingeben lassen.
password-common = Dieses Passwort gehört zu denen, die zuerst erraten werden. Wählen Sie ein anderes.
password-personal = Ihre E-Mail-Adresse oder Ihr Name wird zuerst erraten. Wählen Sie ein anderes Passwort.
password-breached = Dieses Passwort ist aus einem Datenleck bei einer anderen Website bekannt. Wählen Sie eines, das Sie sonst nirgends verwenden.

# Fields: a password, passphrase or code that there is.

password-wrong = Das ist nicht das Passwort.
own-password-empty = Geben Sie Ihr Passwort ein.
own-password-wrong = Das ist nicht Ihr Passwort.
passphrase-empty = Geben Sie die Passphrase ein.
code-not-of-now = Das ist nicht der aktuelle Code.

# Fields: access tokens and choices.

token-name-empty = Geben Sie einen Namen für das Zugriffstoken ein.
token-days = Wählen Sie, wie lange das Zugriffstoken gilt.
token-apps = Wählen Sie mindestens eine App.
choice-missing = Wählen Sie eine dieser Möglichkeiten.
confirmation-wrong = Das ist nicht das, was oben steht.

# Pages.

not-found = Unter dieser Adresse gibt es nichts. Vielleicht ist der Link alt oder falsch geschrieben.
method-not-allowed = Die Seite gibt es, aber sie beantwortet solche Anfragen nicht.

# Titles: sign-in by a provider, and who has an account.

title-failed = Die Anmeldung hat nicht geklappt
title-site-refused = Bei jener Website ist keine Anmeldung möglich
title-nothing-linked = Es wurde nichts verknüpft
title-account-off = Dieses Konto ist deaktiviert
title-no-account = Hier gibt es kein Konto für Sie
title-invitation-over = Diese Einladung ist nicht mehr gültig

# Titles: sign-in by a password, a passphrase or a letter.

title-passwords-off = Passwörter sind deaktiviert
title-elsewhere = Nicht auf dieser Seite
title-mail-off = Von hier werden keine E-Mails gesendet
title-link-void = Dieser Link gilt nicht
title-wrong-code = Dieser Code stimmt nicht

# Titles: the second step of a sign-in, and passkeys.

title-needed = Noch ein Schritt
title-second-factor-gone = Bitte melden Sie sich neu an
title-second-factor-limited = Zu viele Codes
title-second-factor-required = Einer muss bleiben
title-passkey-refused = Dieser Passkey hat nicht funktioniert
title-too-many-passkeys = Zu viele Passkeys

# Titles: the account, its session and its apps.

title-not-recent = Sind Sie es noch?
title-not-ended = Nur in diesem Browser abgemeldet
title-last-way-in = Ihre einzige Möglichkeit, sich anzumelden
title-email-not-verified = Bestätigen Sie zuerst Ihre E-Mail-Adresse
title-account-changed = Das wurde inzwischen geändert
title-too-many-tokens = Zu viele Zugriffstoken
title-app-unknown = Diese App gibt es nicht

# Titles: limits.

title-busy = Sehr viele Menschen melden sich gerade an
title-work-wanted = Sehr viele Menschen möchten das
title-limited = Zu viele Versuche

# Titles: forms and pages.

form-title-malformed = Das ist nicht angekommen
form-title-csrf-mismatch = Es ist nichts geschehen
title-invalid = So geht es noch nicht
title-no-provider = Kein Anbieter
title-no-provider-token = Kein Zugriffstoken
not-found-title = Seite nicht gefunden
method-not-allowed-title = Das tut diese Seite nicht

# Actions.

confirm = Bestätigen, dass Sie es sind
ask-for-another = Neuen Link anfordern
your-account = Ihr Konto
