# What people read and change of their own account.

# What the pages are called, and ways in.

profile = Profil
email = E-Mail
linked-accounts = Verknüpfte Konten
passkeys = Passkeys
authenticator = Authenticator-App
recovery-codes = Wiederherstellungscodes
sessions = Sitzungen
tokens = Zugriffstoken
activity = Aktivität
export = Ihre Daten exportieren
delete = Ihr Konto löschen
skip = Zum Inhalt der Seite

# What has just been done.

done-profile-saved = Ihr Profil ist gespeichert.
done-passkey-added = Der Passkey ist hinzugefügt.
done-passkey-second-step = Der Passkey ist hinzugefügt, nur als zweiter Schritt. Um sich mit ihm allein anzumelden, müsste das Gerät nach PIN, Finger oder Gesicht fragen und den Passkey selbst aufbewahren.
done-passkey-renamed = Der Passkey hat seinen neuen Namen.
done-passkey-removed = Der Passkey ist entfernt.
done-authenticator-removed = Die App ist entfernt.
done-password-set = Ihr neues Passwort ist gesetzt.
done-password-removed = Ihr Passwort ist entfernt.
done-provider-linked = Das Konto ist verknüpft.
done-provider-unlinked = Das Konto ist nicht mehr verknüpft.
done-session-ended = Die Sitzung ist beendet.
done-others-ended = Alle anderen Sitzungen sind beendet.
done-token-revoked = Das Token ist widerrufen.
done-email-changed = Ihre Adresse ist geändert.

# The first page.

email-none = Keine. Jemand anderes hat nachgewiesen, dass sie ihm gehört.
email-verified = Bestätigt
email-not-verified = Nicht bestätigt
email-confirm = Jetzt bestätigen
signed-in-with = Angemeldet mit
signed-in-until = Angemeldet bis
user-id = Benutzer-ID
go-to-app = Zur App

# The profile.

name-hint = Was Sie hier festlegen, bleibt, auch wenn ein Konto, mit dem Sie sich anmelden, Sie anders nennt.
save = Speichern

# The address.

email-address = Adresse
email-confirmed = Bestätigt
yes = Ja
no = Nein
email-send-confirmation = E-Mail zur Bestätigung senden
email-another = Andere Adresse verwenden
email-another-lead = An die neue Adresse geht zuerst eine E-Mail. Die alte Adresse wird benachrichtigt, und von dort lässt sich die Änderung eine Woche lang rückgängig machen.
email-new = Neue Adresse

# The password.

password-change-lead = Mit einem neuen Passwort werden Sie überall sonst abgemeldet.
password-first-lead = Sie haben noch kein Passwort. Mit einem Passwort können Sie sich auch mit Ihrer E-Mail-Adresse anmelden.
password-change = Passwort ändern
password-set = Passwort setzen
password-unverified = Sie haben kein Passwort. Bevor Sie eines setzen können, bestätigen Sie, dass Ihre E-Mail-Adresse Ihnen gehört.
password-without = Ohne Passwort
password-without-lead = Sie können sich auch auf andere Weise anmelden. Wo Sie mit dem Passwort angemeldet sind, werden Sie abgemeldet.
password-remove = Passwort entfernen

# Linked accounts.

linked-lead = Konten bei anderen Anbietern, mit denen Sie sich hier anmelden können.
linked-none = Es ist noch keines verknüpft.
linked-on = Verknüpft am
linked-off = Die Anmeldung damit ist hier abgeschaltet.
linked-last = Nur so können Sie sich anmelden, deshalb bleibt es verknüpft.
linked-unlink = Verknüpfung aufheben
linked-unlink-ends = Wenn Sie eine Verknüpfung aufheben, werden Sie überall dort abgemeldet, wo Sie mit diesem Konto angemeldet sind.
linked-another = Weiteres Konto verknüpfen
linked-link = { $provider } verknüpfen

# Passkeys.

passkeys-none = Mit einem Passkey melden Sie sich ohne Passwort an: mit der Sperre Ihres Geräts, Ihrem Passwortmanager oder einem Sicherheitsschlüssel.
passkey-backed-up = Mit Sicherungskopie
passkey-not-backed-up = Noch ohne Sicherungskopie
passkey-one-device = Auf einem Gerät
added-on = Hinzugefügt am
last-used-on = Zuletzt benutzt am
rename = Umbenennen
rename-save = Namen speichern
remove = Entfernen
remove-named = { $name } entfernen
passkey-no-script = Browser erstellen Passkeys mit einem Skript, und Skripte sind in diesem Browser abgeschaltet.

# The authenticator app.

authenticator-set-up = Einrichten
authenticator-there = Bei der Anmeldung wird nach dem ersten Schritt ein Code aus Ihrer App verlangt.
authenticator-remove = App entfernen
authenticator-none = Eine App auf Ihrem Telefon oder in Ihrem Passwortmanager zeigt alle dreißig Sekunden einen neuen Code. Ist sie eingerichtet, kommt niemand mit einem Passwort allein in Ihr Konto.
authenticator-begin = App einrichten
authenticator-scan = Scannen Sie dies mit einer Authenticator-App, zum Beispiel mit der Ihres Passwortmanagers.
authenticator-picture = Das Bild, das eine Authenticator-App scannt
authenticator-type = Oder geben Sie dort dieses Geheimnis ein:

# Recovery codes.

codes-new = Dies sind Ihre Wiederherstellungscodes. Sie werden jetzt und nie wieder angezeigt, und die bisherigen gelten nicht mehr.
codes-save = Als Datei speichern
codes-keep = Bewahren Sie sie dort auf, wo Sie sie auch ohne dieses Gerät finden.
codes-use = Mit jedem können Sie sich einmal anmelden, anstelle des zweiten Schritts.
codes-none = Sie haben keine. Ohne sie können Ihnen nur die Betreiber dieser Website helfen, wenn Ihr Gerät verloren geht.
codes-left = Übrig:
codes-make = Neue Codes erstellen
codes-useless = Wiederherstellungscodes ersetzen einen zweiten Schritt, und Sie haben keinen eingerichtet.
codes-set-up = Authenticator-App einrichten

# Sessions.

sessions-lead = Hier sind Sie angemeldet. Wenn Sie eine dieser Sitzungen nicht kennen, beenden Sie sie, und ändern Sie Ihr Passwort.
session-this = Diese Sitzung
session-with = Angemeldet mit { $provider }
session-since = Angemeldet am
session-seen = Zuletzt gesehen am
session-end = Sitzung beenden
sessions-older = Ältere Sitzungen
sessions-end-others = Alle anderen Sitzungen beenden
browser-on-system = { $browser } auf { $system }
browser-unknown-on-system = Ein Browser auf { $system }
browser-unknown = Ein unbekannter Browser

# Access tokens.

tokens-lead = Ein Programm, das ein Token vorweist, handelt in Ihrem Namen, soweit das Token es erlaubt. Geben Sie keines weiter.
token-copy = Kopieren Sie es jetzt: Es wird nicht noch einmal angezeigt.
token-every-app = Gilt für jede App
token-some-apps = Gilt für { $apps }
token-made-on = Erstellt am
token-never-used = Noch nie benutzt
token-revoke = Widerrufen
token-make = Ein Token erstellen
token-good-for = Gilt für
token-days =
    { $days ->
        [one] { $days } Tag
       *[other] { $days } Tage
    }
token-reach = Welche Apps es benutzen darf
token-reach-all = Jede App, die Sie benutzen dürfen
token-reach-some = Nur diese
token-make-button = Token erstellen

# What has happened.

events-lead = Was mit Ihrem Konto geschehen ist. Wenn Sie etwas davon nicht kennen, ändern Sie Ihr Passwort, und sehen Sie sich Ihre Sitzungen an.
events-none = Noch ist nichts verzeichnet.
events-operator = Durch den Betreiber
events-times =
    { $times ->
        [one] Einmal
       *[other] { $times } Mal
    }
events-older = Ältere Aktivität

act-session-begun = Sie haben sich angemeldet
act-session-ended = Sie haben sich abgemeldet
act-session-revoked = Eine Sitzung wurde beendet
act-sessions-revoked = Alle anderen Sitzungen wurden beendet
act-credentials-wrong = Jemand hat ein falsches Passwort eingegeben
act-passphrase-wrong = Jemand hat eine falsche Passphrase eingegeben
act-sign-in-refused = Eine Anmeldung wurde abgelehnt
act-account-disabled = Eine Anmeldung wurde abgelehnt, weil das Konto deaktiviert ist
act-account-locked = Zu viele falsche Passwörter: Die Anmeldung war eine Zeit lang gesperrt
act-limited = Es wurde zu viel auf einmal verlangt
act-device-new = Sie haben sich zum ersten Mal mit einem Browser angemeldet
act-account-created = Ihr Konto wurde angelegt
act-email-taken = Jemand wollte mit Ihrer E-Mail-Adresse ein Konto anlegen
act-account-imported = Ihr Konto kam aus einem anderen System
act-account-linked = Ein Konto wurde verknüpft
act-account-unlinked = Die Verknüpfung mit einem Konto wurde aufgehoben
act-email-reclaimed = Jemand anderes hat nachgewiesen, dass Ihre E-Mail-Adresse ihm gehört
act-profile-changed = Ihr Profil wurde geändert
act-deletion-asked = Das Löschen Ihres Kontos wurde verlangt
act-deletion-withdrawn = Ihr Konto wurde doch behalten
act-account-deleted = Ihr Konto wurde gelöscht
act-account-exported = Ihre Daten wurden exportiert
act-account-switched-off = Ihr Konto wurde deaktiviert
act-account-switched-on = Ihr Konto wurde wieder aktiviert
act-account-unlocked = Die Anmeldung wurde wieder freigegeben
act-email-changed = Ihre E-Mail-Adresse wurde geändert
act-email-verified = Ihre E-Mail-Adresse wurde bestätigt
act-password-changed = Ihr Passwort wurde geändert
act-password-reset = Ihr Passwort wurde neu gesetzt
act-password-removed = Ihr Passwort wurde entfernt
act-link-sent = Ihnen wurde eine E-Mail mit einem Link gesendet
act-link-made = Für Sie wurde ein Link erstellt, mit dem Sie ein neues Passwort wählen
act-link-refused = Ein Link galt nicht mehr
act-factor-added = Ein zweiter Schritt wurde eingerichtet
act-factor-removed = Ein zweiter Schritt wurde entfernt
act-factor-wrong = Der zweite Schritt einer Anmeldung war falsch
act-recovery-code-used = Ein Wiederherstellungscode wurde benutzt
act-recovery-codes-made = Neue Wiederherstellungscodes wurden erstellt
act-factors-reset = Ihre zweiten Schritte wurden entfernt
act-step-up = Sie haben bestätigt, dass Sie es sind
act-token-made = Ein Zugriffstoken wurde erstellt
act-token-revoked = Ein Zugriffstoken wurde widerrufen
act-sessions-over = Beim Anbieter abgemeldet
act-provider-tokens-ended = Der Anbieter hat seine Erlaubnis beendet
act-provider-tokens-revoked = Die Erlaubnisse des Anbieters wurden zurückgegeben
act-invitation-made = Sie wurden eingeladen
act-invitation-used = Sie haben eine Einladung angenommen
act-invitation-revoked = Eine Einladung wurde zurückgenommen
act-login-switched-on = Die Anmeldung wurde angeschaltet
act-login-switched-off = Die Anmeldung wurde abgeschaltet
act-group-created = Eine Gruppe wurde angelegt
act-group-deleted = Eine Gruppe wurde gelöscht
act-group-joined = Sie kamen in eine Gruppe
act-group-left = Sie haben eine Gruppe verlassen
act-app-granted = Eine App wurde für Sie freigegeben
act-app-revoked = Eine App ist für Sie nicht mehr freigegeben
act-secret-requested = Ein Geheimnis wurde angefordert
act-secret-entered = Ein Geheimnis wurde eingegeben
act-secret-rotated = Ein Geheimnis wurde erneuert
act-secret-entry-refused = Ein Geheimnis wurde nicht eingegeben: Der Link galt nicht
act-secret-deleted = Ein Geheimnis wurde gelöscht
act-secret-bound = Eine Anwendung bekam ein Geheimnis
act-secret-revealed = Geheimnisse wurden an eine Anwendung übergeben
act-variables-set = Variablen wurden gesetzt
act-variables-deleted = Variablen wurden gelöscht
act-project-reconciled = Ein Projekt wurde abgeglichen
act-application-added = Eine Anwendung wurde hinzugefügt
act-application-removed = Eine Anwendung wurde entfernt
act-vault-rekeyed = Der Tresor wurde mit einem neuen Schlüssel versiegelt

# All that is kept, as a file.

export-lead = Eine Datei mit allem, was { $site } zu Ihrem Konto speichert: wer Sie sind, Ihre verknüpften Konten, Ihre Passkeys und zweiten Schritte ohne deren Geheimnisse, wo Sie angemeldet sind, Ihre Token ohne deren Geheimnisse, Ihre Gruppen, die für Sie freigegebenen Apps und was mit Ihrem Konto geschehen ist. Was die Apps selbst über Sie speichern, steht nicht darin.
export-download = Datei herunterladen

# The end of the account.

delete-at-once = Ihr Konto wird sofort gelöscht, mit allem, was hier dazu gespeichert ist. Sie werden überall abgemeldet.
delete-later = Sie werden sofort überall abgemeldet. Eine Zeit lang können Sie sich noch anmelden und Ihr Konto behalten; danach wird es gelöscht, mit allem, was hier dazu gespeichert ist.
delete-kept-until = Sie können es behalten bis
delete-apps = Was die Apps über Sie speichern, müssen diese selbst löschen.
delete-confirmation = Geben Sie zur Bestätigung Folgendes ein:
delete-button = Mein Konto löschen

# Where somebody is signed in.

place = { $city }, { $country }
