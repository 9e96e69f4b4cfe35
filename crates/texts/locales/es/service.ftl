# The page of the API that apps know from a central auth service.

title = API para aplicaciones
lead = Las aplicaciones escritas para un servicio central de autenticación encuentran sus llamadas en { $site }.
rpc = Por oRPC:
fields = Campos:
errors = Errores:
source = Lo que cambia algo debe venir de las páginas de este mismo sitio. Un programa que transmite las cookies de su visitante dice de dónde viene con el campo Origin.
who = La cookie de la sesión dice quién es. Para la sesión y el usuario también sirve un token de acceso personal.
document = Documento OpenAPI
sign-in = Empieza un inicio de sesión con un proveedor. Al navegador se le envía allí; un programa recibe la dirección.
callback = Recibe la respuesta del proveedor e inicia la sesión de quien sea.
sign-out = Cierra la sesión y hace que el navegador la olvide.
session = Dice si hay una sesión y cuál.
me = Dice quién ha iniciado sesión.
