# Was um jede Seite herum steht.

insecure-title = Nicht verschlüsselt.
insecure = Diese Website läuft über einfaches HTTP: Wer im Netzwerk mithört, kann lesen, was Sie hier eingeben.
preview-title = Vorschau.
preview-own-accounts = Sie hat eigene Konten.
preview-shared-accounts = Sie teilt die Konten mit der Website, deren Vorschau sie ist.
error-title = Fehler: { $title }
faults-passing = Bitte versuchen Sie es noch einmal
faults-one = Bitte korrigieren Sie dies:
faults-many = Bitte korrigieren Sie Folgendes:
