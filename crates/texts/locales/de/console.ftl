# The pages for admins.

# What the pages are called.

console = Konsole
secrets = Geheimnisse
requests = Anfragen
applications = Anwendungen
agents = Agenten
origins = Origins und Vorschauen
users = Benutzer
audit = Was getan wurde

# Why a request gets no further.

title-not-admin = Nur für Admins
not-admin = Diese Seite ist für Mitglieder der Gruppen admins und owners, und Sie sind in keiner von beiden. Fragen Sie den Betreiber dieser Website.
title-not-configured = Der Tresor hat keinen Schlüssel
not-configured = Geheimnisse können noch nicht aufbewahrt werden: Der Tresor hat keinen Schlüssel, um sie zu versiegeln. Der Betreiber dieser Website setzt ihn.
title-not-yours = Nicht erlaubt
forbidden = Das dürfen Sie hier nicht tun.
not-yours = Niemand tut das sich selbst an, und nur ein Mitglied von owners einem Mitglied von owners.
not-found = Das gibt es nicht oder nicht mehr. Sehen Sie noch einmal in der Liste nach.
conflict = Jemand anderes hat das im selben Moment geändert. Sehen Sie es sich noch einmal an.
wrong-key = Was aufbewahrt wird, wurde mit einem Schlüssel versiegelt, der nicht hier ist. Nichts ist verloren: Das Protokoll nennt den fehlenden Schlüssel.
unavailable = Der Tresor antwortet nicht. Bitte versuchen Sie es in einigen Sekunden noch einmal.
link-void = Er wurde schon benutzt, seine Zeit ist um, oder er ist für woanders. Es wurde nichts gespeichert. Bitten Sie um einen neuen.
back = Zur Konsole

# What is wrong with what was typed.

value-empty = Der geheime Wert darf nicht leer sein.
value-too-long = Der geheime Wert darf höchstens 8192 Byte lang sein.
value-nul = Der geheime Wert darf kein NUL-Zeichen enthalten.
fault-name = Der Name eines Geheimnisses besteht aus A–Z, 0–9 und _, beginnt mit einem Buchstaben und hat höchstens 128 Zeichen.
fault-key = Der Name einer Variablen besteht aus Buchstaben, Ziffern und _, beginnt mit keiner Ziffer und hat höchstens 128 Zeichen.
fault-reserved = Eine Variable, die ändert, wie Programme starten, etwa PATH oder LD_PRELOAD, wird nicht von hier gesetzt.
fault-application = Die Kennung einer Anwendung besteht aus Buchstaben, Ziffern, - und _ und hat höchstens 63 Zeichen.
fault-variable-value = Der Wert einer Variablen hat höchstens 8192 Byte und kein NUL-Zeichen.
fault-no-secret = Dieses Geheimnis hat noch niemand eingegeben.
fault-project = Das Projekt ist nicht in Ordnung, und es wurde nichts geschrieben. Was daran falsch ist:
fault-scopes = Wählen Sie, was der Agent darf.

# What has just been done.

done-stored = Das Geheimnis ist gespeichert.
done-rotated = Das Geheimnis ist erneuert. Anwendungen behalten ihren Wert, bis sie abgeglichen werden und neu starten.
done-deleted = Das Geheimnis ist gelöscht. Anwendungen behalten ihre Kopien, bis die Variablen gelöscht werden.
done-application-added = Die Anwendung ist hinzugefügt.
done-application-removed = Die Anwendung ist mit ihren Variablen entfernt.
done-variable-set = Die Variable ist gesetzt. Sie gilt ab dem nächsten Start der Anwendung.
done-variable-deleted = Die Variable ist gelöscht. Das gilt ab dem nächsten Start der Anwendung.
done-bound = Das Geheimnis steht in der Variablen. Es gilt ab dem nächsten Start der Anwendung.
done-reconciled = Das Projekt ist abgeglichen. Das gilt ab dem nächsten Start der Anwendung.
done-user-off = Das Konto ist deaktiviert und überall abgemeldet.
done-user-on = Das Konto ist aktiviert.

# The first page.

vault-key = Schlüssel des Tresors
vault-set = Um Geheimnisse aufzubewahren, setzen Sie diese Variable:
vault-make = Dieser Befehl erzeugt ihren Wert:
secrets-count =
    { $count ->
        [one] { $count } Geheimnis
       *[other] { $count } Geheimnisse
    }
requests-count =
    { $count ->
        [one] { $count } Anfrage wartet auf ihr Geheimnis
       *[other] { $count } Anfragen warten auf ihre Geheimnisse
    }
applications-count =
    { $count ->
        [one] { $count } Anwendung
       *[other] { $count } Anwendungen
    }

# Secrets.

secrets-lead = Ein eingegebener Wert wird niemandem wieder gezeigt. Anwendungen bekommen Kopien davon.
secrets-none = Noch wird kein Geheimnis aufbewahrt.
updated-on = Eingegeben am
by = Von
operator = Ein Betreiber
used-by = Benutzt von
used-by-none = Keine Anwendung hat eine Kopie.
used-by-count =
    { $count ->
        [one] { $count } Variable hat eine Kopie
       *[other] { $count } Variablen haben eine Kopie
    }
overridden = Hat einen eigenen Wert
ask = Um ein Geheimnis bitten
ask-lead = Wer den Link hat, gibt den Wert ein, als Admin angemeldet. Er gilt einmal, fünfzehn Minuten lang.
ask-button = Link erstellen
link-made = Geben Sie diesen Link weiter. Er wird nicht wieder gezeigt:
secret-name = Name des Geheimnisses
enter = Ein Geheimnis eingeben
enter-lead = Gibt es den Namen schon, wird er erneuert: Der Wert tritt an die Stelle des älteren.
rotate = Erneuern
value = Wert
value-hint = Höchstens 8192 Byte. Er wird so aufbewahrt, wie er eingefügt wird, und nicht wieder gezeigt.
enter-button = Wert speichern
delete-secret = Das Geheimnis löschen
delete-lead = Der Wert verschwindet endgültig aus dem Tresor. Diese behalten ihre Kopien und bekommen keine neuere:
delete-lead-none = Der Wert verschwindet endgültig aus dem Tresor. Keine Anwendung hat eine Kopie.

# The page of a link.

entry-new = Sie werden um den Wert eines Geheimnisses gebeten, das es noch nicht gibt.
entry-rotates = Sie werden um den neuen Wert eines Geheimnisses gebeten. Diese haben den älteren, bis sie abgeglichen werden und neu starten:
entry-rotates-none = Sie werden um den neuen Wert eines Geheimnisses gebeten. Keine Anwendung hat den älteren.
entry-stored = Er ist gespeichert, und der Link ist verbraucht. Sie können diese Seite schließen.

# Requests.

requests-lead = Wer innerhalb eines Tages um ein Geheimnis gebeten wurde.
requests-none = Niemand wurde um eines gebeten.
state-pending = Wartet
state-fulfilled = Eingegeben
state-expired = Abgelaufen
asked-on = Gefragt am

# Applications.

applications-lead = Was Geheimnisse und Variablen bekommen kann.
applications-none = Noch gibt es keine.
application-named = Von einer Origin genannt
variables-count =
    { $count ->
        [one] { $count } Variable
       *[other] { $count } Variablen
    }
application-add = Eine Anwendung hinzufügen
application-id = Kennung der Anwendung
application-add-button = Hinzufügen
variables = Variablen
variables-none = Sie hat keine.
source-org-linked = Aus einem Geheimnis
source-app-override = Ihr eigener, wo ein Geheimnis stünde
source-app = Ihr eigener
stale = Das Geheimnis hat sich seither geändert
changed-on = Geändert am
variable-delete = Variable löschen
variable-set = Eine Variable setzen
variable-set-lead = Für das, was nicht geheim ist, etwa Ports und Schalter. Was hier gesetzt wird, geht einem Geheimnis unter demselben Namen vor.
variable-key = Name der Variablen
variable-set-button = Setzen
bind = Ihr ein Geheimnis geben
bind-lead = Der Wert wird innerhalb des Tresors kopiert, an die Stelle dessen, was die Variable hat.
bind-secret = Geheimnis
bind-as = Name der Variablen, wenn er ein anderer ist
bind-button = Geheimnis kopieren
bind-none = Es gibt kein Geheimnis zu vergeben.
reconcile = Ein Projekt abgleichen
reconcile-lead = Fügen Sie die Datei des Projekts ein, .deploymill/project.json oder gatelet.json. Was zu schreiben ist, wird zuerst gezeigt.
reconcile-project = Projekt
reconcile-plan = Plan zeigen
plan = Der Plan
plan-none = Das Projekt nennt keine Geheimnisse.
plan-set = Wird geschrieben
plan-keep = Ist, wie es sein soll
plan-missing = Niemand hat es eingegeben
plan-overridden = Die Anwendung hat einen eigenen Wert, der bleibt
plan-apply = Schreiben
application-remove = Die Anwendung entfernen
application-remove-lead = Sie verschwindet mit allen ihren Variablen. Laufende Programme behalten, womit sie gestartet wurden.
application-remove-named = Eine Origin nennt sie, deshalb bleibt sie in der Liste; ihre Variablen verschwinden.

# Agents.

agents-lead = Ein Programm mit einem Token ruft in Ihrem Namen Werkzeuge auf, so weit Sie es hier erlauben und solange Sie Admin sind. Keines davon zeigt einen Wert. Die Adresse:
agents-make = Ein Token für einen Agenten erstellen
agents-scopes = Was er darf
scope-secrets-names = Namen von Geheimnissen, Anwendungen und Variablen sehen
scope-secrets-request = Menschen um Geheimnisse bitten
scope-env-write = Anwendungen Geheimnisse geben, Variablen setzen, Geheimnisse löschen
scope-origins-write = Vorschauen anlegen und löschen
agents-may = Er darf:

# Origins.

origins-lead = Was neben der Haupt-Origin ausgeliefert wird. Der Befehl gatelet origins ändert das.
origins-none = Nur die Haupt-Origin.
origins-more = Weitere Origins
origin-preview = Vorschau
origin-parent = Geht aus von
origin-branch = Zweig
origin-expires = Wird ausgeliefert bis

# Users.

users-none = Niemand.
users-more = Weitere Benutzer
user-off = Deaktiviert
user-groups = Gruppen
user-sessions =
    { $count ->
        [one] { $count } Sitzung
       *[other] { $count } Sitzungen
    }
user-switch-off = Deaktivieren
user-switch-on = Aktivieren

# Sessions.

sessions-none = Niemand ist angemeldet.
sessions-more = Weitere Sitzungen
session-until = Bis

# What was done.

audit-older = Älteres
