# Une espace insécable précède « ? » et « : ».

card-title = Carte de la ville
card-name = Nom
card-number = Numéro de carte
card-birth-date = Date de naissance
card-birth-year = Année de naissance
card-expiry = Valable jusqu’au
card-services = Donne accès à
card-guardian = Adulte responsable
card-address = Chez / adresse
card-hotline = Perdue ou trouvée ?
card-library = N° bibliothèque

back-is = Cette carte montre que son titulaire habite ici.
back-is-not = Ce n’est ni un document de voyage ni un titre de séjour. Elle ne dit rien de la nationalité ni de la situation administrative.
back-keep = Elle appartient à son titulaire. Personne n’a le droit de la lui prendre.
back-brief = Montre que son titulaire habite ici. Pas un document de voyage. Personne ne peut la prendre.
back-return = Trouvée ? Merci de la rapporter ici : { $place }

slip-title = Votre carte en bref
slip-number = Numéro de carte
slip-valid = Votre carte est valable jusqu’au { $date }.
slip-opens = À quoi votre carte donne accès
slip-recovery = Votre code de secours
slip-recovery-why = Gardez ce papier à part de la carte. Avec ce code, n’importe qui peut faire bloquer la carte. Ne le montrez donc à personne.
slip-lost-title = Si vous perdez la carte
slip-lost = Appelez le { $hotline } et dites le code. La carte est bloquée le jour même. Vous n’avez besoin d’aucun papier pour cela.
slip-kept-title = Ce que la ville garde
slip-kept-until = Votre nom, votre date de naissance, votre adresse et votre photo sont gardés sous clé jusqu’au { $date }. Ce jour-là, la clé est détruite et plus personne ne peut les lire, pas même la ville.
slip-kept-expiry = Votre nom, votre date de naissance, votre adresse et votre photo sont gardés tant que la carte est valable, jusqu’au { $date }.
slip-kept-after = Ensuite, la ville ne connaît plus que le numéro de la carte, ce à quoi elle donne accès et sa date de fin.
slip-never = La ville ne demande jamais votre nationalité ni votre statut, et ne garde aucun papier.
slip-print = Imprimé le { $date }

evidence-met = Vous avez tout ce qu’il faut.
evidence-not-met = Il manque encore quelque chose.
evidence-there-identity = Qui vous êtes : { $there } points sur { $needed }
evidence-there-residency = Que vous habitez ici : { $there } points sur { $needed }
evidence-has-photo = une photo
evidence-has-birth-date = la date de naissance
evidence-has-address = l’adresse
evidence-has-guardianship = qui est le parent ou le tuteur de l’enfant
evidence-has-guardian-identity = que l’adulte présent est bien cette personne
evidence-has-guardian = un parent ou le tuteur est présent
evidence-lack-identity = { $points ->
    [one] Il vous manque { $points } point pour montrer qui vous êtes : apportez l’un de ces papiers
   *[other] Il vous manque { $points } points pour montrer qui vous êtes : apportez l’un de ces papiers
}
evidence-lack-residency = { $points ->
    [one] Il vous manque { $points } point pour montrer que vous habitez ici : apportez l’un de ces papiers
   *[other] Il vous manque { $points } points pour montrer que vous habitez ici : apportez l’un de ces papiers
}
evidence-lack-photo = Il vous manque un papier avec photo : apportez l’un de ceux-ci
evidence-lack-birth-date = Il vous manque un papier avec la date de naissance : apportez l’un de ceux-ci
evidence-lack-address = Il vous manque un papier avec l’adresse : apportez l’un de ceux-ci
evidence-lack-guardianship = Il vous manque un papier qui dit qui est le parent ou le tuteur de l’enfant : apportez l’un de ceux-ci
evidence-lack-guardian-identity = Il vous manque un papier qui dit qui est l’adulte avec l’enfant : apportez l’un de ceux-ci
evidence-lack-guardian = Merci de venir avec un parent ou le tuteur.
evidence-no-single = Aucun papier ne suffit seul ; plusieurs ensemble suffisent.
evidence-bring = Avec ceci, vos papiers sont complets :
evidence-list = Les papiers que vous pouvez apporter
evidence-need-identity = { $points ->
    [one] Pour montrer qui vous êtes, il faut { $points } point.
   *[other] Pour montrer qui vous êtes, il faut { $points } points.
}
evidence-need-residency = { $points ->
    [one] Pour montrer que vous habitez ici, il faut { $points } point.
   *[other] Pour montrer que vous habitez ici, il faut { $points } points.
}
evidence-gives-identity = points d’identité : { $points }
evidence-gives-residency = points d’habitation : { $points }
evidence-keeps = Rien n’est copié. La ville note seulement le type de papier, qui l’a regardé et quand.
