page-language = Deutsch
page-title = Kartenprüfung
page-ready = Karte scannen
page-ready-how = Halten Sie den Code der Karte vor den Scanner. Sie können auch den Text des Codes einfügen oder ein Bild wählen.
page-code = Text des Codes
page-check = Prüfen
page-picture = Bild wählen
page-desk = Schalter
page-any-desk = Beliebiger Schalter
page-languages = Sprache
page-face = Stimmt das Gesicht?
page-return = Geben Sie die Karte zurück. Niemand darf sie behalten.
page-hotline = Hotline
page-scope = Was die Karte hier öffnet
page-done = Fertig
page-working = Wird geprüft
page-lost = Das Prüfprogramm auf diesem Rechner antwortet nicht. Starten Sie es neu und scannen Sie noch einmal.
page-not-a-picture = Dieses Bild ist nicht lesbar. Wählen Sie ein Bild in PNG, JPEG oder WebP mit höchstens 10 MB.
page-no-city = Hier wird noch keiner Stadt vertraut
page-root = Schlüssel der Stadt

title-valid = Gültig
title-valid_stale = Gültig, aber die Listen sind alt
title-not_valid = Nicht gültig
title-cannot_tell = Nicht feststellbar

why-valid = Die Karte ist gut.
why-valid_stale = Nach den Listen hier ist die Karte gut, aber die Listen sind alt.
why-expired = Die Karte ist echt, aber abgelaufen.
why-not_yet_valid = Die Karte ist echt, gilt aber noch nicht.
why-revoked = Die Karte wurde gesperrt.
why-suspended = Die Karte ist vorläufig gesperrt.
why-bad_signature = Die Stadt hat das nicht unterschrieben: Es ist gefälscht oder verändert.
why-key_compromised = Die Karte wurde mit einem gestohlenen Schlüssel unterschrieben.
why-service_not_granted = Die Karte ist echt, gilt aber nicht für diesen Dienst.
why-unreadable = Der Code war nicht lesbar.
why-not_a_card = Dieser Code ist keine Stadtkarte.
why-unknown_issuer = Der Aussteller der Karte steht hier nicht auf der Liste.
why-unknown_key = Der Schlüssel der Karte steht hier nicht auf der Liste.
why-no_trust_list = Dieses Gerät weiß noch nicht, wem es vertrauen soll.
why-status_unknown = Ob die Karte gesperrt wurde, ist hier nicht bekannt.
why-clock_behind = Die Uhr dieses Geräts geht nach.
why-keyboard = Der Scanner schreibt mit einer anderen Tastatur als dieser Rechner.

do-serve = Bedienen Sie die Person.
do-serve-and-refresh = Bedienen Sie die Person und laden Sie bald die aktuellen Listen der Stadt.
do-send-to-renew = Sagen Sie, wo die Karte verlängert wird. Geben Sie die Karte zurück.
do-call-hotline = Nehmen Sie die Karte für diesen Dienst nicht an. Geben Sie sie zurück; Fragen beantwortet die Hotline.
do-explain-scope = Erklären Sie, was die Karte öffnet. Geben Sie sie zurück.
do-scan-again = Scannen Sie noch einmal: ruhig halten, mehr Licht oder den anderen Code.
do-scan-the-card = Scannen Sie einen der zwei Codes auf der Karte.
do-refresh-lists = Das spricht nicht gegen die Person. Laden Sie die aktuellen Listen der Stadt und scannen Sie noch einmal.
do-load-trust = Laden Sie die Listen der Stadt auf diesen Rechner: verifier trust --bundle DATEI
do-set-clock = Stellen Sie die Uhr dieses Geräts und scannen Sie noch einmal.
do-keyboard = Stellen Sie den Scanner auf US-Tastatur: Scannen Sie in seiner Anleitung den Code „Keyboard: US“ oder „English (US)“, dann noch einmal die Karte.

field-number = Kartennummer
field-full_name = Name
field-second_name = Name in eigener Schrift
field-birth_date = Geboren
field-gender = Geschlecht
field-address = Adresse
field-guardian = Sorgeberechtigt
field-services = Öffnet
field-expires = Gültig bis
field-issuer = Ausgestellt von

gender-M = männlich
gender-F = weiblich
gender-X = divers

lists-none = Noch keine Listen hier
lists-minutes = Listen: { $count } Min. alt
lists-hours = Listen: { $count } Std. alt
lists-days = Listen: { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
} alt

loop-title = Die Listen der Stadt
loop-how = Halten Sie die Kamera des anderen Geräts vor diesen Code, bis es alle Teile hat.
loop-part = Teil
loop-pause = Pause
loop-slower = Langsamer
loop-faster = Schneller
