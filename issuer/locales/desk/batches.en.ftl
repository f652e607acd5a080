batch-title = Batch
batch-lead = Cards of many residents at once, from a spreadsheet saved as CSV.
batch-new = Begin a batch
batch-file = File of residents
batch-file-hint = CSV in UTF-8, with the names of the columns in the first line. At most 12 MB with all photos.
batch-photos = Photos
batch-photos-hint = All that the column photo names: choose several at once. JPEG, PNG or WebP.
batch-on = Print on
batch-on-card = Cards, for a printer of plastic cards
batch-on-a4 = A4 sheets, ten to cut
batch-on-letter = Letter sheets, ten to cut
batch-slips = Slips to hand over
batch-slips-hint = Each with the recovery code that blocks the card when it is lost.
batch-look = Look through the file
batch-nothing-yet = Nothing is signed yet: you see every row that is wrong first.
batch-in-hand = Batches in hand
batch-none = None. Begin one with a file of residents.
batch-kept = The file is not written to disk, and is forgotten 30 minutes after its last use.
batch-columns = Which columns the file may have
batch-column-name = The name in use. Every row needs it.
batch-column-second = The name in a second script, and its language (ar, ka …).
batch-column-birth = YYYY-MM-DD, or the year alone.
batch-column-gender = F, M or X; empty says nothing.
batch-column-address = As they go on the card; both may be empty.
batch-column-services = With spaces between; empty means all.
batch-column-photo = The name of the photo’s file.
batch-column-language = The card’s language (en, ar …).
batch-no-file = Choose the file of residents.
batch-no-csv = This is no CSV file. In the spreadsheet, save it as “CSV UTF-8” and choose that.
batch-too-many = Too many batches are in hand. Finish or forget one, or wait for a colleague to.
batch-looking = Looking through the file
batch-to-issue = To be issued
batch-to-mend = To be put right
batch-issuing = Issuing the cards
batch-ready = To be printed
batch-failed = Stopped
batch-may-leave = You may leave this page and come back: the batch stays under Batches.
batch-look-again = Look again
batch-good-rows = good rows
batch-bad-rows = rows to put right
batch-wrong-rows = What is to be put right
batch-line = Line
batch-column = Column
batch-what = What is wrong
batch-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
batch-mend = Nothing was issued. Put it right in your file, and send it again.
batch-shortened = Names printed with initials
batch-shortened-text = They have no room on the card in full. The identity code holds all of the name.
batch-printed-as = Printed as
batch-name = name
batch-second-name = second name
batch-guardian = guardian
batch-begun-before = This file was begun on { $date }. It goes on with the same cards, not with new ones. Slips that were printed before are void.
batch-printed-before = The cards of this file were printed on { $date }. Every resident in it would get a second card.
batch-again = Issue second cards all the same
batch-again-missing = Tick that second cards are wanted, or leave this file.
batch-issue = { $count ->
    [one] Issue one card
   *[other] Issue { $count } cards
}
batch-issue-hint = It signs them and makes the documents to print.
batch-elsewhere = { $what } has the same file in work just now. Let that batch be printed or forgotten first.
batch-not-here = This batch is not in hand at this server. It is in hand at another one, or was forgotten. Begin here with the same file: its cards go on where they stopped.
batch-made = { $count ->
    [one] One card is signed
   *[other] { $count } cards are signed
}
batch-resumed = { $count ->
    [one] One of them was begun earlier.
   *[other] { $count } of them were begun earlier.
}
batch-open-cards = Cards (PDF)
batch-open-slips = Slips (PDF)
batch-delete-files = Print them, slips on one side of a sheet each, then delete the files: they hold names and recovery codes.
batch-close = All are printed
batch-close-hint = Closes the batch and forgets the documents.
batch-forget = Forget it
batch-forget-hint = The cards stay signed. The same file gives the same cards again.
done-batch-closed = The batch is closed.
done-batch-forgotten = The batch is forgotten here.
batch-unknown-column = There is no column { $name }. See which columns the file may have.
batch-column-twice = The column { $name } stands twice.
batch-no-names = The first line has no column full_name.
batch-no-rows = There is no row below the first line.
batch-unread = It cannot be read as CSV: { $why }
batch-not-utf8 = Letters are lost: save the file as “CSV UTF-8”.
batch-cells = { $cells } cells, but { $columns } columns. Is a comma or a quotation mark missing?
batch-date = { $given } is no date. Write YYYY-MM-DD, or the year alone.
batch-gender = { $given } is not F, M or X. Leave it empty to say nothing.
batch-service = There is no service { $given }. There are: { $known }.
batch-photo-not-sent = The photo { $name } was not sent along.
batch-photo-twice = Several photos are called { $name }. Give each its own name.
batch-photo-wrong = The photo { $name } cannot be used: { $why }
batch-unprintable = It cannot be printed as it is: { $why }
