batch-title = Lote
batch-lead = Tarjetas de muchos residentes a la vez, desde una hoja de cálculo guardada como CSV.
batch-new = Empezar un lote
batch-file = Archivo de residentes
batch-file-hint = CSV en UTF-8, con los nombres de las columnas en la primera línea. Como máximo 12 MB con todas las fotos.
batch-photos = Fotos
batch-photos-hint = Todas las que nombra la columna photo: elija varias a la vez. JPEG, PNG o WebP.
batch-on = Imprimir en
batch-on-card = Tarjetas, para una impresora de tarjetas de plástico
batch-on-a4 = Hojas A4, diez para cortar
batch-on-letter = Hojas carta, diez para cortar
batch-slips = Hojas para entregar
batch-slips-hint = Cada una con el código de recuperación que bloquea la tarjeta si se pierde.
batch-look = Revisar el archivo
batch-nothing-yet = Todavía no se firma nada: antes verá cada fila que esté mal.
batch-in-hand = Lotes en curso
batch-none = Ninguno. Empiece uno con un archivo de residentes.
batch-kept = El archivo no se escribe en disco y se olvida 30 minutos después de su último uso.
batch-columns = Qué columnas puede tener el archivo
batch-column-name = El nombre que usa. Toda fila lo necesita.
batch-column-second = El nombre en otra escritura y su idioma (ar, ka …).
batch-column-birth = AAAA-MM-DD, o solo el año.
batch-column-gender = F, M o X; vacío no dice nada.
batch-column-address = Como van en la tarjeta; pueden estar vacíos.
batch-column-services = Con espacios entre ellos; vacío significa todos.
batch-column-photo = El nombre del archivo de la foto.
batch-column-language = El idioma de la tarjeta (es, ar …).
batch-no-file = Elija el archivo de residentes.
batch-no-csv = Esto no es un archivo CSV. En la hoja de cálculo, guárdelo como «CSV UTF-8» y elija ese.
batch-too-many = Hay demasiados lotes en curso. Termine u olvide uno, o espere a que lo haga un colega.
batch-looking = Revisando el archivo
batch-to-issue = Por emitir
batch-to-mend = Por corregir
batch-issuing = Emitiendo las tarjetas
batch-ready = Por imprimir
batch-failed = Detenido
batch-may-leave = Puede dejar esta página y volver: el lote queda en Lotes.
batch-look-again = Mirar de nuevo
batch-good-rows = filas buenas
batch-bad-rows = filas por corregir
batch-wrong-rows = Lo que hay que corregir
batch-line = Línea
batch-column = Columna
batch-what = Qué está mal
batch-more = { $count ->
    [one] Y uno más.
   *[other] Y { $count } más.
}
batch-mend = No se emitió nada. Corríjalo en su archivo y envíelo de nuevo.
batch-shortened = Nombres impresos con iniciales
batch-shortened-text = No caben enteros en la tarjeta. El código de identidad contiene todo el nombre.
batch-printed-as = Impreso como
batch-name = nombre
batch-second-name = segundo nombre
batch-guardian = responsable
batch-begun-before = Este archivo se empezó el { $date }. Sigue con las mismas tarjetas, no con nuevas. Las hojas impresas antes dejan de valer.
batch-printed-before = Las tarjetas de este archivo se imprimieron el { $date }. Cada residente recibiría una segunda tarjeta.
batch-again = Emitir segundas tarjetas de todos modos
batch-again-missing = Marque que quiere segundas tarjetas, o deje este archivo.
batch-issue = { $count ->
    [one] Emitir una tarjeta
   *[other] Emitir { $count } tarjetas
}
batch-issue-hint = Las firma y hace los documentos para imprimir.
batch-elsewhere = { $what } tiene ahora el mismo archivo en curso. Ese lote debe imprimirse u olvidarse primero.
batch-not-here = Este lote no está en curso en este servidor. Está en curso en otro, o fue olvidado. Empiece aquí con el mismo archivo: sus tarjetas siguen donde se detuvieron.
batch-made = { $count ->
    [one] Una tarjeta está firmada
   *[other] { $count } tarjetas están firmadas
}
batch-resumed = { $count ->
    [one] Una de ellas se empezó antes.
   *[other] { $count } de ellas se empezaron antes.
}
batch-open-cards = Tarjetas (PDF)
batch-open-slips = Hojas para entregar (PDF)
batch-delete-files = Imprímalos, cada hoja por una sola cara, y después borre los archivos: contienen nombres y códigos de recuperación.
batch-close = Todas están impresas
batch-close-hint = Cierra el lote y olvida los documentos.
batch-forget = Olvidarlo
batch-forget-hint = Las tarjetas siguen firmadas. El mismo archivo da otra vez las mismas tarjetas.
done-batch-closed = El lote está cerrado.
done-batch-forgotten = El lote se ha olvidado aquí.
batch-unknown-column = No hay columna { $name }. Vea qué columnas puede tener el archivo.
batch-column-twice = La columna { $name } está dos veces.
batch-no-names = La primera línea no tiene la columna full_name.
batch-no-rows = No hay ninguna fila debajo de la primera línea.
batch-unread = No se puede leer como CSV: { $why }
batch-not-utf8 = Se pierden letras: guarde el archivo como «CSV UTF-8».
batch-cells = { $cells } celdas, pero { $columns } columnas. ¿Falta una coma o una comilla?
batch-date = { $given } no es una fecha. Escriba AAAA-MM-DD, o solo el año.
batch-gender = { $given } no es F, M ni X. Déjelo vacío para no decir nada.
batch-service = No hay servicio { $given }. Hay: { $known }.
batch-photo-not-sent = La foto { $name } no se envió.
batch-photo-twice = Varias fotos se llaman { $name }. Dé a cada una su nombre.
batch-photo-wrong = La foto { $name } no se puede usar: { $why }
batch-unprintable = No se puede imprimir como está: { $why }
