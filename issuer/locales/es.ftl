card-title = Tarjeta de la ciudad
card-name = Nombre
card-number = Número de tarjeta
card-birth-date = Fecha de nacimiento
card-birth-year = Año de nacimiento
card-expiry = Válida hasta
card-services = Da acceso a
card-guardian = Adulto responsable
card-address = Dirección o contacto
card-hotline = Perdida o encontrada
card-library = N.º de biblioteca

back-is = Esta tarjeta muestra que su titular vive aquí.
back-is-not = No es documento de viaje ni permiso de residencia, y no dice nada sobre la nacionalidad ni la situación migratoria.
back-keep = Pertenece a su titular. Nadie puede quitársela.
back-brief = Muestra que su titular vive aquí. No es documento de viaje. Nadie puede quitársela.
back-return = ¿La encontró? Entréguela, por favor, en: { $place }

slip-title = Su tarjeta, en pocas palabras
slip-number = Número de tarjeta
slip-valid = Su tarjeta es válida hasta el { $date }.
slip-opens = Qué puede usar con su tarjeta
slip-recovery = Su código de recuperación
slip-recovery-why = Guarde este papel separado de la tarjeta. Con este código, cualquiera puede hacer bloquear la tarjeta. Por eso, no se lo muestre a nadie.
slip-lost-title = Si pierde la tarjeta
slip-lost = Llame al { $hotline } y diga el código. La tarjeta queda bloqueada el mismo día. Para esto no necesita ningún documento.
slip-kept-title = Qué guarda la ciudad
slip-kept-until = Su nombre, fecha de nacimiento, dirección y foto se guardan bajo llave hasta el { $date }. Ese día se destruye la llave y ya nadie puede leerlos, ni siquiera la ciudad.
slip-kept-expiry = Su nombre, fecha de nacimiento, dirección y foto se guardan mientras la tarjeta sea válida, hasta el { $date }.
slip-kept-after = Después, la ciudad solo conoce el número de la tarjeta, a qué da acceso y cuándo vence.
slip-never = La ciudad nunca pregunta por su nacionalidad ni su estatus, y no guarda sus papeles.
slip-print = Impreso el { $date }

evidence-met = Tiene todo lo que necesita.
evidence-not-met = Todavía falta algo.
evidence-there-identity = Quién es usted: { $there } de { $needed } puntos
evidence-there-residency = Que vive aquí: { $there } de { $needed } puntos
evidence-has-photo = una foto
evidence-has-birth-date = la fecha de nacimiento
evidence-has-address = la dirección
evidence-has-guardianship = quién es la madre, el padre o el tutor del niño
evidence-has-guardian-identity = que el adulto que lo acompaña es esa persona
evidence-has-guardian = viene la madre, el padre o el tutor
evidence-lack-identity = { $points ->
    [one] Le falta { $points } punto para mostrar quién es: traiga cualquiera de estos papeles
   *[other] Le faltan { $points } puntos para mostrar quién es: traiga cualquiera de estos papeles
}
evidence-lack-residency = { $points ->
    [one] Le falta { $points } punto para mostrar que vive aquí: traiga cualquiera de estos papeles
   *[other] Le faltan { $points } puntos para mostrar que vive aquí: traiga cualquiera de estos papeles
}
evidence-lack-photo = Le falta un papel con foto: traiga cualquiera de estos
evidence-lack-birth-date = Le falta un papel con la fecha de nacimiento: traiga cualquiera de estos
evidence-lack-address = Le falta un papel con la dirección: traiga cualquiera de estos
evidence-lack-guardianship = Le falta un papel que diga quién es la madre, el padre o el tutor del niño: traiga cualquiera de estos
evidence-lack-guardian-identity = Le falta un papel que diga quién es el adulto que acompaña al niño: traiga cualquiera de estos
evidence-lack-guardian = Venga, por favor, con la madre, el padre o el tutor.
evidence-no-single = Ningún papel basta por sí solo; varios juntos, sí.
evidence-bring = Con esto, sus papeles están completos:
evidence-list = Papeles que puede traer
evidence-need-identity = { $points ->
    [one] Para mostrar quién es, necesita { $points } punto.
   *[other] Para mostrar quién es, necesita { $points } puntos.
}
evidence-need-residency = { $points ->
    [one] Para mostrar que vive aquí, necesita { $points } punto.
   *[other] Para mostrar que vive aquí, necesita { $points } puntos.
}
evidence-gives-identity = puntos por quién es: { $points }
evidence-gives-residency = puntos por vivir aquí: { $points }
evidence-keeps = No se copia nada. La ciudad anota solo el tipo de papel, quién lo miró y cuándo.
