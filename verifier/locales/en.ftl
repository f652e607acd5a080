# The words of the counter's page. Messages that begin with page- are sent to the page as they are.

page-language = English
page-title = Card check
page-ready = Scan a card
page-ready-how = Hold the code on the card in front of the scanner. You can also paste the code's text, or choose a picture.
page-code = Text of the code
page-check = Check
page-picture = Choose a picture
page-desk = Desk
page-any-desk = Any desk
page-languages = Language
page-face = Does the face match?
page-return = Give the card back. Nobody may keep it.
page-hotline = Hotline
page-scope = What the card opens here
page-done = Done
page-working = Checking
page-lost = The verifier on this computer does not answer. Start it again, then scan again.
page-not-a-picture = This picture could not be read. Choose a PNG, JPEG or WebP picture of at most 10 MB.
page-no-city = No city is trusted here yet
page-root = City key
page-camera-on = Use the camera
page-camera-off = Stop the camera
page-camera-pick = Camera
page-camera-how = Hold the code on the card before the camera. Tap the picture to focus.
page-torch = Light
page-camera-none = No camera was found. Use a scanner, paste the code's text, or choose a picture.
page-camera-refused = The camera was refused. Allow it for this page in the browser's settings, then press "Use the camera".
page-camera-busy = The camera does not start. Another program may be using it.
page-camera-insecure = The browser gives the camera only to a page opened with https, or on this computer itself.
page-blocked = This browser does not run the part of the page that checks cards (WebAssembly). Open the page in another browser, or allow it in this one's settings.
page-manage = The city's lists
page-close = Close
page-first = To check cards, this device needs the city's lists once. The city hands them out as a file, at an address, or as codes on a screen.
page-from-file = Choose the file
page-from-url = Address of the lists
page-load = Load
page-from-camera = Read codes on a screen
page-parts = Parts read:
page-compare = Compare this with the fingerprint that the city publishes. Trust it only if the two are the same.
page-trust = They are the same: trust this city
page-cancel = Cancel
page-taken = The lists are loaded.
page-refused-not-a-bundle = These are no lists of a city. Nothing was changed.
page-refused-other-city = These lists are not of the city that is trusted here. Nothing was changed.
page-refused-older = These lists are older than those here. Nothing was changed.
page-refused-damaged = These lists are damaged, or were changed on the way. Load them again.
page-refused-storage = There is no room on this device to keep the lists. Free some, then load them again.
page-refused-network = The address does not answer. The lists here stay in use.
page-updates-from = Newer lists come from
page-updates-asked = Last asked
page-renewed = A newer version of this page is here. It is used from the next start.
page-load-trust = Load the city's lists on this device, then scan again.
page-set-clock = Set the clock: in this device's settings under "Date and time", choose "Set automatically". Then scan again.

title-valid = Valid
title-valid_stale = Valid, but the lists are old
title-not_valid = Not valid
title-cannot_tell = Cannot tell

why-valid = The card is good.
why-valid_stale = The card is good by the lists here, but they are old.
why-expired = The card is genuine, but its time is over.
why-not_yet_valid = The card is genuine, but its time has not come.
why-revoked = The card was revoked.
why-suspended = The card is suspended for now.
why-bad_signature = The city did not sign this: it is forged or altered.
why-key_compromised = The card was signed with a stolen key.
why-service_not_granted = The card is genuine, but does not open this service.
why-unreadable = The code could not be read.
why-not_a_card = This code is not a city card.
why-unknown_issuer = The card is from an issuer that is not on the list here.
why-unknown_key = The card names a key that is not on the list here.
why-no_trust_list = This verifier does not know whom to trust yet.
why-status_unknown = Whether the card was revoked is not known here.
why-clock_behind = This machine's clock is behind.
why-keyboard = The scanner types with another keyboard than this computer.

do-serve = Serve the holder.
do-serve-and-refresh = Serve the holder, and load the city's current lists soon.
do-send-to-renew = Tell the holder where to renew it. Give the card back.
do-call-hotline = Do not accept the card for this service. Give it back; questions go to the hotline.
do-explain-scope = Explain what the card opens. Give it back.
do-scan-again = Scan again: hold steady, more light, or the other code.
do-scan-the-card = Scan one of the two codes on the card.
do-refresh-lists = This says nothing against the holder. Load the city's current lists, then scan again.
do-load-trust = Load the city's bundle on this computer: verifier trust --bundle FILE
do-set-clock = Set the clock of this machine, then scan again.
do-keyboard = Set the scanner to US keyboard: scan the code "Keyboard: US" or "English (US)" in its manual, then scan the card again.

field-number = Card number
field-full_name = Name
field-second_name = Name in its own script
field-birth_date = Born
field-gender = Gender
field-address = Address
field-guardian = Guardian
field-services = Opens
field-expires = Valid until
field-issuer = Issued by

gender-M = male
gender-F = female
gender-X = other

lists-none = No lists here yet
lists-minutes = Lists: { $count } min old
lists-hours = Lists: { $count } h old
lists-days = Lists: { $count ->
    [one] { $count } day
   *[other] { $count } days
} old

loop-title = The city's lists
loop-how = Hold the other device's camera before this code until it has every part.
loop-part = Part
loop-pause = Pause
loop-slower = Slower
loop-faster = Faster
