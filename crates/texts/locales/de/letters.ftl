# What letters say.

# Why the recipient has it, at the end of each.

reason-typed = Jemand hat auf dieser Website Ihre Adresse eingegeben. Wenn Sie das nicht waren, tun Sie nichts: Dann passiert auch nichts.
reason-account = Sie erhalten diese E-Mail, weil Sie ein Konto mit dieser Adresse haben.
reason-trial = Jemand, der diese Website betreibt, hat ausprobiert, ob E-Mails hier ankommen.
reason-invitation = Jemand, der diese Website betreibt, hat Ihre Adresse eingegeben. Wenn Sie dort kein Konto möchten, tun Sie nichts.

# Around what several tell. "code" follows a link; "fact" is a line of the text part.

code = Oder geben Sie diesen Code dort ein, wo Sie die E-Mail angefordert haben:
fact = { $name }: { $value }

# A link and a code to sign in.

magic-link-lifetime = Link und Code gelten einmal, 15 Minuten lang.

# A link and a code to choose a new password.

reset-lead = Jemand hat ein neues Passwort für Ihr Konto angefordert.
reset-lifetime = Link und Code gelten einmal, 30 Minuten lang. Bis Sie einen davon benutzen, bleibt Ihr Passwort, wie es ist.

# A link and a code to prove an address.

verify-lead = Jemand hat sich mit dieser Adresse registriert.
verify-lifetime = Link und Code gelten einmal, einen Tag lang.

# To somebody who has an account already.

has-account-subject = Sie haben ein Konto
has-account-lead = Jemand wollte diese Adresse für ein Konto verwenden. Zu ihr gibt es schon eines.
has-account-forgotten = Wenn Sie Ihr Passwort vergessen haben, wählen Sie dort ein neues.

# A link and a code, to the new address of an account.

change-subject = Neue Adresse bestätigen
change-lead = Jemand möchte diese Adresse für ein Konto verwenden.
change-lifetime = Link und Code gelten einmal, einen Tag lang, und nur dort, wo Sie mit dem Konto angemeldet sind.

# To the old address of an account.

changed-subject = Ihre Adresse wurde geändert
changed-lead = Ihr Konto hat von jetzt an eine andere Adresse:
changed-undo = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, holen Sie das Konto zurück: Alle werden davon abgemeldet, und Sie wählen ein neues Passwort. Das geht einmal, eine Woche lang.
changed-link = Konto zurückholen

# A sign-in from a device not seen before.

new-device-subject = Neue Anmeldung bei Ihrem Konto
new-device-lead = Jemand hat sich bei Ihrem Konto auf einem Gerät angemeldet, auf dem es noch nicht benutzt wurde.
new-device-time = Zeitpunkt
new-device-from = Netzwerkadresse
new-device-not-you = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, wählen Sie ein neues Passwort:

# A way to prove who it is came or went. The last sentence is another letter's too.

factors-subject = Ihr Konto wurde geändert
passkey-added = Zu Ihrem Konto wurde ein Passkey hinzugefügt.
authenticator-added = Zu Ihrem Konto wurde eine Authenticator-App hinzugefügt.
recovery-codes-made = Für Ihr Konto wurden neue Wiederherstellungscodes erstellt.
provider-linked = Ein Konto bei einer anderen Website wurde mit Ihrem verknüpft.
passkey-removed = Ein Passkey wurde aus Ihrem Konto entfernt.
authenticator-removed = Die Authenticator-App wurde aus Ihrem Konto entfernt.
recovery-codes-removed = Die Wiederherstellungscodes Ihres Kontos wurden entfernt.
provider-unlinked = Ein Konto bei einer anderen Website ist nicht mehr mit Ihrem verknüpft.
not-you = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, melden Sie sich an, und sehen Sie nach dem Rechten:

# The password is another.

password-subject = Ihr Passwort wurde geändert
password-lead = Das Passwort Ihres Kontos wurde geändert.
password-not-you = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, wählen Sie jetzt ein neues:

# A personal access token was made.

token-subject = Ein neues Zugriffstoken
token-lead = Für Ihr Konto wurde ein Zugriffstoken erstellt. Wer es hat, handelt in Ihrem Namen, wo das Token es erlaubt.
token-not-you = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, widerrufen Sie das Token, und sehen Sie in Ihrem Konto nach dem Rechten:
token-link = Ihre Zugriffstoken

# The end of the account was asked for: on a day, or at once.

deletion-lead = Jemand hat verlangt, Ihr Konto zu löschen. Alle sind davon abgemeldet. An diesem Tag verschwindet es mit allem, was hier dazu gespeichert ist:
deletion-day = Löschung am
deletion-stay = Bis dahin können Sie es behalten: Melden Sie sich an, und sagen Sie, dass Sie es behalten. Wenn nicht Sie das verlangt haben, sehen Sie dann in Ihrem Konto nach dem Rechten.
deletion-at-once = Jemand hat verlangt, Ihr Konto zu löschen. Alle sind davon abgemeldet, und es verschwindet sofort mit allem, was hier dazu gespeichert ist.
deletion-not-you = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, fragen Sie die Betreiber dieser Website.

# The operator tries whether mail arrives.

trial-subject = E-Mails kommen an
trial-lead = Diese E-Mail sagt, dass diese Website E-Mails senden kann.

# Somebody is to have an account.

invitation-subject = Sie sind eingeladen
invitation-lead = Sie sind eingeladen, auf dieser Website ein Konto anzulegen.
invitation-link = Konto anlegen
invitation-lifetime = Der Link gilt einmal, sieben Tage lang.
