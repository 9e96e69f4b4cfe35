# Signing in and up, proving it again, and signing out.

# The sign-in page.

signed-out = Ha cerrado sesión.
continue-with = Continuar con { $provider }
or-with-email = o con su correo electrónico
forgot-password = ¿Ha olvidado su contraseña?
no-way-in = Aquí todavía no se puede iniciar sesión. Quien administra { $site } ha desactivado las contraseñas y no ha configurado ningún proveedor de identidad.
new-here = ¿Es su primera vez aquí?

# Where people sign in on the pages of the app.

elsewhere = En { $site } se inicia sesión en sus propias páginas, no en esta.
elsewhere-void = La sesión que trae este navegador no es válida, o ya no lo es. Inicie sesión de nuevo.

# Whoever is signed in already, and whoever just has.

signed-in-title = Ha iniciado sesión
change-account = Cerrar sesión y usar otra cuenta
onwards = Abriendo { $site }…

# The sign-up page.

invited = Ha recibido una invitación para crear una cuenta aquí.
password-hint = Al menos 8 caracteres. Unas cuantas palabras seguidas sirven bien.
have-account = ¿Ya tiene una cuenta?

# Where very many people ask for something.

# Ten seconds, thirty, or sixty.
wait = Espere { $seconds } segundos antes de pulsar el botón.
working = Su navegador va a calcular durante unos segundos.

# The sign-out page.

nobody-title = Sesión cerrada
nobody = En este navegador nadie ha iniciado sesión en { $site }.
sign-out-title = ¿Cerrar sesión?
stay = Mantener la sesión iniciada

# The second step.

second-step = Segundo paso
set-up-app = Las cuentas de aquí necesitan un segundo paso. Configure una aplicación de autenticación para continuar.
set-up = Configurar e iniciar sesión
code-or-recovery = Código de su aplicación o un código de recuperación
passkey-or-recovery = Use una de sus llaves de acceso o, si no tiene ninguna a mano, un código de recuperación.
recovery-code = Código de recuperación
sign-in-with-code = Iniciar sesión con el código
begin-again = Empezar de nuevo

# Passkeys.

passkey-use = Usar una llave de acceso
passkey-add = Añadir una llave de acceso
passkey-name = Nombre, por ejemplo el del dispositivo
passkey-none = No se usó ninguna llave de acceso. Inténtelo de nuevo o elija otra forma.

# The confirmation.

confirm-lead = Lo que va a hacer exige demostrar otra vez quién es usted.
lacks-passkey = Esa página pide una llave de acceso, y su cuenta todavía no tiene ninguna.
lacks-second-factor = Esa página pide un segundo factor, y su cuenta todavía no tiene ninguno.
not-now = Ahora no

# An account that is about to go.

leaving-over = El plazo para conservarla ha terminado. Se eliminará en unos minutos.
leaving-asked = Usted lo pidió. Hasta que se elimine, puede conservarla y volver a iniciar sesión.
leaving-on = Se elimina el
leaving-keep = Conservar mi cuenta
leaving-leave = Dejarlo así

# The shared passphrase.

passphrase-lead = Esta página es para quienes conocen la frase de contraseña de la página. Puede decírsela quien le haya enviado aquí.
passphrase = Frase de contraseña
passphrase-known-title = Frase de contraseña aceptada
passphrase-known = En este navegador se ha escrito la frase de contraseña de { $site }.
passphrase-forget = Olvidarla en este navegador
