# What letters say.

# Why the recipient has it, at the end of each.

reason-typed = Alguien escribió su dirección en este sitio. Si no fue usted, no haga nada: así no pasa nada.
reason-account = Recibe este mensaje porque tiene una cuenta con esta dirección.
reason-trial = Alguien que administra el sitio ha probado si los mensajes llegan aquí.
reason-invitation = Alguien que administra este sitio escribió su dirección. Si no quiere una cuenta allí, no haga nada.

# Around what several tell. "code" follows a link; "fact" is a line of the text part.

code = O escriba este código donde pidió el mensaje:
fact = { $name }: { $value }

# A link and a code to sign in.

magic-link-lifetime = El enlace y el código sirven una sola vez, durante 15 minutos.

# A link and a code to choose a new password.

reset-lead = Alguien pidió una contraseña nueva para su cuenta.
reset-lifetime = El enlace y el código sirven una sola vez, durante 30 minutos. Mientras no los use, su contraseña sigue igual.

# A link and a code to prove an address.

verify-lead = Alguien se registró con esta dirección.
verify-lifetime = El enlace y el código sirven una sola vez, durante un día.

# To somebody who has an account already.

has-account-subject = Usted tiene una cuenta
has-account-lead = Alguien quiso usar esta dirección para una cuenta. La dirección ya tiene una.
has-account-forgotten = Si ha olvidado su contraseña, elija allí una nueva.

# A link and a code, to the new address of an account.

change-subject = Confirmar su dirección nueva
change-lead = Alguien quiere usar esta dirección para una cuenta.
change-lifetime = El enlace y el código sirven una sola vez, durante un día, y solo donde tenga la sesión de la cuenta iniciada.

# To the old address of an account.

changed-subject = Su dirección ha cambiado
changed-lead = A partir de ahora su cuenta tiene otra dirección:
changed-undo = Si fue usted, no tiene que hacer nada. Si no, recupere la cuenta: se cerrarán todas sus sesiones y usted elegirá una contraseña nueva. Esto funciona una sola vez, durante una semana.
changed-link = Recuperar la cuenta

# A sign-in from a device not seen before.

new-device-subject = Nuevo inicio de sesión en su cuenta
new-device-lead = Alguien inició sesión en su cuenta con un dispositivo en el que no se había usado antes.
new-device-time = Fecha y hora
new-device-from = Dirección de red
new-device-not-you = Si fue usted, no tiene que hacer nada. Si no, elija una contraseña nueva:

# A way to prove who it is came or went. The last sentence is another letter's too.

factors-subject = Su cuenta ha cambiado
passkey-added = Se añadió una llave de acceso a su cuenta.
authenticator-added = Se añadió una aplicación de autenticación a su cuenta.
recovery-codes-made = Se crearon códigos de recuperación nuevos para su cuenta.
provider-linked = Se vinculó una cuenta de otro sitio con la suya.
passkey-removed = Se quitó una llave de acceso de su cuenta.
authenticator-removed = Se quitó la aplicación de autenticación de su cuenta.
recovery-codes-removed = Se quitaron los códigos de recuperación de su cuenta.
provider-unlinked = Una cuenta de otro sitio ya no está vinculada con la suya.
not-you = Si fue usted, no tiene que hacer nada. Si no, inicie sesión y revise su cuenta:

# The password is another.

password-subject = Su contraseña ha cambiado
password-lead = La contraseña de su cuenta ha cambiado.
password-not-you = Si fue usted, no tiene que hacer nada. Si no, elija ahora una nueva:

# A personal access token was made.

token-subject = Un token de acceso nuevo
token-lead = Se creó un token de acceso para su cuenta. Quien lo tenga actúa en su nombre donde el token lo permita.
token-not-you = Si fue usted, no tiene que hacer nada. Si no, revoque el token y revise su cuenta:
token-link = Sus tokens de acceso

# The end of the account was asked for: on a day, or at once.

deletion-lead = Alguien pidió eliminar su cuenta. Se han cerrado todas sus sesiones. Desaparecerá este día, con todo lo que aquí se guarda de ella:
deletion-day = Se elimina el
deletion-stay = Hasta entonces puede conservarla: inicie sesión e indique que la conserva. Si no fue usted quien lo pidió, revise entonces su cuenta.
deletion-at-once = Alguien pidió eliminar su cuenta. Se han cerrado todas sus sesiones, y desaparece de inmediato, con todo lo que aquí se guarda de ella.
deletion-not-you = Si fue usted, no tiene que hacer nada. Si no, pregunte a quien administra este sitio.

# The operator tries whether mail arrives.

trial-subject = El correo llega
trial-lead = Este mensaje indica que este sitio puede enviar correo.

# Somebody is to have an account.

invitation-subject = Tiene una invitación
invitation-lead = Le invitan a crear una cuenta en este sitio.
invitation-link = Crear una cuenta
invitation-lifetime = El enlace sirve una sola vez, durante siete días.
