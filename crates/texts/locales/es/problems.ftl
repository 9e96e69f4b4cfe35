# What goes wrong, and what the visitor is told.

# Sign-in by a provider: how it began and came back.

oauth-parameters-malformed = No se pudo leer la respuesta del proveedor. Inténtelo de nuevo.
oauth-state-missing = Este inicio de sesión no empezó aquí. Inténtelo de nuevo.
oauth-state-mismatch = Este inicio de sesión no empezó en este navegador o tardó demasiado. Inténtelo de nuevo.
oauth-attempt-expired = Este inicio de sesión tardó demasiado. Inténtelo de nuevo.
oauth-provider-mismatch = Este inicio de sesión empezó con otro proveedor. Inténtelo de nuevo.
oauth-callback-mismatch = La respuesta del proveedor no llegó a la dirección a la que debía llegar. Inténtelo de nuevo.
oauth-origin-mismatch = Este inicio de sesión empezó en otro sitio. Inténtelo de nuevo.
oauth-issuer-mismatch = La respuesta llegó de otro proveedor. Inténtelo de nuevo.
oauth-issuer-missing = La respuesta del proveedor estaba incompleta. Inténtelo de nuevo.
oauth-denied = El proveedor no le ha dejado entrar, o usted no ha permitido el inicio de sesión. No ha pasado nada.
oauth-provider-error = El proveedor no ha podido iniciar su sesión. Inténtelo de nuevo más tarde.
oauth-replayed = Este inicio de sesión ya se ha usado. Empiece de nuevo.

# Sign-in by a provider, for another site.

relay-target-unknown = El sitio para el que era este inicio de sesión ya no está disponible aquí, así que no se le ha enviado nada.
relay-target-refused = El inicio de sesión en ese sitio no pasa por este, así que no se le ha enviado nada.
relay-code-invalid = La respuesta del proveedor no llegó por la vía prevista. Inténtelo de nuevo.

# Sign-in by a provider: what the provider answers.

provider-unknown = Aquí no existe esa forma de iniciar sesión.
provider-unreachable = El proveedor no responde. Inténtelo de nuevo más tarde.
discovery-malformed = El proveedor no responde como debería. Inténtelo de nuevo más tarde.
discovery-unsupported = El proveedor no ofrece lo que hace falta para iniciar sesión aquí.
github-malformed = GitHub no responde como debería. Inténtelo de nuevo más tarde.
token-refused = El proveedor no ha completado el inicio de sesión. Inténtelo de nuevo.
id-token-malformed = No se pudo verificar la respuesta del proveedor.
id-token-key-unknown = No se pudo verificar la respuesta del proveedor. Inténtelo de nuevo.
id-token-nonce = La respuesta del proveedor corresponde a otro inicio de sesión. Inténtelo de nuevo.
id-token-expired = La respuesta del proveedor ha caducado. Inténtelo de nuevo.
id-token-not-before = La respuesta del proveedor todavía no es válida. Inténtelo de nuevo.

# Sign-in by a provider: which account it is.

id-token-tenant = Esta forma de iniciar sesión es para cuentas de determinadas organizaciones, y la suya no está entre ellas.
id-token-acr = El proveedor no ha comprobado quién es usted con tanto detalle como pide este sitio. Vuelva a iniciar sesión y demuestre allí lo que se le pida.
id-token-auth-time = El proveedor no le ha pedido que inicie sesión de nuevo, como quiere este sitio. Cierre la sesión allí y vuelva a iniciarla.
account-email-missing = El proveedor no ha indicado cuál es su dirección de correo electrónico. Permítalo allí o inicie sesión de otra forma.
account-email-domain = Esta forma de iniciar sesión es para direcciones de correo de determinadas organizaciones, y la suya no está entre ellas.
account-email-unverified = Ya hay una cuenta con su dirección de correo electrónico, y el proveedor no ha verificado que la dirección le pertenezca a usted. Inicie sesión como lo hacía antes.
account-linked-elsewhere = Con esta cuenta inicia sesión aquí otra persona, así que no se puede vincular a la suya.
account-link-session = Cuando esto empezó, su sesión era otra, así que no se ha vinculado nada. Inténtelo de nuevo.

# Who has an account, and who may make one.

account-disabled = Esta cuenta está desactivada. Consulte a quien administra este sitio.
account-not-invited = Aquí no hay ninguna cuenta para usted, y las nuevas son solo por invitación.
account-sign-up-domain = Las cuentas nuevas son para direcciones de correo de determinadas organizaciones, y la suya no está entre ellas.
account-sign-up-closed = Aquí no hay ninguna cuenta para usted, y no se pueden crear nuevas.
invitation-invalid = Esta invitación ya no es válida. Pida otra a quien le invitó.
email-taken = Esta dirección ya tiene una cuenta. En vez de ello, inicie sesión o use otra dirección.

# Sign-in by a password or passphrase.

passwords-off = El inicio de sesión con contraseña está desactivado aquí. Elija otra forma.
elsewhere = Aquí las cuentas las lleva la propia aplicación, así que esta página no hace nada. Inicie sesión en la aplicación.
wrong-credentials = El correo electrónico o la contraseña no son correctos.
wrong-passphrase = Esa no es la frase de contraseña.

# Sign-in by a letter: its link and its code.

mail-off = Este sitio no está configurado para enviar correo. Elija otra forma.
link-void = El enlace ya se usó, es demasiado antiguo o se cortó por el camino. Cada enlace es válido una vez y por poco tiempo.
wrong-code = Ese no es el código, o ya no es válido.

# The second step of a sign-in, and passkeys.

needed-second-factor = Eso era correcto, y para iniciar sesión hace falta un segundo paso.
needed-set-up = Eso era correcto. Aquí las cuentas necesitan un segundo paso: configure uno primero.
second-factor-gone = El segundo paso tardó demasiado, se empezó en otro navegador o, entretanto, ha cambiado algo en la cuenta. Vuelva a iniciar sesión.
second-factor-wrong = Ese no es el código actual, o ya se ha usado.
second-factor-limited = Se han probado demasiados códigos. Espere un cuarto de hora y después vuelva a iniciar sesión.
second-factor-required = Aquí las cuentas necesitan un segundo paso. Configure otro antes de quitar este.
passkey-refused = Esa llave de acceso no se ha podido usar aquí. Inténtelo de nuevo o elija otra forma.
passkey-unverified = Aquí las llaves de acceso inician sesión por sí solas, así que deben pedir un PIN, un dedo o un rostro, y esta no lo hizo. Establezca un PIN para ella o use otra.
too-many-passkeys = Tiene tantas llaves de acceso como se pueden tener. Quite una que no necesite.

# The account, its session and its apps.

not-recent = Hace un tiempo que inició sesión. Confirme primero que es usted.
not-ended = Este navegador le ha olvidado. La base de datos no respondió, así que no se pudo terminar la sesión misma: una copia de ella en otro lugar es válida hasta que caduque. Más tarde, vuelva a iniciar y a cerrar sesión para terminarla.
last-way-in = Sin esta forma ya no podría iniciar sesión. Primero establezca una contraseña o vincule otra cuenta.
email-not-verified = Una contraseña deja entrar a quien tenga su dirección de correo electrónico, así que verifique primero que la dirección es suya.
account-changed = Entretanto, ha cambiado algo en la cuenta. Vuelva a mirar.
too-many-tokens = Tiene tantos tokens de acceso como se pueden tener. Revoque uno que no necesite.
app-unknown = En la lista no hay ninguna aplicación con ese nombre.

# Limits.

busy = Demasiadas personas están iniciando sesión en este momento. Inténtelo de nuevo en unos segundos.
work-wanted = Muchísimas personas piden esto en este momento. Complete lo que esté vacío y vuelva a pulsar el botón.
limited-minute = Ha habido demasiados intentos. Espere un minuto y después inténtelo de nuevo.
limited-minutes = Ha habido demasiados intentos. Espere diez minutos y después inténtelo de nuevo.
limited-hour = Ha habido demasiados intentos. Espere una hora y después inténtelo de nuevo.

# Forms.

form-malformed = No se pudo leer el formulario. Vuelva atrás e inténtelo de nuevo.
form-too-large = El formulario es demasiado grande. Vuelva atrás y acorte lo que ha escrito.
form-csrf-mismatch = Esta página ha estado abierta demasiado tiempo. Inténtelo de nuevo.
form-cross-site = Este formulario se envió desde otro sitio, así que no ha pasado nada.
invalid = Algo de lo que se ha escrito no sirve.
input-invalid = Falta algo en la solicitud o no es lo que corresponde.
no-provider = No hay ningún proveedor configurado para iniciar sesión. Quien administra este sitio puede añadir uno.
no-provider-token = No hay ningún token de acceso de este proveedor para su cuenta.

# Fields: email address.

email-empty = Escriba su dirección de correo electrónico.
email-too-long = Esta dirección es demasiado larga.
email-malformed = Esto no es una dirección de correo electrónico. Las direcciones tienen esta forma: name@example.com.
email-same = Esta ya es su dirección.

# Fields: name.

name-empty = Escriba su nombre.
name-too-long = Use 80 caracteres como máximo.
name-unprintable = Use caracteres que se puedan imprimir.

# Fields: a new password.

password-empty = Escriba una contraseña.
password-too-short = Use 8 caracteres como mínimo.
password-too-long = Use 128 caracteres como máximo.
password-unprintable = Use caracteres que se puedan escribir con un teclado.
password-common = Esta contraseña está entre las primeras que se adivinan. Elija otra.
password-personal = Su dirección de correo electrónico o su nombre es lo primero que se adivina. Elija otra contraseña.
password-breached = Esta contraseña se conoce por una filtración de otro sitio. Elija una que no use en ningún otro lugar.

# Fields: a password, passphrase or code that there is.

password-wrong = Esa no es la contraseña.
own-password-empty = Escriba su contraseña.
own-password-wrong = Esa no es su contraseña.
passphrase-empty = Escriba la frase de contraseña.
code-not-of-now = Ese no es el código actual.

# Fields: access tokens and choices.

token-name-empty = Escriba un nombre para el token de acceso.
token-days = Elija durante cuánto tiempo es válido el token de acceso.
token-apps = Elija al menos una aplicación.
choice-missing = Elija una de estas opciones.
confirmation-wrong = Eso no es lo que dice arriba.

# Pages.

not-found = No hay nada en esta dirección. Puede que el enlace sea antiguo o esté mal escrito.
method-not-allowed = La página existe, pero no responde a solicitudes de ese tipo.

# Titles: sign-in by a provider, and who has an account.

title-failed = El inicio de sesión no ha funcionado
title-site-refused = No se puede iniciar sesión en ese sitio
title-nothing-linked = No se ha vinculado nada
title-account-off = Esta cuenta está desactivada
title-no-account = Aquí no hay ninguna cuenta para usted
title-invitation-over = Esta invitación ya no sirve

# Titles: sign-in by a password, a passphrase or a letter.

title-passwords-off = Las contraseñas están desactivadas
title-elsewhere = No en esta página
title-mail-off = Desde aquí no se envía correo
title-link-void = Este enlace no es válido
title-wrong-code = Ese código no es correcto

# Titles: the second step of a sign-in, and passkeys.

title-needed = Un paso más
title-second-factor-gone = Vuelva a iniciar sesión
title-second-factor-limited = Demasiados códigos
title-second-factor-required = Debe quedar uno
title-passkey-refused = Esa llave de acceso no ha funcionado
title-too-many-passkeys = Demasiadas llaves de acceso

# Titles: the account, its session and its apps.

title-not-recent = ¿Sigue siendo usted?
title-not-ended = Sesión cerrada solo en este navegador
title-last-way-in = Su única forma de iniciar sesión
title-email-not-verified = Verifique primero su correo electrónico
title-account-changed = Eso ha cambiado entretanto
title-too-many-tokens = Demasiados tokens de acceso
title-app-unknown = No existe esa aplicación

# Titles: limits.

title-busy = Muchísimas personas están iniciando sesión
title-work-wanted = Muchísimas personas piden esto
title-limited = Demasiados intentos

# Titles: forms and pages.

form-title-malformed = Eso no ha llegado
form-title-csrf-mismatch = No ha pasado nada
title-invalid = Así todavía no sirve
title-no-provider = No hay proveedor
title-no-provider-token = Sin token de acceso
not-found-title = Página no encontrada
method-not-allowed-title = Esta página no hace eso

# Actions.

confirm = Confirmar que es usted
ask-for-another = Pedir otro enlace
your-account = Su cuenta
