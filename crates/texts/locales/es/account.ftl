# What people read and change of their own account.

# What the pages are called, and ways in.

profile = Perfil
email = Correo electrónico
linked-accounts = Cuentas vinculadas
passkeys = Llaves de acceso
authenticator = Aplicación de autenticación
recovery-codes = Códigos de recuperación
sessions = Sesiones
tokens = Tokens de acceso
activity = Actividad
export = Exportar sus datos
delete = Eliminar su cuenta
skip = Ir al contenido de la página

# What has just been done.

done-profile-saved = Su perfil se ha guardado.
done-passkey-added = La llave de acceso se ha añadido.
done-passkey-second-step = La llave de acceso se ha añadido, solo como segundo paso. Para iniciar sesión solo con ella, el dispositivo tendría que pedir un PIN, un dedo o un rostro y guardar él mismo la llave de acceso.
done-passkey-renamed = La llave de acceso tiene su nuevo nombre.
done-passkey-removed = La llave de acceso se ha quitado.
done-authenticator-removed = La aplicación se ha quitado.
done-password-set = Su nueva contraseña se ha establecido.
done-password-removed = Su contraseña se ha quitado.
done-provider-linked = La cuenta se ha vinculado.
done-provider-unlinked = La cuenta se ha desvinculado.
done-session-ended = La sesión se ha cerrado.
done-others-ended = Todas las demás sesiones se han cerrado.
done-token-revoked = El token se ha revocado.
done-email-changed = Su dirección se ha cambiado.

# The first page.

email-none = No hay. Otra persona ha demostrado que le pertenece.
email-verified = Verificado
email-not-verified = Sin verificar
email-confirm = Confirmarlo
signed-in-with = Sesión iniciada con
signed-in-until = Sesión abierta hasta
user-id = Identificador de usuario
go-to-app = Ir a la aplicación

# The profile.

name-hint = Lo que ponga aquí se conserva, aunque una cuenta con la que inicie sesión le llame de otro modo.
save = Guardar

# The address.

email-address = Dirección
email-confirmed = Confirmada
yes = Sí
no = No
email-send-confirmation = Enviar un correo para confirmarla
email-another = Usar otra dirección
email-another-lead = La dirección nueva recibe primero un correo. Se avisa a la antigua, desde la que se puede deshacer el cambio durante una semana.
email-new = Dirección nueva

# The password.

password-change-lead = Con una contraseña nueva se cierran sus sesiones en todos los demás sitios.
password-first-lead = Todavía no tiene contraseña. Con una también podrá iniciar sesión con su correo electrónico.
password-change = Cambiar la contraseña
password-set = Establecer la contraseña
password-unverified = No tiene contraseña. Antes de establecer una, verifique que su dirección de correo electrónico es suya.
password-without = Sin contraseña
password-without-lead = Tiene otra forma de iniciar sesión. Donde inició sesión con la contraseña, la sesión se cierra.
password-remove = Quitar la contraseña

# Linked accounts.

linked-lead = Cuentas de otros sitios con las que puede entrar aquí.
linked-none = Todavía no hay ninguna vinculada.
linked-on = Vinculada el
linked-off = Iniciar sesión con ella está desactivado aquí.
linked-last = Es su única forma de iniciar sesión, por eso se queda.
linked-unlink = Desvincular
linked-unlink-ends = Donde inició sesión con una cuenta que desvincule, la sesión se cierra.
linked-another = Vincular otra
linked-link = Vincular { $provider }

# Passkeys.

passkeys-none = Con una llave de acceso entra sin contraseña: con el bloqueo de su dispositivo, su gestor de contraseñas o una llave de seguridad.
passkey-backed-up = Con copia de seguridad
passkey-not-backed-up = Aún sin copia de seguridad
passkey-one-device = En un solo dispositivo
added-on = Añadida el
last-used-on = Último uso el
rename = Cambiar el nombre
rename-save = Guardar el nombre
remove = Quitar
remove-named = Quitar { $name }
passkey-no-script = Los navegadores crean las llaves de acceso con un script, y en este los scripts están desactivados.

# The authenticator app.

authenticator-set-up = Configurar
authenticator-there = Al iniciar sesión se pide un código de su aplicación después del primer paso.
authenticator-remove = Quitar la aplicación
authenticator-none = Una aplicación en su teléfono o en su gestor de contraseñas muestra un código nuevo cada treinta segundos. Si la configura, nadie entra en su cuenta solo con una contraseña.
authenticator-begin = Configurar una aplicación
authenticator-scan = Escanee esto con una aplicación de autenticación, como la de su gestor de contraseñas.
authenticator-picture = La imagen que escanea una aplicación de autenticación
authenticator-type = O escriba en ella este secreto:

# Recovery codes.

codes-new = Estos son sus códigos de recuperación. Se muestran ahora y nunca más, y los anteriores ya no valen.
codes-save = Guardar como archivo
codes-keep = Guárdelos donde los encuentre sin este dispositivo.
codes-use = Cada uno le permite entrar una vez, en lugar del segundo paso.
codes-none = No tiene ninguno. Sin ellos, si pierde su dispositivo, solo puede ayudarle quien administra este sitio.
codes-left = Quedan:
codes-make = Crear códigos nuevos
codes-useless = Los códigos de recuperación sustituyen a un segundo paso, y usted no ha configurado ninguno.
codes-set-up = Configurar una aplicación de autenticación

# Sessions.

sessions-lead = Dónde ha iniciado sesión. Si no reconoce alguna de estas sesiones, ciérrela y cambie su contraseña.
session-this = Esta sesión
session-with = Sesión iniciada con: { $provider }
session-since = Sesión iniciada el
session-seen = Última actividad el
session-end = Cerrar la sesión
sessions-older = Sesiones anteriores
sessions-end-others = Cerrar todas las demás sesiones
browser-on-system = { $browser } en { $system }
browser-unknown-on-system = Un navegador en { $system }
browser-unknown = Un navegador desconocido

# Access tokens.

tokens-lead = Un programa que presenta un token actúa en su nombre, donde el token lo permite. No le dé ninguno a nadie.
token-copy = Cópielo ahora: no se volverá a mostrar.
token-every-app = Vale para todas las aplicaciones
token-some-apps = Vale para { $apps }
token-made-on = Creado el
token-never-used = Nunca usado
token-revoke = Revocar
token-make = Crear un token
token-good-for = Vale durante
token-days =
    { $days ->
        [one] { $days } día
       *[other] { $days } días
    }
token-reach = Qué aplicaciones puede usar
token-reach-all = Todas las que usted puede usar
token-reach-some = Solo estas
token-make-button = Crear el token

# What has happened.

events-lead = Lo que ha ocurrido con su cuenta. Si no reconoce algo de esto, cambie su contraseña y revise sus sesiones.
events-none = Todavía no hay nada anotado.
events-operator = Por un operador
events-times =
    { $times ->
        [one] Una vez
       *[other] { $times } veces
    }
events-older = Actividad anterior

act-session-begun = Inició sesión
act-session-ended = Cerró la sesión
act-session-revoked = Se cerró una sesión
act-sessions-revoked = Se cerraron todas las demás sesiones
act-credentials-wrong = Alguien escribió una contraseña incorrecta
act-passphrase-wrong = Alguien escribió una frase de contraseña incorrecta
act-sign-in-refused = Se rechazó un inicio de sesión
act-account-disabled = Se rechazó un inicio de sesión porque la cuenta está desactivada
act-account-locked = Demasiadas contraseñas incorrectas: el inicio de sesión se cerró durante un tiempo
act-limited = Se pidió demasiado a la vez
act-device-new = Inició sesión por primera vez con un navegador
act-account-created = Se creó su cuenta
act-email-taken = Alguien intentó crear una cuenta con su correo electrónico
act-account-imported = Su cuenta llegó de otro sistema
act-account-linked = Se vinculó una cuenta
act-account-unlinked = Se desvinculó una cuenta
act-email-reclaimed = Otra persona demostró que su correo electrónico le pertenece a ella
act-profile-changed = Se cambió su perfil
act-deletion-asked = Se pidió eliminar su cuenta
act-deletion-withdrawn = Al final se conservó su cuenta
act-account-deleted = Se eliminó su cuenta
act-account-exported = Se exportaron sus datos
act-account-switched-off = Se desactivó su cuenta
act-account-switched-on = Se volvió a activar su cuenta
act-account-unlocked = Se volvió a abrir el inicio de sesión
act-email-changed = Se cambió su correo electrónico
act-email-verified = Se verificó su correo electrónico
act-password-changed = Se cambió su contraseña
act-password-reset = Se restableció su contraseña
act-password-removed = Se quitó su contraseña
act-link-sent = Se le envió un correo con un enlace
act-link-made = Se creó un enlace para que elija una contraseña nueva
act-link-refused = Un enlace ya no valía
act-factor-added = Se configuró un segundo paso
act-factor-removed = Se quitó un segundo paso
act-factor-wrong = El segundo paso de un inicio de sesión fue incorrecto
act-recovery-code-used = Se usó un código de recuperación
act-recovery-codes-made = Se crearon códigos de recuperación nuevos
act-factors-reset = Se quitaron sus segundos pasos
act-step-up = Confirmó que es usted
act-token-made = Se creó un token de acceso
act-token-revoked = Se revocó un token de acceso
act-sessions-over = Sesión cerrada en el proveedor
act-provider-tokens-ended = El proveedor retiró su permiso
act-provider-tokens-revoked = Se devolvieron los permisos del proveedor
act-invitation-made = Recibió una invitación
act-invitation-used = Aceptó una invitación
act-invitation-revoked = Se retiró una invitación
act-login-switched-on = Se activó el inicio de sesión
act-login-switched-off = Se desactivó el inicio de sesión
act-group-created = Se creó un grupo
act-group-deleted = Se eliminó un grupo
act-group-joined = Entró en un grupo
act-group-left = Salió de un grupo
act-app-granted = Se le concedió una aplicación
act-app-revoked = Se le retiró una aplicación
act-secret-requested = Se pidió un secreto
act-secret-entered = Se introdujo un secreto
act-secret-rotated = Se renovó un secreto
act-secret-entry-refused = No se introdujo un secreto: el enlace no valía
act-secret-deleted = Se eliminó un secreto
act-secret-bound = Se dio un secreto a una aplicación
act-secret-revealed = Se entregaron secretos a una aplicación
act-variables-set = Se establecieron variables
act-variables-deleted = Se eliminaron variables
act-project-reconciled = Se concilió un proyecto
act-application-added = Se añadió una aplicación
act-application-removed = Se quitó una aplicación
act-vault-rekeyed = El almacén de secretos se selló con una clave nueva

# All that is kept, as a file.

export-lead = Un archivo con todo lo que { $site } guarda de su cuenta: quién es usted, sus cuentas vinculadas, sus llaves de acceso y segundos pasos sin sus secretos, dónde ha iniciado sesión, sus tokens sin sus secretos, sus grupos, las aplicaciones que se le concedieron y lo que ha ocurrido con su cuenta. No contiene lo que las propias aplicaciones guardan de usted.
export-download = Descargar el archivo

# The end of the account.

delete-at-once = Su cuenta se elimina de inmediato, con todo lo que se guarda de ella aquí. Se cierran todas sus sesiones.
delete-later = Se cierran de inmediato todas sus sesiones. Durante un tiempo podrá iniciar sesión y conservar su cuenta; después se elimina, con todo lo que se guarda de ella aquí.
delete-kept-until = Puede conservarla hasta el
delete-apps = Lo que las aplicaciones guardan de usted les corresponde a ellas eliminarlo.
delete-confirmation = Para confirmar, escriba
delete-button = Eliminar mi cuenta

# Where somebody is signed in.

place = { $city }, { $country }
