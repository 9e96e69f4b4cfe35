# The pages around letters: asking for one, looking for it, and what its link leads to.

# Where a letter is asked for.

sign-in-lead = Sie erhalten eine E-Mail mit einem Link, der Sie anmeldet.
choose-password-lead = Sie erhalten eine E-Mail mit einem Link, um ein neues Passwort zu wählen.
other-way = Anders anmelden

# A letter was asked for.

sent-title = Sehen Sie in Ihr Postfach
sent = Eine E-Mail an diese Adresse ist unterwegs. Darin steht, wie es weitergeht. Sie gilt einen Tag lang.
sent-sign-in = Eine E-Mail mit einem Link und einem Code ist an diese Adresse unterwegs. Beide gelten 15 Minuten lang.
sent-sign-in-if-account = Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail mit einem Link und einem Code unterwegs. Beide gelten 15 Minuten lang.
sent-new-password-if-account = Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail mit einem Link und einem Code unterwegs. Beide gelten 30 Minuten lang.
sent-follow = Öffnen Sie den Link in der E-Mail, in diesem Browser oder einem anderen. Oder geben Sie hier den Code aus der E-Mail ein.
code = Code
code-hint = Sechs Ziffern. Fünf Versuche.
no-letter = Keine E-Mail? Sehen Sie bei den unerwünschten nach.

# What a link leads to: titles.

undo-title = Adresse zurückholen

# What its button does. The address follows.

sign-in-here = Sie werden hier, in diesem Browser, angemeldet als:
register-lead = Ein Konto mit dieser Adresse wird erstellt, und Sie werden angemeldet:
new-password-lead = Mit einem neuen Passwort werden Sie hier angemeldet und überall sonst abgemeldet.
verify-lead = Damit bestätigen Sie, dass Sie E-Mails an diese Adresse lesen:
verify-elsewhere-lead = In diesem Browser hat sich niemand registriert. Wenn Sie es waren, geben Sie das Passwort ein, das Sie gewählt haben. Wenn nicht, schließen Sie diese Seite: Ohne das Passwort passiert nichts.
change-lead = Ihr Konto hat von jetzt an diese Adresse:
undo-lead = Das Konto bekommt diese Adresse wieder, und alle werden davon abgemeldet:

# The buttons.

save-password = Passwort speichern
verify = Adresse bestätigen
undo = Zurückholen

# An account that nobody has proved, of which something is chosen.

unproved = Es gibt ein Konto mit dieser Adresse, und niemand hat bestätigt, dass es das eigene ist.
unproved-since = Erstellt am
unproved-keep = Ich habe es erstellt: Es bleibt, und jeder andere Zugang dazu endet
unproved-anew = Ich habe es nicht erstellt: Ein neues Konto beginnt
