# The pages around letters: asking for one, looking for it, and what its link leads to.

# Where a letter is asked for.

sign-in-lead = Recibirá un mensaje con un enlace para iniciar sesión.
choose-password-lead = Recibirá un mensaje con un enlace para elegir una contraseña nueva.
other-way = Iniciar sesión de otra forma

# A letter was asked for.

sent-title = Mire en su buzón
sent = Un mensaje va en camino a esta dirección. Dice cómo continuar y sirve durante un día.
sent-sign-in = Un mensaje con un enlace y un código va en camino a esta dirección. Ambos sirven durante 15 minutos.
sent-sign-in-if-account = Si hay una cuenta con esta dirección, un mensaje con un enlace y un código va en camino. Ambos sirven durante 15 minutos.
sent-new-password-if-account = Si hay una cuenta con esta dirección, un mensaje con un enlace y un código va en camino. Ambos sirven durante 30 minutos.
sent-follow = Abra el enlace del mensaje, en este navegador o en otro. O escriba aquí el código del mensaje.
code = Código
code-hint = Seis cifras. Cinco intentos.
no-letter = ¿No llega el mensaje? Mire entre los no deseados.

# What a link leads to: titles.

undo-title = Recuperar su dirección

# What its button does. The address follows.

sign-in-here = Con esto inicia sesión aquí, en este navegador, como:
register-lead = Con esto se crea una cuenta con esta dirección y usted inicia sesión:
new-password-lead = Con una contraseña nueva inicia sesión aquí, y se cierran todas las demás sesiones.
verify-lead = Con esto confirma que lee el correo de esta dirección:
verify-elsewhere-lead = Nadie se ha registrado en este navegador. Si fue usted, escriba la contraseña que eligió. Si no, cierre esta página: sin la contraseña no pasa nada.
change-lead = A partir de ahora su cuenta tiene esta dirección:
undo-lead = La cuenta vuelve a tener esta dirección, y se cierran todas sus sesiones:

# The buttons.

save-password = Guardar la contraseña
verify = Confirmar la dirección
undo = Recuperarla

# An account that nobody has proved, of which something is chosen.

unproved = Hay una cuenta con esta dirección, y nadie ha confirmado que sea suya.
unproved-since = Creada el
unproved-keep = La creé yo: conservarla y cerrar todas las demás vías de acceso a ella
unproved-anew = No la creé yo: empezar una cuenta nueva
