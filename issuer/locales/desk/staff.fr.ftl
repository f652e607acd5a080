nav-staff = Agents
staff-list = Qui peut se connecter
staff-active = peut se connecter
staff-no-factor = n’a pas encore utilisé le lien
staff-blocked = n’entre plus
staff-since = Depuis le { $date }
staff-own = C’est vous. Une autre personne de la garde des clés peut réinitialiser ou désactiver votre compte.
staff-reset = Nouveau lien
staff-disable = Désactiver
staff-hint = Un nouveau lien retire mot de passe, téléphone et sessions. Il laisse aussi entrer de nouveau un agent désactivé.
staff-add = Ajouter un agent
staff-login-hint = Lettres de a à z, chiffres, point, trait d’union et tiret bas ; 32 au plus.
staff-role = Rôle
staff-not-yourself = Personne ne réinitialise ni ne désactive son propre compte. Demandez à une autre personne de la garde des clés.
wrong-login = Utilisez les lettres de a à z, chiffres, point, trait d’union et tiret bas, 32 au plus.
wrong-login-taken = Il y a déjà un agent de cet identifiant.
staff-link-title = Lien à usage unique
staff-link-text = { $login } ouvre ce lien dans les 24 heures, une fois, pour choisir un mot de passe et relier un téléphone.
staff-link-once = Il n’est montré que maintenant. Donnez-le à l’agent et à personne d’autre.
staff-link-on = Remis
done-officer-disabled = L’agent n’entre plus, et toutes ses sessions ont pris fin.
staff-sure-reset = Donner un nouveau lien à { $login } ?
staff-sure-disable = Ne plus laisser entrer { $login } ?
staff-sure-sessions = { $count ->
    [0] L’agent n’est connecté nulle part en ce moment.
    [one] L’agent est connecté une fois ; cette session finit aussitôt, et ce qui y est à moitié tapé est gardé.
   *[other] L’agent est connecté { $count } fois ; toutes les sessions finissent aussitôt, et ce qui y est à moitié tapé est gardé.
}
staff-sure-out = L’agent ne peut plus entrer avant qu’un gardien donne un nouveau lien.
staff-sure-anew = Mot de passe, téléphone et codes de secours ne valent plus. Le lien permet d’en choisir de nouveaux, dans les 24 heures.
staff-sure-stays = Ce que l’agent a fait reste dans le journal d’audit. Les cartes restent comme elles sont.
staff-sure-back = Revenir sans rien changer
