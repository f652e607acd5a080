# Lê-se bem em Portugal e no Brasil: evitar palavras que só um dos dois usa.

card-title = Cartão da cidade
card-name = Nome
card-number = Número do cartão
card-birth-date = Data de nascimento
card-birth-year = Ano de nascimento
card-expiry = Válido até
card-services = Dá acesso a
card-guardian = Responsável
card-address = Endereço ou a/c
card-hotline = Perdeu? Achou? Ligue
card-library = N.º da biblioteca

back-is = Este cartão mostra que a pessoa titular mora aqui.
back-is-not = Não é documento de viagem nem autorização de residência, e nada diz sobre a nacionalidade ou a situação migratória.
back-keep = Pertence à pessoa titular. Ninguém pode tirá-lo dela.
back-brief = Mostra que a pessoa titular mora aqui. Não é documento de viagem. Ninguém pode tirá-lo.
back-return = Achou este cartão? Entregue-o, por favor, em: { $place }

slip-title = O seu cartão, em resumo
slip-number = Número do cartão
slip-valid = O seu cartão é válido até { $date }.
slip-opens = O que pode usar com o seu cartão
slip-recovery = O seu código de recuperação
slip-recovery-why = Guarde este papel longe do cartão. Com este código, qualquer pessoa pode mandar bloquear o cartão. Por isso, não o mostre a ninguém.
slip-lost-title = Se perder o cartão
slip-lost = Ligue para { $hotline } e diga o código. O cartão é bloqueado no mesmo dia. Não precisa de nenhum documento para isso.
slip-kept-title = O que a cidade guarda
slip-kept-until = O seu nome, a data de nascimento, o endereço e a foto ficam guardados sob chave até { $date }. Nesse dia, a chave é destruída e ninguém poderá voltar a lê-los, nem mesmo a cidade.
slip-kept-expiry = O seu nome, a data de nascimento, o endereço e a foto ficam guardados enquanto o cartão for válido, até { $date }.
slip-kept-after = Depois disso, a cidade só conhece o número do cartão, os serviços a que dá acesso e a data em que termina.
slip-never = A cidade nunca pergunta pela sua nacionalidade ou situação migratória e não guarda nenhum dos seus documentos.
slip-print = Impresso em { $date }

evidence-met = Tem tudo o que é preciso.
evidence-not-met = Ainda falta alguma coisa.
evidence-there-identity = Quem é: { $there } de { $needed } pontos
evidence-there-residency = Que mora aqui: { $there } de { $needed } pontos
evidence-has-photo = uma foto
evidence-has-birth-date = a data de nascimento
evidence-has-address = o endereço
evidence-has-guardianship = quem é a mãe, o pai ou o responsável pela criança
evidence-has-guardian-identity = que a pessoa adulta presente é essa pessoa
evidence-has-guardian = vem a mãe, o pai ou o responsável
evidence-lack-identity = { $points ->
    [one] Falta { $points } ponto para mostrar quem é: traga qualquer um destes documentos
   *[other] Faltam { $points } pontos para mostrar quem é: traga qualquer um destes documentos
}
evidence-lack-residency = { $points ->
    [one] Falta { $points } ponto para mostrar que mora aqui: traga qualquer um destes documentos
   *[other] Faltam { $points } pontos para mostrar que mora aqui: traga qualquer um destes documentos
}
evidence-lack-photo = Falta um documento com foto: traga qualquer um destes
evidence-lack-birth-date = Falta um documento com a data de nascimento: traga qualquer um destes
evidence-lack-address = Falta um documento com o endereço: traga qualquer um destes
evidence-lack-guardianship = Falta um documento que diga quem é a mãe, o pai ou o responsável pela criança: traga qualquer um destes
evidence-lack-guardian-identity = Falta um documento que diga quem é a pessoa adulta que vem com a criança: traga qualquer um destes
evidence-lack-guardian = Venha, por favor, com a mãe, o pai ou o responsável.
evidence-no-single = Nenhum documento basta sozinho; vários juntos bastam.
evidence-bring = Com isto, os seus documentos ficam completos:
evidence-list = Documentos que pode trazer
evidence-need-identity = { $points ->
    [one] Para mostrar quem é, precisa de { $points } ponto.
   *[other] Para mostrar quem é, precisa de { $points } pontos.
}
evidence-need-residency = { $points ->
    [one] Para mostrar que mora aqui, precisa de { $points } ponto.
   *[other] Para mostrar que mora aqui, precisa de { $points } pontos.
}
evidence-gives-identity = pontos por quem é: { $points }
evidence-gives-residency = pontos por morar aqui: { $points }
evidence-keeps = Nada é copiado. A cidade anota só o tipo de documento, quem o viu e quando.
