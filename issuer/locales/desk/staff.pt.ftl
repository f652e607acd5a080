nav-staff = Funcionários
staff-list = Quem pode entrar
staff-active = pode entrar
staff-no-factor = ainda não usou a ligação
staff-blocked = já não entra
staff-since = Desde { $date }
staff-own = É você. Outra pessoa da custódia pode repor ou desativar a sua conta.
staff-reset = Nova ligação
staff-disable = Desativar
staff-hint = Uma nova ligação retira palavra-passe, telefone e sessões. Também deixa entrar de novo quem foi desativado.
staff-add = Acrescentar funcionário
staff-login-hint = Letras de a a z, algarismos, ponto, hífen e sublinhado; no máximo 32.
staff-role = Função
staff-not-yourself = Ninguém repõe nem desativa a própria conta. Peça a outra pessoa da custódia.
wrong-login = Use letras de a a z, algarismos, ponto, hífen e sublinhado, no máximo 32.
wrong-login-taken = Já há um funcionário com este nome de acesso.
staff-link-title = Ligação de uso único
staff-link-text = { $login } abre esta ligação dentro de 24 horas, uma vez, para escolher a palavra-passe e ligar um telefone.
staff-link-once = Só é mostrada agora. Dê-a ao funcionário e a mais ninguém.
staff-link-on = Entregue
done-officer-disabled = O funcionário já não entra e todas as sessões terminaram.
staff-sure-reset = Dar uma nova ligação a { $login }?
staff-sure-disable = Não deixar { $login } entrar mais?
staff-sure-sessions = { $count ->
    [0] Neste momento não tem nenhuma sessão.
    [one] Tem uma sessão; termina já, e o que lá está meio escrito fica guardado.
   *[other] Tem { $count } sessões; todas terminam já, e o que lá está meio escrito fica guardado.
}
staff-sure-out = Não pode entrar até alguém da custódia dar uma nova ligação.
staff-sure-anew = A palavra-passe, o telefone e os códigos de recuperação deixam de valer. A ligação permite escolher novos, em 24 horas.
staff-sure-stays = O que fez fica no registo de auditoria. Os cartões ficam como estão.
staff-sure-back = Voltar sem mudar nada
