# Lo que rodea cada página.

insecure-title = Sin cifrar.
insecure = Este sitio funciona con HTTP sin cifrar: cualquiera en la red puede leer lo que escriba aquí.
preview-title = Vista previa.
preview-own-accounts = Tiene sus propias cuentas.
preview-shared-accounts = Comparte las cuentas con el sitio del que es una vista previa.
error-title = Error: { $title }
faults-one = Corrija esto:
faults-many = Corrija lo siguiente:

# Labels and titles that stand in several places, on pages or in letters.

email = Correo electrónico
name = Nombre
password = Contraseña
new-password = Contraseña nueva
choose-password = Elegir una contraseña nueva
passkey = Llave de acceso
code-shown = Código que muestra
continue = Continuar
create-an-account = Crear una cuenta
create-account = Crear la cuenta
sign-in-by-email = Iniciar sesión por correo electrónico
send-letter = Enviar el correo
confirm-address = Confirmar su dirección
use-address = Usar esta dirección
token-purpose = Para qué es
token-until = Válido hasta el
deletion-title = Su cuenta se va a eliminar
