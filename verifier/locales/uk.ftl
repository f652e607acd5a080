page-language = Українська
page-title = Перевірка картки
page-ready = Відскануйте картку
page-ready-how = Піднесіть код на картці до сканера. Можна також вставити текст коду або вибрати зображення.
page-code = Текст коду
page-check = Перевірити
page-picture = Вибрати зображення
page-desk = Стійка
page-any-desk = Будь-яка стійка
page-languages = Мова
page-face = Обличчя збігається?
page-return = Поверніть картку. Ніхто не має права її забирати.
page-hotline = Гаряча лінія
page-scope = Що картка відкриває тут
page-done = Готово
page-working = Перевіряємо
page-lost = Програма перевірки на цьому комп’ютері не відповідає. Запустіть її знову й відскануйте ще раз.
page-not-a-picture = Це зображення не вдалося прочитати. Виберіть PNG, JPEG або WebP до 10 МБ.
page-no-city = Тут ще не довіряють жодному місту
page-root = Ключ міста

title-valid = Дійсна
title-valid_stale = Дійсна, але списки застарілі
title-not_valid = Недійсна
title-cannot_tell = Не можна визначити

why-valid = Картка чинна.
why-valid_stale = За наявними тут списками картка чинна, але вони застарілі.
why-expired = Картка справжня, але її строк минув.
why-not_yet_valid = Картка справжня, але ще не діє.
why-revoked = Картку відкликано.
why-suspended = Дію картки тимчасово призупинено.
why-bad_signature = Місто цього не підписувало: це підробка або змінена картка.
why-key_compromised = Картку підписано викраденим ключем.
why-service_not_granted = Картка справжня, але не відкриває цю послугу.
why-unreadable = Код не вдалося прочитати.
why-not_a_card = Цей код не належить міській картці.
why-unknown_issuer = Того, хто видав картку, немає в тутешньому списку.
why-unknown_key = Ключа картки немає в тутешньому списку.
why-no_trust_list = Ця програма ще не знає, кому довіряти.
why-status_unknown = Тут невідомо, чи картку відкликано.
why-clock_behind = Годинник цього пристрою відстає.
why-keyboard = Сканер друкує з іншою розкладкою, ніж цей комп’ютер.

do-serve = Обслужіть власника картки.
do-serve-and-refresh = Обслужіть власника картки й невдовзі завантажте нові списки міста.
do-send-to-renew = Підкажіть, де поновити картку. Поверніть її.
do-call-hotline = Не приймайте картку для цієї послуги. Поверніть її; із запитаннями звертайтеся на гарячу лінію.
do-explain-scope = Поясніть, що відкриває картка. Поверніть її.
do-scan-again = Відскануйте ще раз: тримайте рівно, додайте світла або візьміть інший код.
do-scan-the-card = Відскануйте один із двох кодів на картці.
do-refresh-lists = Це не свідчить проти власника. Завантажте нові списки міста й відскануйте ще раз.
do-load-trust = Завантажте списки міста на цей комп’ютер: verifier trust --bundle ФАЙЛ
do-set-clock = Налаштуйте годинник цього пристрою й відскануйте ще раз.
do-keyboard = Перемкніть сканер на клавіатуру США: відскануйте в його інструкції код «Keyboard: US» або «English (US)», а потім ще раз картку.

field-number = Номер картки
field-full_name = Ім’я
field-second_name = Ім’я власним письмом
field-birth_date = Народження
field-gender = Гендер
field-address = Адреса
field-guardian = Батьки або опікуни
field-services = Відкриває
field-expires = Дійсна до
field-issuer = Видано

gender-M = чоловічий
gender-F = жіночий
gender-X = інший

lists-none = Тут ще немає списків
lists-minutes = Спискам { $count } хв
lists-hours = Спискам { $count } год
lists-days = Спискам { $count ->
    [one] { $count } день
    [few] { $count } дні
    [many] { $count } днів
   *[other] { $count } дня
}

loop-title = Списки міста
loop-how = Тримайте камеру іншого пристрою перед цим кодом, доки він не отримає всі частини.
loop-part = Частина
loop-pause = Пауза
loop-slower = Повільніше
loop-faster = Швидше
