# Lo que rodea cada página.

insecure-title = Sin cifrar.
insecure = Este sitio funciona con HTTP sin cifrar: cualquiera en la red puede leer lo que escriba aquí.
preview-title = Vista previa.
preview-own-accounts = Tiene sus propias cuentas.
preview-shared-accounts = Comparte las cuentas con el sitio del que es una vista previa.
error-title = Error: { $title }
faults-passing = Inténtelo de nuevo
faults-one = Corrija esto:
faults-many = Corrija lo siguiente:
