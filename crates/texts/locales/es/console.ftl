# The pages for admins.

# What the pages are called.

console = Consola
secrets = Secretos
requests = Solicitudes
applications = Aplicaciones
agents = Agentes
origins = Orígenes y vistas previas
users = Usuarios
audit = Lo que se hizo

# Why a request gets no further.

title-not-admin = Solo para administradores
not-admin = Esta página es para los miembros de los grupos admins y owners, y usted no está en ninguno de los dos. Pregunte a quien administra este sitio.
title-not-configured = El almacén de secretos no tiene clave
not-configured = Todavía no se pueden guardar secretos: el almacén no tiene ninguna clave con la que sellarlos. La configura quien administra este sitio.
title-not-yours = No permitido
forbidden = No puede hacer eso aquí.
not-yours = Nadie se hace esto a sí mismo, y solo un miembro de owners se lo hace a un miembro de owners.
not-found = No está, o ya no está. Vuelva a mirar la lista.
conflict = Otra persona cambió eso en el mismo momento. Vuelva a mirarlo.
wrong-key = Lo que se guarda se selló con una clave que no está aquí. No se ha perdido nada: el registro nombra la clave que falta.
unavailable = El almacén de secretos no responde. Inténtelo de nuevo dentro de unos segundos.
link-void = Ya se utilizó, se acabó su tiempo o es para otro lugar. No se guardó nada. Pida otro.
back = A la consola

# What is wrong with what was typed.

value-empty = El valor secreto no puede estar vacío.
value-too-long = El valor secreto debe tener como máximo 8192 bytes.
value-nul = El valor secreto no puede contener el carácter NUL.
fault-name = El nombre de un secreto consta de A–Z, 0–9 y _, empieza por una letra y tiene como máximo 128 caracteres.
fault-key = El nombre de una variable consta de letras, cifras y _, no empieza por una cifra y tiene como máximo 128 caracteres.
fault-reserved = Una variable que cambia cómo arrancan los programas, como PATH o LD_PRELOAD, no se define desde aquí.
fault-application = El identificador de una aplicación consta de letras, cifras, - y _ y tiene como máximo 63 caracteres.
fault-variable-value = El valor de una variable tiene como máximo 8192 bytes y ningún carácter NUL.
fault-no-secret = Nadie ha introducido todavía ese secreto.
fault-project = El proyecto no es válido y no se escribió nada. Lo que está mal:
fault-scopes = Elija qué puede hacer el agente.

# What has just been done.

done-stored = El secreto está guardado.
done-rotated = El secreto está renovado. Las aplicaciones conservan el valor que tienen hasta que se concilien y arranquen de nuevo.
done-deleted = El secreto está eliminado. Las aplicaciones conservan sus copias hasta que se eliminen las variables.
done-application-added = La aplicación está añadida.
done-application-removed = La aplicación está quitada, con sus variables.
done-variable-set = La variable está definida. Cuenta desde el próximo arranque de la aplicación.
done-variable-deleted = La variable está eliminada. Cuenta desde el próximo arranque de la aplicación.
done-bound = El secreto está escrito en la variable. Cuenta desde el próximo arranque de la aplicación.
done-reconciled = El proyecto está conciliado. Cuenta desde el próximo arranque de la aplicación.
done-user-off = La cuenta está desactivada y se cerraron todas sus sesiones.
done-user-on = La cuenta está activada.

# The first page.

vault-key = Clave del almacén
vault-set = Para guardar secretos, defina esta variable:
vault-make = Este comando crea su valor:
secrets-count =
    { $count ->
        [one] { $count } secreto
       *[other] { $count } secretos
    }
requests-count =
    { $count ->
        [one] { $count } solicitud espera su secreto
       *[other] { $count } solicitudes esperan sus secretos
    }
applications-count =
    { $count ->
        [one] { $count } aplicación
       *[other] { $count } aplicaciones
    }

# Secrets.

secrets-lead = Un valor introducido no se vuelve a mostrar a nadie. Las aplicaciones reciben copias de él.
secrets-none = Todavía no se guarda ningún secreto.
updated-on = Introducido el
by = Por
operator = Un operador
used-by = Lo utilizan
used-by-none = Ninguna aplicación tiene una copia.
used-by-count =
    { $count ->
        [one] { $count } variable tiene una copia
       *[other] { $count } variables tienen una copia
    }
overridden = Tiene un valor propio
ask = Pedir un secreto
ask-lead = Quien tiene el enlace introduce el valor, con sesión iniciada como administrador. Sirve una vez, durante quince minutos.
ask-button = Crear el enlace
link-made = Entregue este enlace. No se vuelve a mostrar:
secret-name = Nombre del secreto
enter = Introducir un secreto
enter-lead = Si el nombre ya existe, se renueva: el valor ocupa el lugar del anterior.
rotate = Renovarlo
value = Valor
value-hint = Como máximo 8192 bytes. Se guarda tal como se pega y no se vuelve a mostrar.
enter-button = Guardar el valor
delete-secret = Eliminar el secreto
delete-lead = El valor desaparece del almacén para siempre. Estas conservan sus copias y no reciben otra más nueva:
delete-lead-none = El valor desaparece del almacén para siempre. Ninguna aplicación tiene una copia.

# The page of a link.

entry-new = Se le pide el valor de un secreto que todavía no existe.
entry-rotates = Se le pide el nuevo valor de un secreto. Estas tienen el anterior hasta que se concilien y arranquen de nuevo:
entry-rotates-none = Se le pide el nuevo valor de un secreto. Ninguna aplicación tiene el anterior.
entry-stored = Está guardado, y el enlace ya no sirve. Puede cerrar esta página.

# Requests.

requests-lead = A quién se le pidió un secreto en el último día.
requests-none = No se le pidió ninguno a nadie.
state-pending = En espera
state-fulfilled = Introducido
state-expired = Caducado
asked-on = Pedido el

# Applications.

applications-lead = Lo que puede recibir secretos y variables.
applications-none = Todavía no hay ninguna.
application-named = Nombrada por un origen
variables-count =
    { $count ->
        [one] { $count } variable de entorno
       *[other] { $count } variables de entorno
    }
application-add = Añadir una aplicación
application-id = Identificador de la aplicación
application-add-button = Añadirla
variables = Variables
variables-none = No tiene ninguna.
source-org-linked = De un secreto
source-app-override = Suyo propio, donde habría un secreto
source-app = Suyo propio
stale = El secreto ha cambiado desde entonces
changed-on = Cambiada el
variable-delete = Eliminar la variable
variable-set = Definir una variable
variable-set-lead = Para lo que no es secreto, como puertos y opciones. Lo que se define aquí prevalece sobre un secreto con el mismo nombre.
variable-key = Nombre de la variable
variable-set-button = Definirla
bind = Darle un secreto
bind-lead = El valor se copia dentro del almacén, en lugar de lo que tiene la variable.
bind-secret = Secreto
bind-as = Nombre de la variable, si es otro
bind-button = Copiar el secreto
bind-none = No hay ningún secreto que dar.
reconcile = Conciliar un proyecto
reconcile-lead = Pegue el archivo del proyecto, .deploymill/project.json o gatelet.json. Primero se muestra lo que se va a escribir.
reconcile-project = Proyecto
reconcile-plan = Mostrar el plan
plan = El plan
plan-none = El proyecto no declara secretos.
plan-set = Se escribe
plan-keep = Está como debe estar
plan-missing = Nadie lo ha introducido
plan-overridden = La aplicación tiene el suyo propio, que se queda
plan-apply = Escribirlo
application-remove = Quitar la aplicación
application-remove-lead = Desaparece con todas sus variables. Los programas en marcha conservan aquello con lo que arrancaron.
application-remove-named = Un origen la nombra, así que sigue en la lista; sus variables desaparecen.

# Agents.

agents-lead = Un programa con un token llama a herramientas en su nombre, hasta donde usted lo permita aquí y mientras sea administrador. Ninguna muestra un valor. Su dirección:
agents-make = Crear un token para un agente
agents-scopes = Qué puede hacer
scope-secrets-names = Ver nombres de secretos, aplicaciones y variables
scope-secrets-request = Pedir secretos a personas
scope-env-write = Dar secretos a aplicaciones, definir variables, eliminar secretos
scope-origins-write = Crear y eliminar vistas previas
agents-may = Puede:

# Origins.

origins-lead = Lo que se sirve además del origen principal. El comando gatelet origins lo cambia.
origins-none = Solo el origen principal.
origins-more = Más orígenes
origin-preview = Vista previa
origin-parent = Parte de
origin-branch = Rama
origin-expires = Se sirve hasta

# Users.

users-none = Nadie.
users-more = Más usuarios
user-off = Desactivado
user-groups = Grupos
user-sessions =
    { $count ->
        [one] { $count } sesión
       *[other] { $count } sesiones
    }
user-switch-off = Desactivar
user-switch-on = Activar

# Sessions.

sessions-none = Nadie ha iniciado sesión.
sessions-more = Más sesiones
session-until = Hasta

# What was done.

audit-older = Anterior
