# Por qué una solicitud no sigue adelante.

# Títulos.

title-sign-in = Inicie sesión
title-again = Inténtelo de nuevo
title-other-account = No con esta cuenta
title-not-supported = No admitido
title-no-answer = La aplicación no responde
title-login-off = El inicio de sesión está desactivado
title-not-set-up = Sin configurar
title-passphrase = Se necesita la frase de contraseña
title-recent = Confirme que es usted
title-passkey = Use una llave de acceso
title-second-factor = Use un segundo factor
title-unknown-origin = No se encuentra aquí
title-bad-request = Solicitud incorrecta
title-insecure = Solo por HTTPS
title-too-long = Dirección demasiado larga
title-too-large = Solicitud demasiado grande
title-not-found = No se encuentra
title-wrong = Algo ha fallado

# Frases, por código.

session-none = No ha iniciado sesión.
session-invalid = Su sesión no es válida aquí. Vuelva a iniciar sesión.
session-expired = Su sesión ha terminado. Vuelva a iniciar sesión.
token-invalid = Este token de acceso no es válido aquí.
provider-revoked = El proveedor con el que inició sesión ha retirado su permiso. Vuelva a iniciar sesión allí.
access-passphrase = Esta página es para quienes conocen la frase de contraseña de la página.
access-org = Esta página es para personas con una dirección de correo verificada en determinadas organizaciones.
access-group = Esta página es para miembros de determinados grupos.
access-recent = Hace demasiado tiempo que inició sesión para ver esta página. Confirme que es usted.
access-passkey = Esta página pide una llave de acceso. Confirme que es usted.
access-second-factor = Esta página pide un segundo factor. Confirme que es usted.
app-not-granted = Esta cuenta no puede usar esta aplicación.
origin-unknown = Este servidor no atiende esa dirección.
request-malformed = No se pudo entender la solicitud.
request-insecure = Este sitio solo se sirve por HTTPS: ábralo con https:// y sustituya toda contraseña o token que se haya enviado sin cifrar.
request-target-too-long = La dirección de esta solicitud es demasiado larga.
request-fields-too-large = La cabecera de la solicitud es demasiado grande. Puede ayudar borrar las cookies de este sitio.
request-method-refused = Este método no se atiende aquí.
request-transfer-coding-unknown = Esta codificación de transferencia no se entiende aquí.
route-unknown = No hay nada en esta dirección.
upgrade-unsupported = Los WebSockets no funcionan a través de este servidor.
store-unavailable = El inicio de sesión no está disponible en este momento. Inténtelo de nuevo en unos segundos.
store-conflict = No se ha podido completar. Inténtelo de nuevo.
upstream-unreachable = No se puede llegar a la aplicación de esta dirección. Inténtelo de nuevo en un momento.
upstream-timeout = La aplicación de esta dirección tarda demasiado en responder. Inténtelo de nuevo en un momento.
upstream-loop = La aplicación de esta dirección no está configurada. El registro del servidor dice qué falta.
busy = Hay muchísimas personas aquí en este momento. Inténtelo de nuevo en unos segundos.
login-off = Quien administra este sitio ha desactivado el inicio de sesión. Las cuentas se conservan y nadie tiene la sesión iniciada.
settings-invalid = Esta dirección no está configurada. El registro del servidor dice qué falta.
internal = Algo ha fallado. Inténtelo de nuevo.

# Junto a ellos.

sign-in = Iniciar sesión
sign-out = Cerrar sesión
try-again = Intentar de nuevo
confirm = Confirmar
type-passphrase = Escribir la frase de contraseña
start-page = Ir a la página de inicio
use-other-account = Usar otra cuenta
open-by-https = Abrir por HTTPS
unsent = Lo que envió no llegó. Continúe en una pestaña nueva y después recargue esta página para enviarlo otra vez.
signed-in-as = Ha iniciado sesión como { $email }.
elsewhere = Responde en esta:
code = Código:
