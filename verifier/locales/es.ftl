page-language = Español
page-title = Control de la tarjeta
page-ready = Escanee una tarjeta
page-ready-how = Ponga el código de la tarjeta delante del lector. También puede pegar el texto del código o elegir una imagen.
page-code = Texto del código
page-check = Comprobar
page-picture = Elegir una imagen
page-desk = Mostrador
page-any-desk = Cualquier mostrador
page-languages = Idioma
page-face = ¿Coincide la cara?
page-return = Devuelva la tarjeta. Nadie puede quedársela.
page-hotline = Teléfono de ayuda
page-scope = Qué abre aquí la tarjeta
page-done = Listo
page-working = Comprobando
page-lost = El verificador de este ordenador no responde. Vuelva a iniciarlo y escanee otra vez.
page-not-a-picture = Esta imagen no se pudo leer. Elija una imagen PNG, JPEG o WebP de 10 MB como máximo.
page-no-city = Aquí aún no se confía en ninguna ciudad
page-root = Clave de la ciudad

title-valid = Válida
title-valid_stale = Válida, pero las listas son antiguas
title-not_valid = No válida
title-cannot_tell = No se puede saber

why-valid = La tarjeta es buena.
why-valid_stale = La tarjeta es buena según las listas de aquí, pero son antiguas.
why-expired = La tarjeta es auténtica, pero está caducada.
why-not_yet_valid = La tarjeta es auténtica, pero aún no es válida.
why-revoked = La tarjeta fue revocada.
why-suspended = La tarjeta está suspendida por ahora.
why-bad_signature = La ciudad no firmó esto: es falso o está alterado.
why-key_compromised = La tarjeta se firmó con una clave robada.
why-service_not_granted = La tarjeta es auténtica, pero no abre este servicio.
why-unreadable = No se pudo leer el código.
why-not_a_card = Este código no es de una tarjeta de la ciudad.
why-unknown_issuer = El emisor de la tarjeta no está en la lista de aquí.
why-unknown_key = La clave de la tarjeta no está en la lista de aquí.
why-no_trust_list = Este verificador aún no sabe en quién confiar.
why-status_unknown = Aquí no se sabe si la tarjeta fue revocada.
why-clock_behind = El reloj de esta máquina está atrasado.
why-keyboard = El lector escribe con otro teclado que este ordenador.

do-serve = Atienda a la persona.
do-serve-and-refresh = Atienda a la persona y cargue pronto las listas actuales de la ciudad.
do-send-to-renew = Diga dónde se renueva la tarjeta. Devuélvala.
do-call-hotline = No acepte la tarjeta para este servicio. Devuélvala; las dudas se consultan en el teléfono de ayuda.
do-explain-scope = Explique qué abre la tarjeta. Devuélvala.
do-scan-again = Escanee otra vez: sin mover, con más luz, o el otro código.
do-scan-the-card = Escanee uno de los dos códigos de la tarjeta.
do-refresh-lists = Esto no dice nada en contra de la persona. Cargue las listas actuales de la ciudad y escanee otra vez.
do-load-trust = Cargue las listas de la ciudad en este ordenador: verifier trust --bundle ARCHIVO
do-set-clock = Ponga en hora el reloj de esta máquina y escanee otra vez.
do-keyboard = Ponga el lector en teclado de EE. UU.: escanee el código «Keyboard: US» o «English (US)» de su manual y luego otra vez la tarjeta.

field-number = Número de tarjeta
field-full_name = Nombre
field-second_name = Nombre en su escritura
field-birth_date = Nacimiento
field-gender = Género
field-address = Dirección
field-guardian = Tutor o tutora
field-services = Abre
field-expires = Válida hasta
field-issuer = Emitida por

gender-M = masculino
gender-F = femenino
gender-X = otro

lists-none = Aún no hay listas aquí
lists-minutes = Listas: { $count } min
lists-hours = Listas: { $count } h
lists-days = Listas: { $count ->
    [one] { $count } día
   *[other] { $count } días
}

loop-title = Las listas de la ciudad
loop-how = Mantenga la cámara del otro aparato ante este código hasta que tenga todas las partes.
loop-part = Parte
loop-pause = Pausa
loop-slower = Más despacio
loop-faster = Más deprisa
