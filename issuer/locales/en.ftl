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
slip-never = The city never asks for or keeps your nationality or your papers.
slip-print = Printed on { $date }
