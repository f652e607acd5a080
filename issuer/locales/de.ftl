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
slip-never = Die Stadt fragt nie nach Ihrer Staatsangehörigkeit oder Ihren Papieren und speichert nichts davon.
slip-print = Gedruckt am { $date }
