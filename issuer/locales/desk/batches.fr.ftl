batch-title = Lot
batch-lead = Les cartes de nombreux habitants à la fois, depuis un tableur enregistré en CSV.
batch-new = Commencer un lot
batch-file = Fichier des habitants
batch-file-hint = CSV en UTF-8, avec les noms des colonnes sur la première ligne. 12 Mo au plus avec toutes les photos.
batch-photos = Photos
batch-photos-hint = Toutes celles que nomme la colonne photo : choisissez-en plusieurs à la fois. JPEG, PNG ou WebP.
batch-on = Imprimer sur
batch-on-card = Des cartes, pour une imprimante de cartes en plastique
batch-on-a4 = Des feuilles A4, dix à découper
batch-on-letter = Des feuilles Letter, dix à découper
batch-slips = Feuillets à remettre
batch-slips-hint = Chacun avec le code de récupération qui bloque la carte perdue.
batch-look = Examiner le fichier
batch-nothing-yet = Rien n’est encore signé : vous voyez d’abord chaque ligne fautive.
batch-in-hand = Lots en cours
batch-none = Aucun. Commencez-en un avec un fichier d’habitants.
batch-kept = Le fichier n’est pas écrit sur le disque et s’oublie 30 minutes après son dernier usage.
batch-columns = Quelles colonnes le fichier peut avoir
batch-column-name = Le nom d’usage. Chaque ligne en a besoin.
batch-column-second = Le nom dans une autre écriture, et sa langue (ar, ka …).
batch-column-birth = AAAA-MM-JJ, ou l’année seule.
batch-column-gender = F, M ou X ; vide ne dit rien.
batch-column-address = Comme sur la carte ; les deux peuvent être vides.
batch-column-services = Séparés par des espaces ; vide signifie tous.
batch-column-photo = Le nom du fichier de la photo.
batch-column-language = La langue de la carte (fr, ar …).
batch-no-file = Choisissez le fichier des habitants.
batch-no-csv = Ce n’est pas un fichier CSV. Dans le tableur, enregistrez-le en « CSV UTF-8 » et choisissez celui-là.
batch-too-many = Trop de lots sont en cours. Terminez-en ou oubliez-en un, ou attendez qu’un collègue le fasse.
batch-looking = Examen du fichier
batch-to-issue = À émettre
batch-to-mend = À corriger
batch-issuing = Émission des cartes
batch-ready = À imprimer
batch-failed = Arrêté
batch-may-leave = Vous pouvez quitter cette page et revenir : le lot reste sous Lots.
batch-look-again = Regarder de nouveau
batch-good-rows = lignes bonnes
batch-bad-rows = lignes à corriger
batch-wrong-rows = Ce qui est à corriger
batch-line = Ligne
batch-column = Colonne
batch-what = Ce qui ne va pas
batch-more = { $count ->
    [one] Et un de plus.
   *[other] Et { $count } de plus.
}
batch-mend = Rien n’a été émis. Corrigez votre fichier et renvoyez-le.
batch-shortened = Noms imprimés avec des initiales
batch-shortened-text = Ils ne tiennent pas en entier sur la carte. Le code d’identité contient tout le nom.
batch-printed-as = Imprimé
batch-name = nom
batch-second-name = second nom
batch-guardian = responsable
batch-begun-before = Ce fichier a été commencé le { $date }. Il continue avec les mêmes cartes, pas de nouvelles. Les feuillets imprimés avant ne valent plus.
batch-printed-before = Les cartes de ce fichier ont été imprimées le { $date }. Chaque habitant y recevrait une seconde carte.
batch-again = Émettre quand même des secondes cartes
batch-again-missing = Cochez que vous voulez des secondes cartes, ou laissez ce fichier.
batch-issue = { $count ->
    [one] Émettre une carte
   *[other] Émettre { $count } cartes
}
batch-issue-hint = Les signe et fait les documents à imprimer.
batch-elsewhere = { $what } a le même fichier en cours. Ce lot doit d’abord être imprimé ou oublié.
batch-not-here = Ce lot n’est pas en cours sur ce serveur. Il l’est sur un autre, ou il a été oublié. Recommencez ici avec le même fichier : ses cartes reprennent là où elles se sont arrêtées.
batch-made = { $count ->
    [one] Une carte est signée
   *[other] { $count } cartes sont signées
}
batch-resumed = { $count ->
    [one] L’une d’elles a été commencée plus tôt.
   *[other] { $count } d’entre elles ont été commencées plus tôt.
}
batch-open-cards = Cartes (PDF)
batch-open-slips = Feuillets (PDF)
batch-delete-files = Imprimez-les, un feuillet par feuille sur une face, puis supprimez les fichiers : ils contiennent des noms et des codes de récupération.
batch-close = Toutes sont imprimées
batch-close-hint = Ferme le lot et oublie les documents.
batch-forget = L’oublier
batch-forget-hint = Les cartes restent signées. Le même fichier redonne les mêmes cartes.
done-batch-closed = Le lot est fermé.
done-batch-forgotten = Le lot est oublié ici.
batch-unknown-column = Il n’y a pas de colonne { $name }. Voyez quelles colonnes le fichier peut avoir.
batch-column-twice = La colonne { $name } apparaît deux fois.
batch-no-names = La première ligne n’a pas de colonne full_name.
batch-no-rows = Il n’y a aucune ligne sous la première.
batch-unread = Illisible comme CSV : { $why }
batch-not-utf8 = Des lettres sont perdues : enregistrez le fichier en « CSV UTF-8 ».
batch-cells = { $cells } cellules, mais { $columns } colonnes. Manque-t-il une virgule ou un guillemet ?
batch-date = { $given } n’est pas une date. Écrivez AAAA-MM-JJ, ou l’année seule.
batch-gender = { $given } n’est ni F, ni M, ni X. Laissez vide pour ne rien dire.
batch-service = Il n’y a pas de service { $given }. Il y a : { $known }.
batch-photo-not-sent = La photo { $name } n’a pas été envoyée.
batch-photo-twice = Plusieurs photos s’appellent { $name }. Donnez à chacune son nom.
batch-photo-wrong = La photo { $name } ne peut pas servir : { $why }
batch-unprintable = Impossible à imprimer tel quel : { $why }
