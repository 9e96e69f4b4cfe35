# Was um jede Seite herum steht.

insecure-title = Nicht verschlüsselt.
insecure = Diese Website läuft über einfaches HTTP: Wer im Netzwerk mithört, kann lesen, was Sie hier eingeben.
preview-title = Vorschau.
preview-own-accounts = Sie hat eigene Konten.
preview-shared-accounts = Sie teilt die Konten mit der Website, deren Vorschau sie ist.
error-title = Fehler: { $title }
faults-one = Bitte korrigieren Sie dies:
faults-many = Bitte korrigieren Sie Folgendes:

# Labels and titles that stand in several places, on pages or in letters.

email = E-Mail-Adresse
name = Name
password = Passwort
new-password = Neues Passwort
choose-password = Neues Passwort wählen
passkey = Passkey
code-shown = Code, den die App anzeigt
continue = Weiter
create-an-account = Ein Konto erstellen
create-account = Konto erstellen
sign-in-by-email = Per E-Mail anmelden
send-letter = E-Mail senden
confirm-address = Adresse bestätigen
use-address = Diese Adresse verwenden
token-purpose = Zweck
token-until = Gültig bis
deletion-title = Ihr Konto wird gelöscht
