batch-title = دفعة
batch-lead = بطاقات سكان كثيرين معًا، من جدول محفوظ بصيغة CSV.
batch-new = ابدأ دفعة
batch-file = ملف السكان
batch-file-hint = ملف CSV بترميز UTF-8، وأسماء الأعمدة في السطر الأول. 12 ميغابايت على الأكثر مع كل الصور.
batch-photos = الصور
batch-photos-hint = كل ما يسمّيه العمود photo: اختر عدة صور معًا. JPEG أو PNG أو WebP.
batch-on = اطبع على
batch-on-card = بطاقات، لطابعة البطاقات البلاستيكية
batch-on-a4 = أوراق A4، عشر بطاقات للقص
batch-on-letter = أوراق Letter، عشر بطاقات للقص
batch-slips = قسائم للتسليم
batch-slips-hint = في كل منها رمز الاسترداد الذي يوقف البطاقة إذا ضاعت.
batch-look = افحص الملف
batch-nothing-yet = لا يُوقَّع شيء بعد: ترى أولًا كل سطر فيه خطأ.
batch-in-hand = الدفعات الجارية
batch-none = لا شيء. ابدأ دفعة بملف من السكان.
batch-kept = لا يُكتب الملف على القرص، ويُنسى بعد 30 دقيقة من آخر استعمال.
batch-columns = ما الأعمدة الممكنة في الملف
batch-column-name = الاسم المستعمل. يلزم في كل سطر.
batch-column-second = الاسم بكتابة ثانية، ولغته (ar أو ka …).
batch-column-birth = YYYY-MM-DD، أو السنة وحدها.
batch-column-gender = F أو M أو X؛ والفارغ لا يقول شيئًا.
batch-column-address = كما يظهران على البطاقة؛ ويجوز تركهما فارغين.
batch-column-services = بينها مسافات؛ والفارغ يعني الكل.
batch-column-photo = اسم ملف الصورة.
batch-column-language = لغة البطاقة (ar أو en …).
batch-no-file = اختر ملف السكان.
batch-no-csv = ليس هذا ملف CSV. احفظه من برنامج الجداول بصيغة «CSV UTF-8» واختره.
batch-too-many = الدفعات الجارية كثيرة. أنهِ واحدة أو انسَها، أو انتظر أن يفعل زميل ذلك.
batch-looking = يجري فحص الملف
batch-to-issue = بانتظار الإصدار
batch-to-mend = بانتظار التصحيح
batch-issuing = يجري إصدار البطاقات
batch-ready = بانتظار الطباعة
batch-failed = توقفت
batch-may-leave = يمكنك ترك هذه الصفحة والعودة: تبقى الدفعة ضمن الدفعات.
batch-look-again = انظر من جديد
batch-good-rows = أسطر سليمة
batch-bad-rows = أسطر للتصحيح
batch-wrong-rows = ما يجب تصحيحه
batch-line = السطر
batch-column = العمود
batch-what = ما الخطأ
batch-more = { $count ->
    [one] وواحد آخر.
   *[other] و{ $count } أخرى.
}
batch-mend = لم يصدر شيء. صحّح ملفك وأرسله من جديد.
batch-shortened = أسماء تُطبع بأحرفها الأولى
batch-shortened-text = لا تتسع لها البطاقة كاملة. ورمز الهوية يحوي الاسم كله.
batch-printed-as = يُطبع هكذا
batch-name = الاسم
batch-second-name = الاسم الثاني
batch-guardian = الوصي
batch-begun-before = بُدئ هذا الملف في { $date }. يُستأنف بالبطاقات نفسها لا بجديدة. والقسائم المطبوعة من قبل لم تعد صالحة.
batch-printed-before = طُبعت بطاقات هذا الملف في { $date }. سيحصل كل ساكن فيه على بطاقة ثانية.
batch-again = أصدر بطاقات ثانية مع ذلك
batch-again-missing = أشّر أنك تريد بطاقات ثانية، أو اترك هذا الملف.
batch-issue = { $count ->
    [one] أصدر بطاقة واحدة
    [two] أصدر بطاقتين
    [few] أصدر { $count } بطاقات
   *[other] أصدر { $count } بطاقة
}
batch-issue-hint = يوقّعها ويصنع الوثائق للطباعة.
batch-elsewhere = يعمل { $what } الآن على الملف نفسه. يجب أن تُطبع تلك الدفعة أو تُنسى أولًا.
batch-not-here = هذه الدفعة ليست قيد العمل في هذا الخادم. إما أنها في خادم آخر أو أنها نُسيت. ابدأ هنا بالملف نفسه: تتابع بطاقاته من حيث توقفت.
batch-made = { $count ->
    [one] بطاقة واحدة موقّعة
    [two] بطاقتان موقّعتان
    [few] { $count } بطاقات موقّعة
   *[other] { $count } بطاقة موقّعة
}
batch-resumed = { $count ->
    [one] واحدة منها بُدئت من قبل.
   *[other] { $count } منها بُدئت من قبل.
}
batch-open-cards = البطاقات (PDF)
batch-open-slips = القسائم (PDF)
batch-delete-files = اطبعها، كل قسيمة على وجه واحد من ورقة، ثم احذف الملفات: ففيها أسماء ورموز استرداد.
batch-close = طُبعت كلها
batch-close-hint = يغلق الدفعة وينسى الوثائق.
batch-forget = انسَها
batch-forget-hint = تبقى البطاقات موقّعة. والملف نفسه يعطي البطاقات نفسها من جديد.
done-batch-closed = أُغلقت الدفعة.
done-batch-forgotten = نُسيت الدفعة هنا.
batch-unknown-column = لا يوجد عمود { $name }. انظر ما الأعمدة الممكنة في الملف.
batch-column-twice = العمود { $name } مكرر.
batch-no-names = ليس في السطر الأول عمود full_name.
batch-no-rows = لا يوجد سطر تحت السطر الأول.
batch-unread = لا يُقرأ بصيغة CSV: { $why }
batch-not-utf8 = ضاعت حروف: احفظ الملف بصيغة «CSV UTF-8».
batch-cells = عدد الخلايا { $cells }، وعدد الأعمدة { $columns }. هل تنقص فاصلة أو علامة اقتباس؟
batch-date = { $given } ليس تاريخًا. اكتب YYYY-MM-DD، أو السنة وحدها.
batch-gender = { $given } ليس F ولا M ولا X. اتركه فارغًا كي لا يقول شيئًا.
batch-service = لا توجد خدمة { $given }. الموجود: { $known }.
batch-photo-not-sent = لم تُرسل الصورة { $name } مع الملف.
batch-photo-twice = عدة صور اسمها { $name }. أعطِ كلًّا منها اسمًا.
batch-photo-wrong = لا تصلح الصورة { $name }: { $why }
batch-unprintable = لا يُطبع كما هو: { $why }
