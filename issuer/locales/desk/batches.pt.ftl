batch-title = Lote
batch-lead = Cartões de muitos residentes de uma vez, a partir de uma folha de cálculo guardada como CSV.
batch-new = Começar um lote
batch-file = Ficheiro de residentes
batch-file-hint = CSV em UTF-8, com os nomes das colunas na primeira linha. No máximo 12 MB com todas as fotografias.
batch-photos = Fotografias
batch-photos-hint = Todas as que a coluna photo indica: escolha várias de uma vez. JPEG, PNG ou WebP.
batch-on = Imprimir em
batch-on-card = Cartões, para uma impressora de cartões de plástico
batch-on-a4 = Folhas A4, dez para cortar
batch-on-letter = Folhas Letter, dez para cortar
batch-slips = Folhetos para entregar
batch-slips-hint = Cada um com o código de recuperação que bloqueia o cartão quando se perde.
batch-look = Examinar o ficheiro
batch-nothing-yet = Ainda nada é assinado: vê primeiro cada linha errada.
batch-in-hand = Lotes em curso
batch-none = Nenhum. Comece um com um ficheiro de residentes.
batch-kept = O ficheiro não é gravado em disco e é esquecido 30 minutos após o último uso.
batch-columns = Que colunas o ficheiro pode ter
batch-column-name = O nome em uso. Todas as linhas precisam dele.
batch-column-second = O nome noutra escrita e a sua língua (ar, ka …).
batch-column-birth = AAAA-MM-DD, ou só o ano.
batch-column-gender = F, M ou X; vazio não diz nada.
batch-column-address = Como vão no cartão; podem ficar vazios.
batch-column-services = Com espaços entre eles; vazio quer dizer todos.
batch-column-photo = O nome do ficheiro da fotografia.
batch-column-language = A língua do cartão (pt, ar …).
batch-no-file = Escolha o ficheiro de residentes.
batch-no-csv = Isto não é um ficheiro CSV. Na folha de cálculo, guarde como «CSV UTF-8» e escolha esse.
batch-too-many = Há demasiados lotes em curso. Termine ou esqueça um, ou espere que um colega o faça.
batch-looking = A examinar o ficheiro
batch-to-issue = Por emitir
batch-to-mend = Por corrigir
batch-issuing = A emitir os cartões
batch-ready = Por imprimir
batch-failed = Parado
batch-may-leave = Pode sair desta página e voltar: o lote fica em Lotes.
batch-look-again = Ver de novo
batch-good-rows = linhas boas
batch-bad-rows = linhas por corrigir
batch-wrong-rows = O que há a corrigir
batch-line = Linha
batch-column = Coluna
batch-what = O que está errado
batch-more = { $count ->
    [one] E mais um.
   *[other] E mais { $count }.
}
batch-mend = Nada foi emitido. Corrija no seu ficheiro e envie-o de novo.
batch-shortened = Nomes impressos com iniciais
batch-shortened-text = Não cabem por inteiro no cartão. O código de identidade tem o nome todo.
batch-printed-as = Impresso como
batch-name = nome
batch-second-name = segundo nome
batch-guardian = responsável
batch-begun-before = Este ficheiro foi começado a { $date }. Continua com os mesmos cartões, não com novos. Os folhetos impressos antes deixam de valer.
batch-printed-before = Os cartões deste ficheiro foram impressos a { $date }. Cada residente nele receberia um segundo cartão.
batch-again = Emitir segundos cartões mesmo assim
batch-again-missing = Assinale que quer segundos cartões, ou deixe este ficheiro.
batch-issue = { $count ->
    [one] Emitir um cartão
   *[other] Emitir { $count } cartões
}
batch-issue-hint = Assina-os e faz os documentos para imprimir.
batch-elsewhere = { $what } tem agora o mesmo ficheiro em curso. Esse lote tem primeiro de ser impresso ou esquecido.
batch-not-here = Este lote não está em curso neste servidor. Está em curso noutro, ou foi esquecido. Comece aqui com o mesmo ficheiro: os seus cartões continuam onde pararam.
batch-made = { $count ->
    [one] Um cartão está assinado
   *[other] { $count } cartões estão assinados
}
batch-resumed = { $count ->
    [one] Um deles foi começado antes.
   *[other] { $count } deles foram começados antes.
}
batch-open-cards = Cartões (PDF)
batch-open-slips = Folhetos (PDF)
batch-delete-files = Imprima-os, os folhetos um por folha e de um só lado, e depois apague os ficheiros: têm nomes e códigos de recuperação.
batch-close = Estão todos impressos
batch-close-hint = Fecha o lote e esquece os documentos.
batch-forget = Esquecer
batch-forget-hint = Os cartões continuam assinados. O mesmo ficheiro dá de novo os mesmos cartões.
done-batch-closed = O lote está fechado.
done-batch-forgotten = O lote foi esquecido aqui.
batch-unknown-column = Não há coluna { $name }. Veja que colunas o ficheiro pode ter.
batch-column-twice = A coluna { $name } aparece duas vezes.
batch-no-names = A primeira linha não tem a coluna full_name.
batch-no-rows = Não há nenhuma linha abaixo da primeira.
batch-unread = Não se consegue ler como CSV: { $why }
batch-not-utf8 = Perderam-se letras: guarde o ficheiro como «CSV UTF-8».
batch-cells = { $cells } células, mas { $columns } colunas. Falta uma vírgula ou aspas?
batch-date = { $given } não é uma data. Escreva AAAA-MM-DD, ou só o ano.
batch-gender = { $given } não é F, M nem X. Deixe vazio para não dizer nada.
batch-service = Não há serviço { $given }. Há: { $known }.
batch-photo-not-sent = A fotografia { $name } não foi enviada.
batch-photo-twice = Várias fotografias chamam-se { $name }. Dê a cada uma o seu nome.
batch-photo-wrong = A fotografia { $name } não pode ser usada: { $why }
batch-unprintable = Não pode ser impresso como está: { $why }
