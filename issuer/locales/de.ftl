# »City Card«, wie in Zürich und Bern: Eine »Stadtkarte« ist ein Stadtplan.

card-title = City Card
card-name = Name
card-number = Kartennummer
card-birth-date = Geburtsdatum
card-birth-year = Geburtsjahr
card-expiry = Gültig bis
card-services = Gilt für
card-guardian = Sorgeberechtigt
card-address = Adresse oder c/o
card-hotline = Verloren? Gefunden?
card-library = Bibliotheksnr.

back-is = Die Person auf dieser Karte wohnt hier.
back-is-not = Die Karte ist weder Reisedokument noch Aufenthaltstitel und sagt nichts über Staatsangehörigkeit oder Status.
back-keep = Sie gehört dieser Person. Niemand darf sie ihr wegnehmen.
back-brief = Zeigt: Die Person wohnt hier. Kein Reisedokument. Niemand darf die Karte wegnehmen.
back-return = Gefunden? Bitte hier abgeben: { $place }

slip-title = Ihre Karte in Kürze
slip-number = Kartennummer
slip-valid = Ihre Karte ist bis zum { $date } gültig.
slip-opens = Dafür gilt Ihre Karte
slip-recovery = Ihr Notfall-Code
slip-recovery-why = Bewahren Sie diesen Zettel getrennt von der Karte auf. Mit diesem Code kann jeder die Karte sperren lassen. Zeigen Sie ihn deshalb niemandem.
slip-lost-title = Wenn Sie die Karte verlieren
slip-lost = Rufen Sie { $hotline } an und nennen Sie den Code. Die Karte wird noch am selben Tag gesperrt. Sie brauchen dafür keine Papiere.
slip-kept-title = Was die Stadt aufbewahrt
slip-kept-until = Ihr Name, Ihr Geburtsdatum, Ihre Adresse und Ihr Foto werden bis zum { $date } unter Verschluss aufbewahrt. An diesem Tag wird der Schlüssel vernichtet. Danach kann niemand mehr diese Daten lesen, auch die Stadt nicht.
slip-kept-expiry = Ihr Name, Ihr Geburtsdatum, Ihre Adresse und Ihr Foto werden aufbewahrt, solange die Karte gültig ist, also bis zum { $date }.
slip-kept-after = Danach kennt die Stadt nur noch die Nummer der Karte und weiß, wofür sie gilt und wann sie abläuft.
slip-never = Die Stadt fragt nie nach Staatsangehörigkeit oder Status und behält keine Papiere.
slip-print = Gedruckt am { $date }

evidence-met = Sie haben alles, was nötig ist.
evidence-not-met = Es fehlt noch etwas.
evidence-there-identity = Wer Sie sind: { $there } von { $needed } Punkten
evidence-there-residency = Dass Sie hier wohnen: { $there } von { $needed } Punkten
evidence-has-photo = ein Foto
evidence-has-birth-date = das Geburtsdatum
evidence-has-address = die Adresse
evidence-has-guardianship = wer für das Kind sorgt
evidence-has-guardian-identity = dass der Erwachsene, der mitkommt, diese Person ist
evidence-has-guardian = ein Elternteil oder die sorgende Person kommt mit
evidence-lack-identity = { $points ->
    [one] Ihnen fehlt { $points } Punkt dafür, wer Sie sind: Bringen Sie eines dieser Papiere mit
   *[other] Ihnen fehlen { $points } Punkte dafür, wer Sie sind: Bringen Sie eines dieser Papiere mit
}
evidence-lack-residency = { $points ->
    [one] Ihnen fehlt { $points } Punkt dafür, dass Sie hier wohnen: Bringen Sie eines dieser Papiere mit
   *[other] Ihnen fehlen { $points } Punkte dafür, dass Sie hier wohnen: Bringen Sie eines dieser Papiere mit
}
evidence-lack-photo = Ihnen fehlt ein Papier mit Foto: Bringen Sie eines von diesen mit
evidence-lack-birth-date = Ihnen fehlt ein Papier mit dem Geburtsdatum: Bringen Sie eines von diesen mit
evidence-lack-address = Ihnen fehlt ein Papier mit der Adresse: Bringen Sie eines von diesen mit
evidence-lack-guardianship = Ihnen fehlt ein Papier, das sagt, wer für das Kind sorgt: Bringen Sie eines von diesen mit
evidence-lack-guardian-identity = Ihnen fehlt ein Papier, das sagt, wer der Erwachsene beim Kind ist: Bringen Sie eines von diesen mit
evidence-lack-guardian = Bitte kommen Sie zusammen mit einem Elternteil oder der sorgenden Person.
evidence-no-single = Dafür genügt kein Papier allein; mehrere zusammen genügen.
evidence-bring = Damit sind Ihre Papiere vollständig:
evidence-list = Papiere, die Sie mitbringen können
evidence-need-identity = { $points ->
    [one] Um zu zeigen, wer Sie sind, brauchen Sie { $points } Punkt.
   *[other] Um zu zeigen, wer Sie sind, brauchen Sie { $points } Punkte.
}
evidence-need-residency = { $points ->
    [one] Um zu zeigen, dass Sie hier wohnen, brauchen Sie { $points } Punkt.
   *[other] Um zu zeigen, dass Sie hier wohnen, brauchen Sie { $points } Punkte.
}
evidence-gives-identity = Punkte dafür, wer Sie sind: { $points }
evidence-gives-residency = Punkte fürs Wohnen hier: { $points }
evidence-keeps = Nichts wird kopiert. Die Stadt notiert nur die Art des Papiers, wer es angesehen hat und wann.
