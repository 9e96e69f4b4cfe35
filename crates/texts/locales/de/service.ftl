# The page of the API that apps know from a central auth service.

title = API für Anwendungen
lead = Anwendungen, die für einen zentralen Anmeldedienst geschrieben sind, finden dessen Aufrufe bei { $site }.
rpc = Über oRPC:
fields = Felder:
errors = Fehler:
source = Was etwas ändert, muss von den Seiten dieser Website selbst kommen. Ein Programm, das die Cookies seines Besuchers weitergibt, sagt mit dem Feld Origin, woher es kommt.
who = Wer es ist, sagt das Cookie der Sitzung. Für Sitzung und Konto genügt auch ein persönliches Zugriffstoken.
document = OpenAPI-Dokument
sign-in = Beginnt eine Anmeldung bei einem Anbieter. Ein Browser wird dorthin geschickt, ein Programm bekommt die Adresse.
callback = Nimmt die Antwort des Anbieters entgegen und meldet an, wer es ist.
sign-out = Beendet die Sitzung und lässt den Browser sie vergessen.
session = Sagt, ob es eine Sitzung gibt und welche.
me = Sagt, wer angemeldet ist.
