page-language = Português
page-title = Verificação do cartão
page-ready = Leia um cartão
page-ready-how = Ponha o código do cartão em frente ao leitor. Também pode colar o texto do código ou escolher uma imagem.
page-code = Texto do código
page-check = Verificar
page-picture = Escolher uma imagem
page-desk = Balcão
page-any-desk = Qualquer balcão
page-languages = Língua
page-face = O rosto corresponde?
page-return = Devolva o cartão. Ninguém pode ficar com ele.
page-hotline = Linha de apoio
page-scope = O que o cartão abre aqui
page-done = Pronto
page-working = A verificar
page-lost = O verificador deste computador não responde. Inicie-o de novo e leia outra vez.
page-not-a-picture = Não foi possível ler esta imagem. Escolha uma imagem PNG, JPEG ou WebP até 10 MB.
page-no-city = Aqui ainda não se confia em nenhuma cidade
page-root = Chave da cidade

title-valid = Válido
title-valid_stale = Válido, mas as listas são antigas
title-not_valid = Não válido
title-cannot_tell = Não se pode saber

why-valid = O cartão é bom.
why-valid_stale = O cartão é bom segundo as listas daqui, mas são antigas.
why-expired = O cartão é genuíno, mas o prazo terminou.
why-not_yet_valid = O cartão é genuíno, mas ainda não é válido.
why-revoked = O cartão foi revogado.
why-suspended = O cartão está suspenso por agora.
why-bad_signature = A cidade não assinou isto: é falso ou foi alterado.
why-key_compromised = O cartão foi assinado com uma chave roubada.
why-service_not_granted = O cartão é genuíno, mas não abre este serviço.
why-unreadable = Não foi possível ler o código.
why-not_a_card = Este código não é de um cartão da cidade.
why-unknown_issuer = O emissor do cartão não está na lista daqui.
why-unknown_key = A chave do cartão não está na lista daqui.
why-no_trust_list = Este verificador ainda não sabe em quem confiar.
why-status_unknown = Aqui não se sabe se o cartão foi revogado.
why-clock_behind = O relógio desta máquina está atrasado.
why-keyboard = O leitor escreve com um teclado diferente do deste computador.

do-serve = Atenda a pessoa.
do-serve-and-refresh = Atenda a pessoa e carregue em breve as listas atuais da cidade.
do-send-to-renew = Diga onde se renova o cartão. Devolva-o.
do-call-hotline = Não aceite o cartão para este serviço. Devolva-o; as perguntas vão para a linha de apoio.
do-explain-scope = Explique o que o cartão abre. Devolva-o.
do-scan-again = Leia outra vez: sem mexer, com mais luz, ou o outro código.
do-scan-the-card = Leia um dos dois códigos do cartão.
do-refresh-lists = Isto nada diz contra a pessoa. Carregue as listas atuais da cidade e leia outra vez.
do-load-trust = Carregue as listas da cidade neste computador: verifier trust --bundle FICHEIRO
do-set-clock = Acerte o relógio desta máquina e leia outra vez.
do-keyboard = Ponha o leitor em teclado dos EUA: leia o código «Keyboard: US» ou «English (US)» no manual dele e depois outra vez o cartão.

field-number = Número do cartão
field-full_name = Nome
field-second_name = Nome na sua escrita
field-birth_date = Nascimento
field-gender = Género
field-address = Morada
field-guardian = Responsável
field-services = Abre
field-expires = Válido até
field-issuer = Emitido por

gender-M = masculino
gender-F = feminino
gender-X = outro

lists-none = Ainda não há listas aqui
lists-minutes = Listas: { $count } min
lists-hours = Listas: { $count } h
lists-days = Listas: { $count ->
    [one] { $count } dia
   *[other] { $count } dias
}

loop-title = As listas da cidade
loop-how = Segure a câmara do outro aparelho diante deste código até ele ter todas as partes.
loop-part = Parte
loop-pause = Pausa
loop-slower = Mais devagar
loop-faster = Mais depressa
