page-language = Français
page-title = Contrôle de la carte
page-ready = Scannez une carte
page-ready-how = Présentez le code de la carte au lecteur. Vous pouvez aussi coller le texte du code ou choisir une image.
page-code = Texte du code
page-check = Vérifier
page-picture = Choisir une image
page-desk = Guichet
page-any-desk = Tout guichet
page-languages = Langue
page-face = Le visage correspond-il ?
page-return = Rendez la carte. Personne n’a le droit de la garder.
page-hotline = Assistance
page-scope = Ce que la carte permet ici
page-done = Terminé
page-working = Vérification
page-lost = Le vérificateur de cet ordinateur ne répond pas. Redémarrez-le, puis scannez de nouveau.
page-not-a-picture = Cette image est illisible. Choisissez une image PNG, JPEG ou WebP de 10 Mo au plus.
page-no-city = Aucune ville n’est encore reconnue ici
page-root = Clé de la ville

title-valid = Valable
title-valid_stale = Valable, mais les listes sont anciennes
title-not_valid = Non valable
title-cannot_tell = Impossible à dire

why-valid = La carte est bonne.
why-valid_stale = La carte est bonne d’après les listes d’ici, mais elles sont anciennes.
why-expired = La carte est authentique, mais elle a expiré.
why-not_yet_valid = La carte est authentique, mais elle n’est pas encore valable.
why-revoked = La carte a été révoquée.
why-suspended = La carte est suspendue pour le moment.
why-bad_signature = La ville n’a pas signé ceci : c’est un faux ou une copie modifiée.
why-key_compromised = La carte a été signée avec une clé volée.
why-service_not_granted = La carte est authentique, mais ne donne pas accès à ce service.
why-unreadable = Le code n’a pas pu être lu.
why-not_a_card = Ce code n’est pas celui d’une carte de la ville.
why-unknown_issuer = L’émetteur de la carte n’est pas sur la liste d’ici.
why-unknown_key = La clé de la carte n’est pas sur la liste d’ici.
why-no_trust_list = Ce vérificateur ne sait pas encore à qui se fier.
why-status_unknown = On ne sait pas ici si la carte a été révoquée.
why-clock_behind = L’horloge de cette machine retarde.
why-keyboard = Le lecteur écrit avec un autre clavier que cet ordinateur.

do-serve = Servez la personne.
do-serve-and-refresh = Servez la personne, et chargez bientôt les listes actuelles de la ville.
do-send-to-renew = Dites à la personne où renouveler la carte. Rendez-la-lui.
do-call-hotline = N’acceptez pas la carte pour ce service. Rendez-la ; pour toute question, appelez l’assistance.
do-explain-scope = Expliquez ce que la carte permet. Rendez-la.
do-scan-again = Scannez de nouveau : sans bouger, avec plus de lumière, ou l’autre code.
do-scan-the-card = Scannez l’un des deux codes de la carte.
do-refresh-lists = Cela ne dit rien contre la personne. Chargez les listes actuelles de la ville, puis scannez de nouveau.
do-load-trust = Chargez les listes de la ville sur cet ordinateur : verifier trust --bundle FICHIER
do-set-clock = Mettez l’horloge de cette machine à l’heure, puis scannez de nouveau.
do-keyboard = Réglez le lecteur sur le clavier américain : scannez le code « Keyboard: US » ou « English (US) » de sa notice, puis de nouveau la carte.

field-number = Numéro de carte
field-full_name = Nom
field-second_name = Nom dans son écriture
field-birth_date = Naissance
field-gender = Genre
field-address = Adresse
field-guardian = Responsable légal
field-services = Donne accès à
field-expires = Valable jusqu’au
field-issuer = Émise par

gender-M = masculin
gender-F = féminin
gender-X = autre

lists-none = Pas encore de listes ici
lists-minutes = Listes : { $count } min
lists-hours = Listes : { $count } h
lists-days = Listes : { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}

loop-title = Les listes de la ville
loop-how = Tenez l’appareil photo de l’autre machine devant ce code jusqu’à ce qu’elle ait toutes les parties.
loop-part = Partie
loop-pause = Pause
loop-slower = Plus lentement
loop-faster = Plus vite
