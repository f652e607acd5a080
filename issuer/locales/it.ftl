card-title = Tessera della città
card-name = Nome
card-number = Numero tessera
card-birth-date = Data di nascita
card-birth-year = Anno di nascita
card-expiry = Valida fino al
card-services = Dà accesso a
card-guardian = Adulto responsabile
card-address = Presso / indirizzo
card-hotline = Persa o trovata?
card-library = N. biblioteca

back-is = Questa tessera mostra che chi ne è titolare vive qui.
back-is-not = Non è un documento di viaggio né un permesso di soggiorno, e non dice nulla sulla nazionalità o sulla situazione legale.
back-keep = Appartiene a chi ne è titolare. Nessuno può portarla via.
back-brief = Mostra che chi ne è titolare vive qui. Non è documento di viaggio. Nessuno può portarla via.
back-return = Trovata? La riporti, per favore, qui: { $place }

slip-title = La Sua tessera in breve
slip-number = Numero tessera
slip-valid = La Sua tessera è valida fino al { $date }.
slip-opens = A che cosa dà accesso la Sua tessera
slip-recovery = Il Suo codice di recupero
slip-recovery-why = Conservi questo foglio lontano dalla tessera. Con questo codice chiunque può far bloccare la tessera. Perciò non lo mostri a nessuno.
slip-lost-title = Se perde la tessera
slip-lost = Chiami il numero { $hotline } e dica il codice. La tessera viene bloccata il giorno stesso. Per questo non serve nessun documento.
slip-kept-title = Che cosa conserva la città
slip-kept-until = Il Suo nome, la data di nascita, l’indirizzo e la foto sono conservati sotto chiave fino al { $date }. Quel giorno la chiave viene distrutta e nessuno può più leggerli, nemmeno la città.
slip-kept-expiry = Il Suo nome, la data di nascita, l’indirizzo e la foto sono conservati finché la tessera è valida, fino al { $date }.
slip-kept-after = Dopo, la città conosce solo il numero della tessera, a che cosa dà accesso e quando scade.
slip-never = La città non chiede mai la Sua nazionalità o la Sua situazione legale e non conserva nessuno dei Suoi documenti.
slip-print = Stampato il { $date }

evidence-met = Ha tutto ciò che serve.
evidence-not-met = Manca ancora qualcosa.
evidence-there-identity = Chi è Lei: { $there } punti su { $needed }
evidence-there-residency = Che vive qui: { $there } punti su { $needed }
evidence-has-photo = una foto
evidence-has-birth-date = la data di nascita
evidence-has-address = l’indirizzo
evidence-has-guardianship = chi è il genitore o il tutore del bambino
evidence-has-guardian-identity = che l’adulto presente è quella persona
evidence-has-guardian = viene un genitore o il tutore
evidence-lack-identity = { $points ->
    [one] Le manca { $points } punto per mostrare chi è: porti uno qualsiasi di questi documenti
   *[other] Le mancano { $points } punti per mostrare chi è: porti uno qualsiasi di questi documenti
}
evidence-lack-residency = { $points ->
    [one] Le manca { $points } punto per mostrare che vive qui: porti uno qualsiasi di questi documenti
   *[other] Le mancano { $points } punti per mostrare che vive qui: porti uno qualsiasi di questi documenti
}
evidence-lack-photo = Le manca un documento con foto: porti uno qualsiasi di questi
evidence-lack-birth-date = Le manca un documento con la data di nascita: porti uno qualsiasi di questi
evidence-lack-address = Le manca un documento con l’indirizzo: porti uno qualsiasi di questi
evidence-lack-guardianship = Le manca un documento che dica chi è il genitore o il tutore del bambino: porti uno qualsiasi di questi
evidence-lack-guardian-identity = Le manca un documento che dica chi è l’adulto con il bambino: porti uno qualsiasi di questi
evidence-lack-guardian = Venga, per favore, con un genitore o con il tutore.
evidence-no-single = Nessun documento basta da solo; più documenti insieme sì.
evidence-bring = Con questo i Suoi documenti sono completi:
evidence-list = Documenti che può portare
evidence-need-identity = { $points ->
    [one] Per mostrare chi è, serve { $points } punto.
   *[other] Per mostrare chi è, servono { $points } punti.
}
evidence-need-residency = { $points ->
    [one] Per mostrare che vive qui, serve { $points } punto.
   *[other] Per mostrare che vive qui, servono { $points } punti.
}
evidence-gives-identity = punti per chi è: { $points }
evidence-gives-residency = punti per vivere qui: { $points }
evidence-keeps = Niente viene copiato. La città annota solo il tipo di documento, chi lo ha guardato e quando.
