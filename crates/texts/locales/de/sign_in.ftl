# Signing in and up, proving it again, and signing out.

# The sign-in page.

signed-out = Sie sind abgemeldet.
continue-with = Weiter mit { $provider }
or-with-email = oder mit Ihrer E-Mail-Adresse
forgot-password = Passwort vergessen?
no-way-in = Hier kann sich noch niemand anmelden. Wer { $site } betreibt, hat Passwörter abgeschaltet und keinen Identitätsanbieter eingerichtet.
new-here = Neu hier?

# Where people sign in on the pages of the app.

elsewhere = Bei { $site } melden Sie sich auf deren eigenen Seiten an, nicht auf dieser.
elsewhere-void = Die Sitzung, die dieser Browser mitbringt, gilt nicht oder nicht mehr. Melden Sie sich noch einmal an.

# Whoever is signed in already, and whoever just has.

signed-in-title = Sie sind angemeldet
change-account = Abmelden und ein anderes Konto verwenden
onwards = Weiter zu { $site } …

# The sign-up page.

invited = Sie wurden eingeladen, hier ein Konto zu erstellen.
password-hint = Mindestens 8 Zeichen. Gut sind ein paar Wörter hintereinander.
have-account = Haben Sie schon ein Konto?

# Where very many people ask for something.

# Ten seconds, thirty, or sixty.
wait = Warten Sie { $seconds } Sekunden, bevor Sie auf die Schaltfläche drücken.
working = Ihr Browser rechnet ein paar Sekunden lang.

# The sign-out page.

nobody-title = Sie sind abgemeldet
nobody = In diesem Browser ist niemand bei { $site } angemeldet.
sign-out-title = Abmelden?
stay = Angemeldet bleiben

# The second step.

second-step = Zweiter Schritt
set-up-app = Konten brauchen hier einen zweiten Schritt. Richten Sie eine Authenticator-App ein, um weiterzukommen.
set-up = Einrichten und anmelden
code-or-recovery = Code aus Ihrer App oder ein Wiederherstellungscode
passkey-or-recovery = Verwenden Sie einen Ihrer Passkeys oder, wenn Sie keinen zur Hand haben, einen Wiederherstellungscode.
recovery-code = Wiederherstellungscode
sign-in-with-code = Mit dem Code anmelden
begin-again = Von vorn beginnen

# Passkeys.

passkey-use = Passkey verwenden
passkey-add = Passkey hinzufügen
passkey-name = Name, zum Beispiel der des Geräts
passkey-none = Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.

# The confirmation.

confirm-lead = Für das, was Sie vorhaben, müssen Sie noch einmal zeigen, wer Sie sind.
lacks-passkey = Die gewünschte Seite verlangt einen Passkey, und Ihr Konto hat noch keinen.
lacks-second-factor = Die gewünschte Seite verlangt einen zweiten Faktor, und Ihr Konto hat noch keinen.
not-now = Jetzt nicht

# An account that is about to go.

leaving-over = Die Frist, es zu behalten, ist abgelaufen. Es wird in wenigen Minuten gelöscht.
leaving-asked = Darum haben Sie gebeten. Solange es noch besteht, können Sie es behalten und sich wieder anmelden.
leaving-on = Es wird gelöscht am
leaving-keep = Mein Konto behalten
leaving-leave = Es dabei belassen

# The shared passphrase.

passphrase-lead = Diese Seite ist für alle, die die Passphrase dieser Seite kennen. Wer Sie hierher geschickt hat, kann sie Ihnen sagen.
passphrase = Passphrase
passphrase-known-title = Passphrase angenommen
passphrase-known = In diesem Browser wurde die Passphrase von { $site } eingegeben.
passphrase-forget = In diesem Browser vergessen
