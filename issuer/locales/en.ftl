# What is printed on the card and on the slip handed over with it.
# Labels on the card stand in narrow columns: 20 letters at most.

card-title = City card
card-name = Name
card-number = Card number
card-birth-date = Date of birth
card-birth-year = Year of birth
card-expiry = Valid until
card-services = Opens
card-guardian = Guardian
card-address = Care of / address
card-hotline = Lost or found? Call
card-library = Library number

back-is = This card shows that its holder lives here.
back-is-not = It is not a travel document or a residence permit, and says nothing about nationality or status.
back-keep = This card belongs to its holder. Nobody may take it away.
back-brief = Shows that its holder lives here. Not a travel document. Nobody may take it away.
back-return = Found? Please hand it in at: { $place }

slip-title = Your card, in short
slip-number = Card number
slip-valid = Your card is valid until { $date }.
slip-opens = What your card opens
slip-recovery = Your recovery code
slip-recovery-why = Keep this slip apart from the card. With this code anyone can have the card blocked, so show it to nobody.
slip-lost-title = If the card is lost
slip-lost = Call { $hotline } and say the code. The card is blocked the same day. You need no papers for this.
slip-kept-title = What the city keeps
slip-kept-until = Your name, birth date, address and photo are kept under lock until { $date }. On that day the key is destroyed, and nobody can read them any more, not even the city.
slip-kept-expiry = Your name, birth date, address and photo are kept for as long as the card is valid, until { $date }.
slip-kept-after = After that the city knows only the card's number, what it opens, and when it ends.
slip-never = The city never asks for your nationality or status, and keeps none of your papers.
slip-print = Printed on { $date }

# What is said about the papers that somebody brings. Plain words: they are read at home, alone.

evidence-met = You have everything you need.
evidence-not-met = Something is still missing.
evidence-there-identity = Who you are: { $there } of { $needed } points
evidence-there-residency = That you live here: { $there } of { $needed } points
evidence-has-photo = a photo
evidence-has-birth-date = the date of birth
evidence-has-address = the address
evidence-has-guardianship = who the child’s parent or guardian is
evidence-has-guardian-identity = that the adult who comes along is that person
evidence-has-guardian = a parent or guardian comes along
evidence-lack-identity = { $points ->
    [one] You lack { $points } identity point: bring any of these
   *[other] You lack { $points } identity points: bring any of these
}
evidence-lack-residency = { $points ->
    [one] You lack { $points } residency point: bring any of these
   *[other] You lack { $points } residency points: bring any of these
}
evidence-lack-photo = You lack a paper with a photo: bring any of these
evidence-lack-birth-date = You lack a paper with the date of birth: bring any of these
evidence-lack-address = You lack a paper with the address: bring any of these
evidence-lack-guardianship = You lack a paper that says who the child’s parent or guardian is: bring any of these
evidence-lack-guardian-identity = You lack a paper that says who the adult with the child is: bring any of these
evidence-lack-guardian = Please come together with a parent or guardian.
evidence-no-single = No single paper is enough for this; several together are.
evidence-bring = With this your papers are complete:
evidence-list = Papers that you can bring
evidence-need-identity = { $points ->
    [one] To show who you are, you need { $points } point.
   *[other] To show who you are, you need { $points } points.
}
evidence-need-residency = { $points ->
    [one] To show that you live here, you need { $points } point.
   *[other] To show that you live here, you need { $points } points.
}
evidence-gives-identity = identity points: { $points }
evidence-gives-residency = residency points: { $points }
evidence-keeps = Nothing is copied. The city notes only the kind of paper, who looked at it and when.
