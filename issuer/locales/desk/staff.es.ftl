nav-staff = Funcionarios
staff-list = Quién puede entrar
staff-active = puede entrar
staff-no-factor = aún no ha usado el enlace
staff-blocked = ya no entra
staff-since = Desde { $date }
staff-own = Es usted. Otra persona de custodia puede restablecer o desactivar su cuenta.
staff-reset = Nuevo enlace
staff-disable = Desactivar
staff-hint = Un nuevo enlace quita contraseña, teléfono y sesiones. También deja entrar otra vez a quien fue desactivado.
staff-add = Añadir funcionario
staff-login-hint = Letras de la a a la z, cifras, punto, guion y guion bajo; como máximo 32.
staff-role = Función
staff-not-yourself = Nadie restablece ni desactiva su propia cuenta. Pídalo a otra persona de custodia.
wrong-login = Use letras de la a a la z, cifras, punto, guion y guion bajo, como máximo 32.
wrong-login-taken = Ya hay un funcionario con este nombre de acceso.
staff-link-title = Enlace de un solo uso
staff-link-text = { $login } abre este enlace en 24 horas, una vez, para elegir contraseña y conectar un teléfono.
staff-link-once = Solo se muestra ahora. Déselo al funcionario y a nadie más.
staff-link-on = Entregado
done-officer-disabled = El funcionario ya no entra y todas sus sesiones han terminado.
staff-sure-reset = ¿Dar un nuevo enlace a { $login }?
staff-sure-disable = ¿No dejar entrar más a { $login }?
staff-sure-sessions = { $count ->
    [0] Ahora no tiene ninguna sesión.
    [one] Tiene una sesión; acaba ya, y lo que está a medio escribir se guarda.
   *[other] Tiene { $count } sesiones; todas acaban ya, y lo que está a medio escribir se guarda.
}
staff-sure-out = No puede entrar hasta que un custodio dé un nuevo enlace.
staff-sure-anew = La contraseña, el teléfono y los códigos de recuperación dejan de valer. El enlace permite elegir nuevos, en 24 horas.
staff-sure-stays = Lo que hizo queda en el registro de auditoría. Las tarjetas quedan como están.
staff-sure-back = Volver sin cambiar nada
